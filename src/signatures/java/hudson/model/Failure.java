package hudson.model;

import org.kohsuke.stapler.HttpResponse;

/** Signature of {@code hudson.model.Failure} in jenkins-core. */
public class Failure extends RuntimeException implements HttpResponse {
    public Failure(String message) {
        super(message);
    }
}
