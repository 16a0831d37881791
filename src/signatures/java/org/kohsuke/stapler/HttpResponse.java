package org.kohsuke.stapler;

import jakarta.servlet.ServletException;
import java.io.IOException;

/** Signature of {@code org.kohsuke.stapler.HttpResponse} in stapler. */
public interface HttpResponse {
    default void generateResponse(StaplerRequest2 req, StaplerResponse2 rsp, Object node)
            throws IOException, ServletException {
        throw new AbstractMethodError(getClass().getName());
    }
}
