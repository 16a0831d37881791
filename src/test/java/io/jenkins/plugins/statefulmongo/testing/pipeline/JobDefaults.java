package io.jenkins.plugins.statefulmongo.testing.pipeline;

import hudson.model.Run;
import io.jenkins.plugins.statefulmongo.config.ConnectionSource;
import io.jenkins.plugins.statefulmongo.config.StatefulMongoJobProperty;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.kube.Connection;

/** The test's connections, with the defaults that the pipeline declares for its job by {@code statefulMongo}. */
final class JobDefaults implements ConnectionSource {
    private final ConnectionSource connections;
    private volatile StatefulMongoJobProperty property = new StatefulMongoJobProperty();

    JobDefaults(ConnectionSource connections) {
        this.connections = connections;
    }

    Object declare(Object[] arguments) throws Exception {
        property = (StatefulMongoJobProperty) new StepArguments(new StatefulMongoJobProperty.DescriptorImpl()).bind(arguments);
        return property;
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
