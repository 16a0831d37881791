package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Trouble;

/** A pod that is waited for does not become ready: told apart from a cluster that refuses to be asked. */
public final class PodsFailed extends Failure {
    private static final long serialVersionUID = 1;

    public PodsFailed(Trouble trouble) {
        super(trouble.what() + ".", trouble.why(), trouble.remedy());
    }

    public PodsFailed(String what, String... lines) {
        super(what, lines);
    }
}
