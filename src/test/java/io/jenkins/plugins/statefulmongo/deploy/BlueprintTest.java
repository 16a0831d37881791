package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.SecretFile;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlueprintTest {
    private static List<Map<String, Object>> objects(Object... pairs) throws Failure {
        return Blueprint.objects(new Parameters(Tree.map(pairs)), "db");
    }

    private static Map<String, Object> pod(Object... pairs) throws Failure {
        return Json.map(objects(pairs).get(2), "spec", "template", "spec");
    }

    @Test
    void safetyRule1_setsAreShippedWithOnDelete() throws Failure {
        SetState set = SetState.of(objects("image", "mongo:7.0.14").get(2), null);
        assertThat(set.onDelete()).isTrue();
        assertThat(set.graceSeconds()).isGreaterThanOrEqualTo(60);
        assertThat(set.mongod().replicaSet()).contains("rs0");
        assertThat(set.mongod().has("bind_ip_all")).isTrue();
    }

    @Test
    void itsOwnChecksFindNothing() throws Failure {
        Wanted wanted = Wanted.of(new Parameters(Map.of("image", "mongo:8.0.1")), "shop", "db");
        DatabaseChecks checks = new DatabaseChecks(wanted.set());
        assertThat(checks.service(wanted.service().orElseThrow())).isNull();
        assertThat(checks.warnings(wanted.release(), wanted.objects())).isEmpty();
    }

    @Test
    void theReadinessProbeDoesNotWaitForInitiation() throws Failure {
        Map<String, Object> container = Json.list(pod("image", "mongo:7.0.14", "port", 27027), "containers").get(0);
        assertThat(Json.at(container, "readinessProbe", "tcpSocket", "port")).isEqualTo(27027);
        assertThat(container).doesNotContainKeys("livenessProbe", "startupProbe");
    }

    @Test
    void jenkinsRule21_anotherPortAndImagePullSecrets() throws Failure {
        Map<String, Object> pod = pod("image", "registry.example:5000/team/mongo:7.0.14", "port", 27027, "imagePullSecrets", "one, two.b");
        assertThat(Json.list(pod, "imagePullSecrets")).extracting("name").containsExactly("one", "two.b");
        assertThat(Json.texts(Json.list(pod, "containers").get(0), "command")).containsSequence("--port", "27027");
        assertThat(pod("image", "mongo:7.0.14", "imagePullSecrets", List.of("one"))).containsKey("imagePullSecrets");
        assertThat(pod("image", "mongo:7.0.14")).doesNotContainKey("imagePullSecrets");
    }

    @Test
    void memoryIsLimitedToWhatIsRequested() throws Failure {
        Map<String, Object> resources = Json.map(Json.list(pod("image", "mongo:7.0.14", "memory", "2Gi", "cpu", "1"), "containers").get(0), "resources");
        assertThat(resources).hasToString("{requests={cpu=1, memory=2Gi}, limits={memory=2Gi}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas         | 0        | parameter 'replicas' must be from 1 to 50, but is 0.
            replicas         | 51       | parameter 'replicas' must be from 1 to 50, but is 51.
            port             | 70000    | parameter 'port' must be from 1 to 65535, but is 70000.
            """)
    void refusesNumbersOutOfRange(String name, int value, String message) {
        assertThatThrownBy(() -> objects("image", "mongo:7.0.14", name, value)).isInstanceOf(Failure.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            image            | mongo 7       | is no image name: 'mongo 7'
            image            | Mongo:7.0.14  | is no image name
            replicaSet       | rs 0          | must consist of at most 64 letters
            replicaSet       | --shardsvr    | must consist of at most 64 letters
            storage          | 2 GB          | must be a quantity greater than zero such as 2Gi
            storage          | 20            | is '20', which is next to nothing
            memory           | 0Mi           | must be a quantity greater than zero
            memory           | 512           | is '512', which is next to nothing
            cpu              | much          | must be a quantity greater than zero
            storageClass     | Fast!         | must consist of lower-case letters
            tlsSecret        | Shop! TLS     | must consist of lower-case letters
            imagePullSecrets | a,,b          | must consist of lower-case letters
            imagePullSecrets | A             | must consist of lower-case letters
            """)
    void refusesBadTextByTheParametersName(String name, String value, String message) {
        assertThatThrownBy(() -> objects("image".equals(name) ? "x" : "image", "mongo:7.0.14", name, value))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("parameter '" + name + "' " + message);
    }

    @Test
    void withARootUserMongodGetsAKeyFileThatItsGroupMayNotRead() throws Failure {
        Map<String, Object> object = objects("image", "mongo:7.0.14", "rootCredentialsId", "shop-mongo").get(2);
        SetState set = SetState.of(object, null);
        assertThat(set.mongod().replicaSet()).contains("rs0");
        assertThat(set.mongod().port()).isEqualTo(27017);
        assertThat(SecretFile.of(set, "keyFile")).contains(new SecretFile("db-keyfile", "keyfile"));
        assertThat(Json.texts(set.database(), "command")).containsExactly(
                "sh", "-c", "install -m 0400 /etc/mongod-keyfile-secret/keyfile /etc/mongod-keyfile/keyfile && exec \"$@\"", "sh",
                "mongod", "--replSet", "rs0", "--bind_ip_all", "--port", "27017", "--keyFile", "/etc/mongod-keyfile/keyfile");
        assertThat(pod("image", "mongo:7.0.14")).doesNotContainKey("volumes");
    }

    @Test
    void withTlsMongodGetsCertificateAndKeyInOneFile() throws Failure {
        Map<String, Object> object = objects("image", "mongo:7.0.14", "tlsSecret", "shop-tls", "rootCredentialsId", "shop-mongo").get(2);
        SetState set = SetState.of(object, null);
        assertThat(SecretFile.of(set, "tlsCAFile")).contains(new SecretFile("shop-tls", "ca.crt"));
        assertThat(SecretFile.of(set, "keyFile")).contains(new SecretFile("db-keyfile", "keyfile"));
        assertThat(set.mongod().tlsMode()).isEqualTo("requireTLS");
        assertThat(Json.texts(set.database(), "command")).contains(
                "install -m 0400 /etc/mongod-keyfile-secret/keyfile /etc/mongod-keyfile/keyfile"
                        + " && (umask 077; { cat /etc/mongod-tls-secret/tls.crt && echo && cat /etc/mongod-tls-secret/tls.key; } >/etc/mongod-tls/mongod.pem) && exec \"$@\"");
    }

    @Test
    void aKeyFileIsAnotherEachTimeAndAsLongAsMongodTakes() {
        Map<String, Object> secret = KeyFileSecret.generate("db");
        String data = Json.text(secret, "data", KeyFileSecret.KEY);
        assertThat(new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII)).matches("[A-Za-z0-9+/=]{6,1024}");
        assertThat(Json.text(KeyFileSecret.generate("db"), "data", KeyFileSecret.KEY)).isNotEqualTo(data);
        assertThat(new Change(secret, null, null).lines()).containsExactly("+ Secret db-keyfile (the members' key file, made once)");
    }

    @Test
    void theImageIsNeeded() {
        assertThatThrownBy(() -> objects()).isInstanceOf(Failure.class)
                .hasMessage("parameter 'image' is missing: give it, for example image: 'mongo:7.0.14'.");
    }
}
