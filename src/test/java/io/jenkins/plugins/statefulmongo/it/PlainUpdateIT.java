package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.update.PlainUpdateContract;

/** On the cluster of KUBECONFIG, with its released controllers. */
class PlainUpdateIT extends PlainUpdateContract {
    @Override
    protected Bench open() throws Exception {
        return Bench.environment();
    }
}
