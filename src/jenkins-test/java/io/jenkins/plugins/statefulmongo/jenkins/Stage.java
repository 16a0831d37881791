package io.jenkins.plugins.statefulmongo.jenkins;

import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoBuilder;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoStep;
import io.jenkins.plugins.statefulmongo.steps.InitReplicaSetBuilder;
import io.jenkins.plugins.statefulmongo.steps.InitReplicaSetStep;
import io.jenkins.plugins.statefulmongo.steps.OperationBuilder;
import io.jenkins.plugins.statefulmongo.steps.OperationStep;
import io.jenkins.plugins.statefulmongo.steps.RollingImageUpdateBuilder;
import io.jenkins.plugins.statefulmongo.steps.RollingImageUpdateStep;
import io.jenkins.plugins.statefulmongo.steps.WaitOrdinalsBuilder;
import io.jenkins.plugins.statefulmongo.steps.WaitOrdinalsStep;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;

/** The four steps in the order in which a database needs them, each with the requests at which it is in its middle. */
enum Stage {
    DEPLOY("deployStatefulMongo namespace: 'shop', image: 'mongo:7.0.14', memory: '256Mi'", " created, ") {
        @Override
        boolean isMiddle(Request request) {
            return request.isMutating() && request.path().contains("/statefulsets/");
        }

        @Override
        OperationBuilder builder() {
            DeployStatefulMongoStep step = new DeployStatefulMongoStep();
            step.setImage("mongo:7.0.14");
            step.setMemory("256Mi");
            return new DeployStatefulMongoBuilder(in(step));
        }
    },
    WAIT("waitOrdinals namespace: 'shop'", "db-2") {
        @Override
        boolean isMiddle(Request request) {
            return request.path().contains("/pods");
        }

        @Override
        OperationBuilder builder() {
            return new WaitOrdinalsBuilder(in(new WaitOrdinalsStep()));
        }
    },
    INITIATE("initReplicaSet namespace: 'shop'", "PRIMARY") {
        @Override
        boolean isMiddle(Request request) {
            return request.path().contains("/portforward");
        }

        @Override
        OperationBuilder builder() {
            return new InitReplicaSetBuilder(in(new InitReplicaSetStep()));
        }
    },
    UPDATE("rollingImageUpdate namespace: 'shop', image: 'mongo:7.0.16'", "7.0.16") {
        @Override
        boolean isMiddle(Request request) {
            return request.isMutating() && request.path().contains("/pods/") && !request.path().contains("/portforward");
        }

        @Override
        OperationBuilder builder() {
            return new RollingImageUpdateBuilder(in(new RollingImageUpdateStep("mongo:7.0.16")));
        }
    };

    /** The step in a Pipeline. */
    final String script;

    /** What its console says at the end. */
    final String said;

    Stage(String script, String said) {
        this.script = script;
        this.said = said;
    }

    abstract boolean isMiddle(Request request);

    /** The step in a freestyle job. */
    abstract OperationBuilder builder();

    String function() {
        return script.substring(0, script.indexOf(' '));
    }

    private static <S extends OperationStep> S in(S step) {
        step.setNamespace("shop");
        return step;
    }
}
