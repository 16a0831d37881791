package hudson.model;

import java.io.IOException;

/** Signature of {@code hudson.model.Saveable} in jenkins-core. */
public interface Saveable {
    void save() throws IOException;
}
