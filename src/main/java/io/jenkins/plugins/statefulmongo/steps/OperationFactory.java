package io.jenkins.plugins.statefulmongo.steps;

import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Scope;

/** Makes the operation of a request: resolves the connection with its credential, and the namespace. */
final class OperationFactory implements Engine.Factory {
    private final Request request;
    private final ConnectionSource source;
    private final Run<?, ?> run;
    private final TaskListener listener;
    private volatile String namespace;

    OperationFactory(Request request, ConnectionSource source, Run<?, ?> run, TaskListener listener) {
        this.request = request;
        this.source = source;
        this.run = run;
        this.listener = listener;
    }

    /** What a message begins with: with the namespace as soon as it is known. */
    String title() {
        return request.title(namespace);
    }

    @Override
    public Operation create(Engine.Task task) throws Failure, Unavailable, InterruptedException {
        Parameters parameters = request.parameters();
        Connection connection = source.resolve(parameters.text("cluster", null), run);
        String inherited = source.namespace(run);
        namespace = parameters.label("namespace", inherited == null ? connection.namespace() : inherited);
        if (namespace == null) {
            throw Parameters.bad(
                    "namespace",
                    "is missing, and connection " + connection.name() + " names none",
                    "Give the step a namespace, or the connection a default one.");
        }
        Console console = new Console(listener.getLogger());
        return OnCluster.create(Cluster.open(connection), cluster -> Operations.of(request.function())
                .create(new Scope(cluster, namespace, console, request.holder(), task::wake), parameters));
    }
}
