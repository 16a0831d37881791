package io.jenkins.plugins.statefulmongo.testing;

import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedMember;
import java.util.function.Consumer;

/** On the embedded cluster. */
public record EmbeddedMishaps(EmbeddedCluster cluster) implements Mishaps {
    @Override
    public void kill(String namespace, String pod) {
        befall(namespace, pod, EmbeddedMember::kill);
    }

    @Override
    public void outOfMemory(String namespace, String pod) {
        befall(namespace, pod, EmbeddedMember::outOfMemory);
    }

    @Override
    public void evict(String namespace, String pod) {
        befall(namespace, pod, EmbeddedMember::evict);
    }

    private void befall(String namespace, String pod, Consumer<EmbeddedMember> what) {
        try {
            what.accept(cluster.member(namespace, pod));
        } catch (IllegalStateException e) {
            // Its mongod does not run just now.
        }
    }
}
