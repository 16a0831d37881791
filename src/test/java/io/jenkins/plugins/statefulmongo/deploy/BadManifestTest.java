package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The book's manifest, bent in one place at a time: what the step says of it before any call. */
class BadManifestTest {
    private static final String NAMESPACE = "go-demo-3";
    private static final String PROBE = "        readinessProbe: {exec: {command: [mongosh, --eval, 'db.hello().isWritablePrimary || db.hello().secondary']}}\n";
    private static final String PORTS = "        ports:\n        - containerPort: 27017\n";

    private static String book() {
        try (InputStream in = BadManifestTest.class.getResourceAsStream("/manifests/go-demo-3.yml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("NAMESPACE", NAMESPACE);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** All that the step checks alone, with the Service of the manifest. */
    private static void check(String manifest, Map<String, Object> more) throws Failure {
        Map<String, Object> parameters = new HashMap<>(more);
        parameters.put("manifest", manifest);
        Wanted wanted = Wanted.of(new Parameters(parameters), NAMESPACE, "db");
        new DatabaseChecks(wanted.set()).service(wanted.service().orElse(null));
    }

    private static Arguments bent(String from, String to, String... message) {
        String book = book();
        assertThat(book).contains(from);
        return arguments(book.replace(from, to), Map.of(), message);
    }

    private static Arguments with(String name, Object value, String... message) {
        return arguments(book(), Map.of(name, value), message);
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                bent("kind: StatefulSet", "kind: StatefulSet: x", "the manifest is no valid YAML at line "),
                bent("  name: db\n", "  name: db\n  name: db2\n", "the manifest is no valid YAML at line "),
                arguments("# nothing\n", Map.of(), new String[] {"the manifest holds no object.", "describe the release by parameters"}),
                arguments("- a\n- b\n", Map.of(), new String[] {"holds a document that is no object"}),
                bent("kind: Ingress\n", "", "document 1 of the manifest has no kind.", "begins with apiVersion and kind"),
                bent("apiVersion: networking.k8s.io/v1\n", "", "document 1 of the manifest has no apiVersion."),
                bent("  name: db\n", "  name: 815\n", "document 2 of the manifest (StatefulSet) has no metadata.name that is text", "quotes"),
                bent("kind: Deployment", "kind: DaemonSet", "(DaemonSet api): objects of kind DaemonSet (apps/v1) are not handled", "StatefulSet, Deployment"),
                bent("apiVersion: apps/v1\n", "apiVersion: apps/v1beta2\n", "has apiVersion apps/v1beta2, which is not the one", "Write apiVersion: apps/v1;"),
                bent("apiVersion: networking.k8s.io/v1\n", "apiVersion: extensions/v1beta1\n", "Ingress api", "Write apiVersion: networking.k8s.io/v1;", "pathType"),
                bent("namespace: go-demo-3\nspec:\n  ports:\n  - port: 8080", "namespace: other\nspec:\n  ports:\n  - port: 8080",
                        "(Service api) is in namespace 'other', but the step's is 'go-demo-3'", "Leave metadata.namespace out"),
                bent("kind: Deployment", "kind: StatefulSet", "exactly one StatefulSet, the database, but holds 2: StatefulSet db, StatefulSet api"),
                bent("kind: StatefulSet", "kind: Deployment", "exactly one StatefulSet, the database, but holds none: Ingress api, Deployment db"),
                bent("kind: Service\nmetadata:\n  name: api", "kind: Service\nmetadata:\n  name: db", "has Service db twice: documents 3 and 5"),
                bent("---\napiVersion: v1\nkind: Service", "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: x}\n---\napiVersion: v1\nkind: Service",
                        "(Secret s) holds a secret's data", "Jenkins' credentials"),
                bent("---\napiVersion: v1\nkind: Service", "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n---\napiVersion: v1\nkind: Service",
                        "is another namespace than the step's, 'go-demo-3'"),
                bent("  name: db\n", "  name: mongo\n", "the manifest's StatefulSet is named 'mongo', but the step's name is 'db'", "Give name: 'mongo'"),
                bent("  replicas: 3\n  selector:\n    matchLabels:\n      app: db", "  replicas: 0\n  selector:\n    matchLabels:\n      app: db",
                        "spec.replicas must be from 1 to 50, but is 0", "absent: true"),
                bent("  serviceName: db\n", "  serviceName: db\n  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}\n",
                        "spec.updateStrategy.rollingUpdate.partition is 2", "Take it out"),
                bent("        - \"--bind_ip_all\"\n", "", "listens on loopback only", "bypasses the image's entry point", "Add '--bind_ip_all'"),
                bent("        - \"--bind_ip_all\"\n", "        - \"--bind_ip=localhost\"\n", "listens on loopback only", "Its --bind_ip is localhost"),
                bent("        - \"--replSet\"\n        - rs0\n", "", "without --replSet", "Add '--replSet', 'rs0'"),
                bent("        - \"--bind_ip_all\"\n", "        - \"--bind_ip_all\"\n        - \"--smallfiles\"\n",
                        "mongod 4.4.29 no longer knows --smallfiles", "removed this option in 4.2. Take it out"),
                bent("        - \"--bind_ip_all\"\n", "        - \"--bind_ip_all\"\n        - \"--noprealloc\"\n", "no longer knows --noprealloc"),
                bent("        - \"--bind_ip_all\"\n", "        - \"--bind_ip_all\"\n        - \"--shardsvr\"\n", "started with --shardsvr", "plain replica sets only"),
                bent("mongo:4.4.29", "mongo:3.3", "mongo:3.3 is refused: these steps handle MongoDB 4.2 and later"),
                bent("mongo:4.4.29", "mongo:4.0.28", "mongo:4.0.28 is refused", "go-demo-3's own driver goes up to 5.0"),
                bent("mongo:4.4.29", "mongo:7", "cannot be read from the image mongo:7", "version: '7.0.14'"),
                bent("mongo:4.4.29", "mongo:latest", "cannot be read from the image mongo:latest"),
                bent("mongo:4.4.29", "mongo@sha256:" + "0123456789abcdef".repeat(4), "cannot be read from the image mongo@sha256:"),
                bent("mongo:4.4.29", "registry.example/team/database:4.4.29", "cannot be read from the image registry.example/team/database:4.4.29"),
                bent("mongo:4.4.29", "mongo::4.4", "the database's image 'mongo::4.4' is no image name"),
                bent("        - name: mongo-data\n          mountPath: /data/db", "        - name: mongo-data\n          mountPath: /backup", "no volume is mounted at /data/db"),
                bent("  clusterIP: None\n", "", "from Service db, which is not headless"),
                bent("  serviceName: db\n", "  serviceName: mongo\n", "from Service mongo, which is neither in the manifest nor in the namespace"),
                bent("  serviceName: db\n", "", "has no spec.serviceName"),
                bent("  clusterIP: None\n  selector:\n    app: db", "  clusterIP: None\n  selector:\n    app: mongo", "whose selector app: mongo matches no pod of it"),
                bent(PORTS, PORTS + PROBE, "its readinessProbe asks for a primary or secondary, and the pods start one after the other", "podManagementPolicy: Parallel"),
                arguments(book().replace(PORTS, PORTS + PROBE).replace("  serviceName: db\n", "  serviceName: db\n  podManagementPolicy: Parallel\n"), Map.of(),
                        new String[] {"names ready pods only, while readiness waits for a primary", "publishNotReadyAddresses: true"}),
                bent(PORTS, PORTS + PROBE.replace("readiness", "liveness"), "its livenessProbe asks for a primary or secondary, so the kubelet kills members"),
                with("replicas", 3, "parameter 'replicas' cannot be given together with manifest."),
                with("image", "mongo:7.0.14", "parameter 'image' cannot be given together with manifest."),
                with("container", "mongod", "StatefulSet db has no container 'mongod'", "names mongod's container"),
                with("version", "7.0.14", "parameter 'version' is 7.0.14, but the image mongo:4.4.29 says 4.4.29"),
                with("version", "seven", "parameter 'version' must be a release of MongoDB such as 7.0.14, but is 'seven'"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void isRefusedWithItsCauseAndRemedy(String manifest, Map<String, Object> more, String[] message) {
        assertThatThrownBy(() -> check(manifest, more)).isInstanceOf(Failure.class).hasMessageContainingAll(message);
    }

    @Test
    void theBooksOwnPasses() throws Failure {
        Wanted wanted = Wanted.of(new Parameters(Map.of("manifest", book())), NAMESPACE, "db");
        assertThat(wanted.set().onDelete()).isTrue();
        assertThat(wanted.release()).hasToString("4.4.29");
        assertThat(new DatabaseChecks(wanted.set()).warnings(wanted.release(), wanted.objects())).hasSize(2);
    }

    @Test
    void safetyRule14_versionNamesTheReleaseOfAnImageThatDoesNot() {
        assertThatCode(() -> check(book().replace("mongo:4.4.29", "registry.example/team/database:blue"), Map.of("version", "4.4.29")))
                .doesNotThrowAnyException();
    }

    @Test
    void safetyRule29_laterReleasesThanGoDemo3sDriverKnowsAreWarnedOf() throws Failure {
        Wanted wanted = Wanted.of(new Parameters(Map.of("manifest", book().replace("mongo:4.4.29", "mongo:6.0.4"))), NAMESPACE, "db");
        assertThat(new DatabaseChecks(wanted.set()).warnings(wanted.release(), wanted.objects()))
                .anyMatch(w -> w.startsWith("go-demo-3's driver (mgo.v2) needs OP_QUERY, which left MongoDB in 5.1: it cannot talk to 6.0.4"));
        Wanted five = Wanted.of(new Parameters(Map.of("manifest", book().replace("mongo:4.4.29", "mongo:5.0.29"))), NAMESPACE, "db");
        assertThat(new DatabaseChecks(five.set()).warnings(five.release(), five.objects())).noneMatch(w -> w.contains("go-demo-3"));
    }

    @Test
    void theImagesOwnFirstUserIsRefusedOnANewSet() throws Failure {
        String env = "        env:\n        - name: MONGO_INITDB_ROOT_USERNAME\n          value: root\n";
        String own = book().replace(PORTS, env + PORTS);
        assertThat(checks(own).firstUsers(false)).contains(
                "MONGO_INITDB_ROOT_USERNAME has no effect: a command of its own bypasses the image's entry point");
        DatabaseChecks checks = checks(own.replace("        command:\n        - mongod\n", "        args:\n        - mongod\n"));
        assertThatThrownBy(() -> checks.firstUsers(false)).isInstanceOf(Failure.class).hasMessage(
                "StatefulSet db, container db: MONGO_INITDB_ROOT_USERNAME makes each member create a user of its own before there is a set.\n"
                        + "  Members that hold data cannot be initiated. Take MONGO_INITDB_ROOT_* out, start mongod with --keyFile from a"
                        + " Secret, and give initReplicaSet the parameter 'rootCredentialsId': it creates the first user.\n"
                        + "  Described by parameters, deployStatefulMongo makes the key file itself.");
        assertThat(checks.firstUsers(true)).hasValueSatisfying(w -> assertThat(w).startsWith("MONGO_INITDB_ROOT_USERNAME makes a member that"));
        assertThat(checks(book()).firstUsers(false)).isEmpty();
    }

    private static DatabaseChecks checks(String manifest) throws Failure {
        return new DatabaseChecks(Wanted.of(new Parameters(Map.of("manifest", manifest)), NAMESPACE, "db").set());
    }

    @Test
    void safetyRule6_aSetOnEmptyDirIsRefused() {
        String manifest = book()
                .replace("      containers:\n      - name: db\n", "      volumes: [{name: scratch, emptyDir: {}}]\n      containers:\n      - name: db\n")
                .replace("        - name: mongo-data\n          mountPath", "        - name: scratch\n          mountPath");
        assertThatThrownBy(() -> check(manifest, Map.of()))
                .hasMessage("StatefulSet db, container db: its data at /data/db is in the emptyDir 'scratch', which goes with each pod.\n"
                        + "  Use a claim template in spec.volumeClaimTemplates instead.");
        assertThatThrownBy(() -> check(manifest.replace("emptyDir: {}", "persistentVolumeClaim: {claimName: shared}"), Map.of()))
                .hasMessageContaining("is in one claim, 'shared', that all members would share");
    }

    @Test
    void fileModesAreReadAsKubectlReadsThem() throws Failure {
        String manifest = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: {volumes:"
                + " [{name: k, secret: {secretName: k, defaultMode: 0400, items: [{key: k, path: k, mode: 256}]}}]}}}}";
        assertThat(Manifest.read(manifest, NAMESPACE).get(0).toString()).contains("defaultMode=256").contains("mode=256");
    }

    @Test
    void whatTheServerAddedToAnExportedObjectIsLeftOut() throws Failure {
        String exported = book().replace("  name: db\n", "  name: db\n  uid: abc\n  resourceVersion: '7'\n  generation: 3\n");
        assertThat(Manifest.read(exported, NAMESPACE)).allSatisfy(o ->
                assertThat(Json.map(o, "metadata")).doesNotContainKeys("uid", "resourceVersion", "generation"));
    }
}
