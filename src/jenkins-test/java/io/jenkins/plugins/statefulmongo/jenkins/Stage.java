package io.jenkins.plugins.statefulmongo.jenkins;

import io.jenkins.plugins.statefulmongo.steps.ApplyManifestBuilder;
import io.jenkins.plugins.statefulmongo.steps.ApplyManifestStep;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoBuilder;
import io.jenkins.plugins.statefulmongo.steps.DeployStatefulMongoStep;
import io.jenkins.plugins.statefulmongo.steps.InitReplicaSetBuilder;
import io.jenkins.plugins.statefulmongo.steps.InitReplicaSetStep;
import io.jenkins.plugins.statefulmongo.steps.OperationBuilder;
import io.jenkins.plugins.statefulmongo.steps.OperationStep;
import io.jenkins.plugins.statefulmongo.steps.ProbeServiceBuilder;
import io.jenkins.plugins.statefulmongo.steps.ProbeServiceStep;
import io.jenkins.plugins.statefulmongo.steps.RollingImageUpdateBuilder;
import io.jenkins.plugins.statefulmongo.steps.RollingImageUpdateStep;
import io.jenkins.plugins.statefulmongo.steps.WaitOrdinalsBuilder;
import io.jenkins.plugins.statefulmongo.steps.WaitOrdinalsStep;
import io.jenkins.plugins.statefulmongo.testing.cluster.Request;

/** The six steps in the order in which a release needs them, each with the requests at which it is in its middle. */
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
    },
    APPLY("applyManifest namespace: 'shop', manifest: '''" + Stage.api() + "'''", "1 pod serves after") {
        @Override
        boolean isMiddle(Request request) {
            return request.path().contains("/replicasets");
        }

        @Override
        OperationBuilder builder() {
            return new ApplyManifestBuilder(in(new ApplyManifestStep(api())));
        }
    },
    PROBE("probeService namespace: 'shop', service: 'api', path: '/demo/hello', withinSeconds: 120", "200 (hello, world!) after") {
        @Override
        boolean isMiddle(Request request) {
            return request.path().contains("/proxy/");
        }

        @Override
        OperationBuilder builder() {
            ProbeServiceStep step = new ProbeServiceStep("api");
            step.setPath("/demo/hello");
            step.setWithinSeconds(120);
            return new ProbeServiceBuilder(in(step));
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

    /** An application that needs the database to start. */
    private static String api() {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api}
                spec:
                  selector: {matchLabels: {app: api}}
                  template:
                    metadata: {labels: {app: api}}
                    spec: {containers: [{name: api, image: 'vfarcic/go-demo-3:2.0', env: [{name: DB, value: db}]}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: api}
                spec: {selector: {app: api}, ports: [{port: 8080}]}
                """;
    }

    private static <S extends OperationStep> S in(S step) {
        step.setNamespace("shop");
        return step;
    }
}
