package io.jenkins.plugins.statefulmongo.jenkins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import hudson.PluginWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** In a JVM of its own, where each plugin has its own class loader: who brings which class. */
class PluginClassesTest {
    @RegisterExtension
    private final RealJenkinsExtension jenkins = new RealJenkinsExtension();

    @Test
    void theDriverIsOursTheClientIsThePluginsAndTheyFindEachOther() throws Throwable {
        jenkins.then(PluginClassesTest::look);
    }

    private static void look(JenkinsRule rule) throws Exception {
        var manager = rule.jenkins.getPluginManager();
        PluginWrapper ours = manager.getPlugin("stateful-mongo");
        assertNotNull(ours);
        ClassLoader loader = ours.classLoader;

        for (String bundled : new String[] {
            "com.mongodb.client.MongoClients", "org.bson.Document", "io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory"
        }) {
            assertEquals(loader, loader.loadClass(bundled).getClassLoader(), bundled);
        }
        for (String[] brought : new String[][] {
            {"io.fabric8.kubernetes.client.KubernetesClient", "kubernetes-client-api"},
            {"io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory", "kubernetes-client-api"},
            {"com.fasterxml.jackson.databind.ObjectMapper", "jackson2-api"},
        }) {
            Class<?> type = loader.loadClass(brought[0]);
            assertEquals(brought[1], manager.whichPlugin(type).getShortName(), brought[0]);
            assertNotEquals(loader, type.getClassLoader(), brought[0]);
        }

        Object factory = loader.loadClass("io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory")
                .getDeclaredConstructor()
                .newInstance();
        Class<?> factoryType = loader.loadClass("io.fabric8.kubernetes.client.http.HttpClient$Factory");
        Class<?> configType = loader.loadClass("io.fabric8.kubernetes.client.Config");
        Object config = configType.getMethod("empty").invoke(null);
        Class<?> builderType = loader.loadClass("io.fabric8.kubernetes.client.KubernetesClientBuilder");
        Object builder = builderType.getDeclaredConstructor().newInstance();
        builderType.getMethod("withConfig", configType).invoke(builder, config);
        builderType.getMethod("withHttpClientFactory", factoryType).invoke(builder, factory);
        try (AutoCloseable client = (AutoCloseable) builderType.getMethod("build").invoke(builder)) {
            assertNotNull(client);
        }
    }
}
