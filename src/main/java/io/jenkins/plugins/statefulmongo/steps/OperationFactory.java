package io.jenkins.plugins.statefulmongo.steps;

import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Engine;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.initiate.WantedUser;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.page.Recording;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes the operation of a request: resolves the connection with its credential, the namespace, and the credentials that the step names. Opens
 * the section of this call on the build's page.
 */
final class OperationFactory implements Engine.Factory {
    private final Request request;
    private final ConnectionSource source;
    private final Run<?, ?> run;
    private final Recording recording;
    private final Console console;
    private volatile String namespace;
    private boolean made;

    OperationFactory(Request request, ConnectionSource source, Run<?, ?> run, TaskListener listener) {
        this.request = request;
        this.source = source;
        this.run = run;
        recording = Recording.begin(run, request.id(), request.function(), request.title(null), request.startMillis());
        console = new Console(listener.getLogger(), recording);
    }

    /** What a message begins with: with the namespace as soon as it is known. */
    String title() {
        return request.title(namespace);
    }

    /** What the build's page shows of this call. */
    Recording recording() {
        return recording;
    }

    /** Again where the cluster did not know the credential that the last one came with (any more). */
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
        recording.place(title(), connection.name());
        Login login = parameters.has(Login.ROOT) ? source.login(Login.ROOT, parameters.text(Login.ROOT, null), run) : null;
        Map<String, Login> users = new HashMap<>();
        for (WantedUser user : WantedUser.of(parameters)) {
            users.put(user.credentialsId(), source.login(WantedUser.PARAMETER, user.credentialsId(), run));
        }
        if (made) {
            console.changed("credential", "the API server does not accept the credential (401): takes the one that Jenkins has now");
        }
        made = true;
        return OnCluster.create(Cluster.open(connection), recording, cluster -> Operations.of(request.function())
                .create(new Scope(cluster, namespace, console, request.holder(), task::wake, login, users), parameters));
    }
}
