package hudson;

import java.io.IOException;

/** Signature of {@code hudson.AbortException} in jenkins-core. */
public class AbortException extends IOException {
    public AbortException() {}

    public AbortException(String message) {
        super(message);
    }
}
