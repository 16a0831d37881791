package io.jenkins.plugins.statefulmongo.steps;

import io.jenkins.plugins.statefulmongo.deploy.ApplyManifest;
import io.jenkins.plugins.statefulmongo.deploy.DeployStatefulMongo;
import io.jenkins.plugins.statefulmongo.deploy.ProbeService;
import io.jenkins.plugins.statefulmongo.deploy.RemoveRelease;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.initiate.InitReplicaSet;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.update.PlainUpdate;
import io.jenkins.plugins.statefulmongo.update.RollingImageUpdate;
import io.jenkins.plugins.statefulmongo.waiting.WaitOrdinals;
import java.util.Arrays;

/** Which operation does a step's work, and how long it may take unless {@code timeoutSeconds} says otherwise. */
enum Operations {
    DEPLOY("deployStatefulMongo", 1800) {
        @Override
        Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            return parameters.flag("absent", false)
                    ? new RemoveRelease(scope, parameters)
                    : new DeployStatefulMongo(scope, parameters);
        }
    },
    WAIT("waitOrdinals", 600) {
        @Override
        Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            return new WaitOrdinals(scope, parameters);
        }
    },
    INITIATE("initReplicaSet", 600) {
        @Override
        Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            return new InitReplicaSet(scope, parameters);
        }
    },
    UPDATE("rollingImageUpdate", 3600) {
        @Override
        Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            return plain(scope, parameters) ? new PlainUpdate(scope, parameters) : new RollingImageUpdate(scope, parameters);
        }

        /** Without a cluster nobody knows what a StatefulSet is: the image's name then counts, not its release. */
        @Override
        Operation create(Parameters parameters) throws Failure, Unavailable, InterruptedException {
            boolean deployment = parameters.oneOf("kind", "StatefulSet", "StatefulSet", "Deployment").equals("Deployment");
            return deployment
                    ? new PlainUpdate(Scope.unconnected(), parameters)
                    : new RollingImageUpdate(Scope.unconnected(), parameters);
        }

        /** A Deployment, or a StatefulSet that nothing calls a MongoDB: neither its containers nor the parameters. */
        private boolean plain(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            if (parameters.oneOf("kind", "StatefulSet", "StatefulSet", "Deployment").equals("Deployment")) {
                return true;
            }
            boolean called = parameters.has("version") || parameters.has("featureCompatibilityVersion");
            return !called && !new SetReader(scope, parameters.label("name", "db"), null).set(true).isMongo();
        }
    },
    APPLY("applyManifest", 600) {
        @Override
        Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            return new ApplyManifest(scope, parameters);
        }
    },
    PROBE("probeService", 300) {
        /** Beyond what the step is asked to wait for. */
        @Override
        int timeoutSeconds(Parameters parameters) throws Failure {
            return super.timeoutSeconds(parameters) + (int) ProbeService.longest(parameters).toSeconds();
        }

        @Override
        Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException {
            return new ProbeService(scope, parameters);
        }
    };

    private final String function;
    private final int timeoutSeconds;

    Operations(String function, int timeoutSeconds) {
        this.function = function;
        this.timeoutSeconds = timeoutSeconds;
    }

    /**
     * @throws Failure when a parameter is bad
     */
    abstract Operation create(Scope scope, Parameters parameters) throws Failure, Unavailable, InterruptedException;

    /** An operation without a cluster, never to be ticked: it has read its parameters. */
    Operation create(Parameters parameters) throws Failure, Unavailable, InterruptedException {
        return create(Scope.unconnected(), parameters);
    }

    /** The step's name in a Jenkinsfile. */
    String function() {
        return function;
    }

    /** How long the step may take by default. */
    int timeoutSeconds(Parameters parameters) throws Failure {
        return timeoutSeconds;
    }

    static Operations of(String function) {
        return Arrays.stream(values())
                .filter(o -> o.function.equals(function))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no step is called " + function));
    }
}
