package io.jenkins.plugins.statefulmongo.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts, images and mongod's command line. */
class NamesTest {
    private final Hosts hosts = new MongoSet(3).hosts();

    @Test
    void theStableNameHasServiceNamespaceDomainAndPort() {
        assertThat(hosts.host(1)).isEqualTo("db-1.db.ns.svc.cluster.local:27017");
        assertThat(hosts.all()).hasSize(3).allMatch(h -> h.endsWith(".db.ns.svc.cluster.local:27017"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"db-1.db:27017", "db-1.db.ns:27017", "db-1.db.ns.svc:27017", "db-1.db.ns.svc.cluster.local:27017", "db-1.db"})
    void everyFormThatDnsResolvesIsUnderstood(String host) {
        assertThat(hosts.ordinal(host)).contains(1);
        assertThat(hosts.label(host)).isEqualTo("db-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db-1.db:27018", "db-1.other:27017", "db-1.db.elsewhere:27017", "10.0.0.7:27017", "db-01.db:27017", "dbx-1.db:27017", "db-1:27017"})
    void safety15_anyOtherHostIsNoOrdinalOfThisSet(String host) {
        assertThat(hosts.ordinal(host)).isEmpty();
        assertThat(hosts.label(host)).isEqualTo(host);
    }

    @Test
    void jenkins21_anotherPortAndAnotherDomain() {
        MongoSet set = new MongoSet(1);
        set.container().put("args", List.of("--replSet", "rs0", "--port=27117"));
        Hosts other = new Hosts(set.set(), "k8s.example");
        assertThat(other.host(0)).isEqualTo("db-0.db.ns.svc.k8s.example:27117");
        assertThat(other.ordinal("db-0.db.ns.svc.k8s.example:27117")).contains(0);
        assertThat(other.ordinal("db-0.db")).as("without a port 27017 is meant").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mongo", "mongo:7.0.14", "docker.io/library/mongo:7", "registry.example:5000/a/b_c:T.1-x",
        "mongo@sha256:0123456789abcdef0123456789abcdef"})
    void imagesNames(String image) {
        assertThat(Image.valid(image)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Mongo", "mongo:", "mongo:7.0 14", "mongo:7.0.14;rm", "mongo//x", ":7", "mongo:-7", "mongo@sha256:12"})
    void noImagesNames(String image) {
        assertThat(Image.valid(image)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"mongo:7.0.14, mongo, 7.0.14", "r.example:5000/a/mongo, mongo,", "r.example:5000/a/mongo:1, mongo, 1"})
    void imagesTakenApart(String image, String name, String tag) {
        assertThat(Image.parse(image).name()).isEqualTo(name);
        assertThat(Image.parse(image).tag()).isEqualTo(tag);
    }

    @Test
    void mongodsOptionsInEveryForm() {
        Mongod words = Mongod.of(Map.of("args", List.of("mongod", "--replSet", "rs0", "--port=27117", "--bind_ip_all")));
        assertThat(words.replicaSet()).contains("rs0");
        assertThat(words.port()).isEqualTo(27117);
        assertThat(words.has("bind_ip_all")).isTrue();
        assertThat(words.overridden()).isFalse();
        Mongod shell = Mongod.of(Map.of("command", List.of("sh", "-c", "exec mongod --replSet rs1 --auth")));
        assertThat(shell.replicaSet()).contains("rs1");
        assertThat(shell.has("auth")).isTrue();
        assertThat(shell.overridden()).isTrue();
        assertThat(Mongod.of(Map.of()).replicaSet()).isEqualTo(Optional.empty());
    }

    @Test
    void safety06_mongodsContainerIsFoundAmongSidecars() {
        Map<String, Object> sidecar = Map.of("name", "exporter", "image", "percona/mongodb_exporter:0.40");
        Map<String, Object> mongod = Map.of("name", "main", "image", "mirror.example/database:7", "args", List.of("mongod", "--replSet", "rs0"));
        assertThat(Mongod.find(Map.of("containers", List.of(sidecar, mongod)), null)).isEqualTo(mongod);
        Map<String, Object> plain = Map.of("name", "main", "image", "mongo:7.0");
        assertThat(Mongod.find(Map.of("containers", List.of(sidecar, plain)), null)).isEqualTo(plain);
        assertThat(Mongod.find(Map.of("containers", List.of(sidecar, mongod)), "exporter")).isEqualTo(sidecar);
        assertThat(Mongod.find(Map.of("containers", List.of(sidecar, mongod)), "none")).isEmpty();
    }

    @Test
    void aContainerThatIsNamedIsMongodsWhateverItsImageIsCalled() {
        Map<String, Object> pod = Map.of("metadata", Map.of("name", "shop-0"),
                "spec", Map.of("containers", List.of(Map.of("name", "store", "image", "shop/store:1"))),
                "status", Map.of("containerStatuses", List.of(Map.of("name", "store"))));
        assertThat(PodState.of(pod).containers().get(0).mongod()).isFalse();
        assertThat(PodState.of(pod, "store").containers().get(0).mongod()).isTrue();
    }

    @Test
    void positionsCompareByTermFirst() {
        OpTime old = new OpTime(1, 200, 5);
        OpTime fresh = new OpTime(2, 100, 1);
        assertThat(fresh.notBefore(old)).isTrue();
        assertThat(old.notBefore(fresh)).isFalse();
        assertThat(new OpTime(1, 200, -1).compareTo(old)).as("increments are unsigned").isPositive();
        assertThat(new OpTime(1, 198, 9).secondsBehind(old)).isEqualTo(2);
        assertThat(old.secondsBehind(new OpTime(1, 198, 9))).isZero();
    }
}
