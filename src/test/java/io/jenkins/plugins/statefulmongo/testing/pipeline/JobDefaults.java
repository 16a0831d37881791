package io.jenkins.plugins.statefulmongo.testing.pipeline;

import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.kube.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The test's connections, with the defaults that the pipeline declares for its job by {@code statefulMongo}. */
final class JobDefaults implements ConnectionSource {
    private final ConnectionSource connections;
    private final Map<String, Login> logins = new ConcurrentHashMap<>();
    private volatile StatefulMongoJobProperty property = new StatefulMongoJobProperty();

    JobDefaults(ConnectionSource connections) {
        this.connections = connections;
    }

    Object declare(Object[] arguments) throws Exception {
        property = (StatefulMongoJobProperty) new StepArguments(new StatefulMongoJobProperty.DescriptorImpl()).bind(arguments);
        return property;
    }

    /** Stands for a user name with password among the credentials that the build may use. */
    void credential(String id, String user, String password) {
        logins.put(id, new Login(id, user, password));
    }

    @Override
    public Login login(String parameter, String credentialsId, Run<?, ?> run) throws Failure {
        Login login = logins.get(credentialsId);
        return login == null ? connections.login(parameter, credentialsId, run) : login;
    }

    @Override
    public Connection resolve(String cluster, Run<?, ?> run) throws Failure {
        return connections.resolve(cluster == null ? property.getCluster() : cluster, run);
    }

    @Override
    public String namespace(Run<?, ?> run) {
        return property.getNamespace() == null ? connections.namespace(run) : property.getNamespace();
    }
}
