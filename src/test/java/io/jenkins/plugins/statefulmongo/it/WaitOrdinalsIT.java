package io.jenkins.plugins.statefulmongo.it;

import io.jenkins.plugins.statefulmongo.testing.Bench;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinalsContract;

/** On the cluster of KUBECONFIG, with its released controllers. */
class WaitOrdinalsIT extends WaitOrdinalsContract {
    @Override
    protected Bench open() throws Exception {
        return Bench.environment();
    }
}
