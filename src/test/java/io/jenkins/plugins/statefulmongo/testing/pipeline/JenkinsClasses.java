package io.jenkins.plugins.statefulmongo.testing.pipeline;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;

/** The classes of Jenkins that the steps need: its own, or the signatures that this project compiles against, never both. */
final class JenkinsClasses {
    private static final String ONE_OF_THEM = "hudson/model/Descriptor.class";

    private JenkinsClasses() {}

    /** @throws IllegalStateException when a class loader sees none of them, or two */
    static void check(ClassLoader loader) {
        List<URL> found;
        try {
            found = Collections.list(loader.getResources(ONE_OF_THEM));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("The class path of this test holds no classes of Jenkins. Add stateful-mongo with the classifier"
                    + " jenkins-signatures, or jenkins-core and the plugins that stateful-mongo needs.");
        }
        if (found.stream().distinct().count() > 1) {
            throw new IllegalStateException("The class path of this test holds classes of Jenkins twice: " + found
                    + ". Remove stateful-mongo's jenkins-signatures where Jenkins' own classes are.");
        }
    }
}
