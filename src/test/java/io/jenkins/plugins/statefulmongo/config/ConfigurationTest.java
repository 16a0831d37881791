package io.jenkins.plugins.statefulmongo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.model.Descriptor;
import io.jenkins.plugins.statefulmongo.kube.Yaml;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.StaplerRequest2;

/** The configuration as a form and as code change it. */
class ConfigurationTest {

    @Test
    void jenkins18_deletingTheLastConnectionInTheFormDeletesIt() throws Exception {
        StatefulMongoConfiguration configuration = new StatefulMongoConfiguration();
        configuration.setConnections(List.of(new ClusterConnection("prod")));
        // Stapler binds what the form holds, and a form without connections holds none.
        StaplerRequest2 request = (StaplerRequest2) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StaplerRequest2.class}, (proxy, method, args) -> null);
        configuration.configure(request, new JSONObject());
        assertThat(configuration.getConnections()).isEmpty();
    }

    @Test
    void aConnectionWithoutANameOfItsOwnIsNotStored() {
        StatefulMongoConfiguration configuration = new StatefulMongoConfiguration();
        configuration.setConnections(List.of(new ClusterConnection("prod")));
        assertThatThrownBy(() -> configuration.setConnections(List.of(new ClusterConnection("test"), new ClusterConnection(" "))))
                .hasMessage("A connection has no name. Steps name it by that: it cannot be blank.");
        assertThatThrownBy(() -> configuration.setConnections(List.of(new ClusterConnection("test"), new ClusterConnection("test "))))
                .hasMessage("Two connections are called test: a step could not tell which one is meant. Give each a name of its own.");
        assertThat(configuration.getConnections()).extracting(ClusterConnection::getName).containsExactly("prod");
    }

    @Test
    void aSecretOutsideOfTheCredentialsIsNotStoredAndNotQuoted() throws Exception {
        StatefulMongoConfiguration configuration = new StatefulMongoConfiguration();
        ClusterConnection before = new ClusterConnection("prod");
        configuration.setConnections(List.of(before));
        for (Map.Entry<String, String> bad : Map.of(
                        "proxy", "http://user:s3cr3t@proxy.example.com:3128",
                        "serverUrl", "https://k8s.example.com?token=s3cr3t",
                        "caCertificate", "-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----")
                .entrySet()) {
            ClusterConnection connection = new ClusterConnection("prod");
            set(connection, Map.of(bad.getKey(), bad.getValue()), null);
            assertThatThrownBy(() -> configuration.setConnections(List.of(connection)))
                    .isInstanceOf(ClusterConnection.NotStored.class)
                    .hasMessageStartingWith("Connection prod: the ")
                    .hasMessageContaining("would be stored and shown in the clear")
                    .message().doesNotContain("s3cr3t");
            StaplerRequest2 request = (StaplerRequest2) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {StaplerRequest2.class}, (proxy, method, args) -> {
                        configuration.setConnections(List.of(connection));
                        return null;
                    });
            JSONObject form = new JSONObject();
            form.put("connections", bad.getKey());
            assertThatThrownBy(() -> configuration.configure(request, form))
                    .isInstanceOf(Descriptor.FormException.class)
                    .hasMessageContaining("would be stored and shown in the clear")
                    .hasNoCause();
            assertThat(configuration.getConnections()).containsExactly(before);
        }
    }

    @Test
    void theReadmesConfigurationAsCodeNamesWhatThereIs() throws Exception {
        var yaml = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(Files.readString(Path.of("README.md")));
        assertThat(yaml.find()).isTrue();
        Map<String, Object> root =
                Json.map(Yaml.one(yaml.group(1).replaceAll("(?m)^   ", ""), "README.md"), "unclassified", "statefulMongo");
        List<ClusterConnection> connections = new ArrayList<>();
        for (Map<String, Object> entry : Json.list(root, "connections")) {
            ClusterConnection connection = new ClusterConnection(entry.get("name").toString());
            set(connection, entry, "name");
            connections.add(connection);
        }
        StatefulMongoConfiguration configuration = new StatefulMongoConfiguration();
        configuration.setConnections(connections);
        set(configuration, root, "connections");
        assertThat(StatefulMongoConfiguration.choose(configuration.getConnections(), null,
                        new Defaults.Found(configuration.getDefaultCluster(), null), "team/shop/deploy"))
                .returns("prod", ClusterConnection::getName)
                .returns("prod-token", ClusterConnection::getCredentialsId)
                .returns("https://kubernetes.example.com:6443", ClusterConnection::getServerUrl)
                .returns("shop", ClusterConnection::getNamespace);
        Set<String> shown = new TreeSet<>(root.keySet());
        Json.list(root, "connections").forEach(entry -> shown.addAll(entry.keySet()));
        assertThat(shown).as("all that there is").isEqualTo(new TreeSet<>(List.of(
                "connections", "defaultCluster", "name", "serverUrl", "caCertificate", "credentialsId", "namespace", "serviceAccount",
                "folders", "proxy", "noProxy")));
    }

    private static void set(Object bean, Map<String, Object> values, String done) throws Exception {
        for (Map.Entry<String, Object> value : values.entrySet()) {
            if (!value.getKey().equals(done)) {
                PropertyDescriptor property = List.of(Introspector.getBeanInfo(bean.getClass()).getPropertyDescriptors()).stream()
                        .filter(p -> p.getName().equals(value.getKey()) && p.getWriteMethod() != null)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(bean.getClass() + " has no " + value.getKey()));
                property.getWriteMethod().invoke(bean, value.getValue());
            }
        }
    }
}
