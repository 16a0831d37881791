package io.jenkins.plugins.statefulmongo.deploy;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Login;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.state.Image;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.Mongod;
import io.jenkins.plugins.statefulmongo.state.MongodOptions;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What can be said of a wanted StatefulSet without a cluster: whether its members could ever form a replica set that keeps its data. */
final class DatabaseChecks {
    private static final Pattern ASKS_FOR_A_STATE = Pattern.compile(
            "(?i)isWritablePrimary|ismaster|secondary|rs\\.status|replSetGetStatus|rs\\.hello|db\\.hello|myState|hello\\(");
    private static final List<String> MONGODB_IMAGES =
            List.of("mongo", "mongodb", "mongodb-community-server", "mongodb-enterprise-server", "percona-server-mongodb");

    private final SetState set;
    private final Mongod mongod;
    private final Map<String, Object> pod;
    private final String where;

    /**
     * @param set as wanted, with its database container
     */
    DatabaseChecks(SetState set) {
        this.set = set;
        this.mongod = set.mongod();
        this.pod = Json.map(set.template(), "spec");
        this.where = "StatefulSet " + set.name() + ", container " + set.container();
    }

    /** Everything that does not depend on the release. */
    void shape() throws Failure {
        int replicas = set.replicas();
        if (replicas < 1 || replicas > 50) {
            throw new Failure("StatefulSet " + set.name() + ": spec.replicas must be from 1 to 50, but is " + replicas + ".",
                    "A replica set has at most 50 members. `absent: true` removes a release.");
        }
        if (set.partition() != 0) {
            throw new Failure(
                    "StatefulSet " + set.name() + ": spec.updateStrategy.rollingUpdate.partition is " + set.partition() + ".",
                    "Pods below a partition come back at an older revision than they had. Take it out; rollingImageUpdate goes member by member.");
        }
        command();
        data();
        probes();
    }

    private void command() throws Failure {
        for (String role : List.of("shardsvr", "configsvr")) {
            if (mongod.has(role)) {
                throw new Failure(where + ": mongod is started with --" + role + ".",
                        "Members of a sharded cluster must be updated in its own order: these steps handle plain replica sets only.");
            }
        }
        if (mongod.replicaSet().isEmpty()) {
            throw new Failure(where + ": mongod is started without --replSet, so it can never join a replica set.",
                    "Add '--replSet', 'rs0' to its command.");
        }
        boolean listens = mongod.has("bind_ip_all")
                || mongod.has("bind_ip") && !mongod.options().get("bind_ip").matches("(localhost|127\\.0\\.0\\.1|::1|,)*");
        if (!listens && (mongod.overridden() || mongod.has("bind_ip"))) {
            throw new Failure(
                    where + ": mongod listens on loopback only, so no member reaches another.",
                    mongod.has("bind_ip")
                            ? "Its --bind_ip is " + mongod.options().get("bind_ip") + "."
                            : "A command of its own bypasses the image's entry point, which would open it (MongoDB 3.6 and later).",
                    "Add '--bind_ip_all' to its command.");
        }
    }

    /** Options that the release no longer knows: mongod would end with code 2. */
    void options(Release release) throws Failure {
        for (String option : mongod.options().keySet()) {
            Optional<String> removed = MongodOptions.removedIn(option, release);
            if (removed.isPresent()) {
                throw new Failure(
                        where + ": mongod " + release + " no longer knows --" + option + ", and would not start.",
                        "MongoDB removed this option in " + removed.get() + ". Take it out of the command, or describe the release by"
                                + " parameters: deployStatefulMongo then writes the command.");
            }
        }
    }

    private void data() throws Failure {
        String path = mongod.options().getOrDefault("dbpath", "/data/db");
        Map<String, Object> mount = Json.list(set.database(), "volumeMounts").stream()
                .filter(m -> covers(Json.text(m, "mountPath"), path))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        where + ": no volume is mounted at " + path + ", so its data would go with each pod.",
                        "Mount a claim of spec.volumeClaimTemplates there."));
        String name = Json.text(mount, "name");
        if (Json.list(set.object(), "spec", "volumeClaimTemplates").stream()
                .anyMatch(t -> name != null && name.equals(Manifest.name(t)))) {
            return;
        }
        Map<String, Object> volume = Json.list(pod, "volumes").stream()
                .filter(v -> name != null && name.equals(v.get("name")))
                .findFirst()
                .orElseThrow(() -> new Failure(where + ": volume '" + name + "' at " + path + " is neither a claim template nor a volume of the pod.",
                        "Name a claim template in spec.volumeClaimTemplates the same."));
        if (volume.get("emptyDir") != null) {
            throw new Failure(where + ": its data at " + path + " is in the emptyDir '" + name + "', which goes with each pod.",
                    "Use a claim template in spec.volumeClaimTemplates instead.");
        }
        if (volume.get("persistentVolumeClaim") != null) {
            throw new Failure(where + ": its data at " + path + " is in one claim, '"
                            + Json.text(volume, "persistentVolumeClaim", "claimName") + "', that all members would share.",
                    "Use a claim template in spec.volumeClaimTemplates: each member then gets its own.");
        }
    }

    private static boolean covers(String mount, String path) {
        return mount != null && (path + "/").startsWith(mount.replaceFirst("/+$", "") + "/");
    }

    private void probes() throws Failure {
        boolean ordered = !"Parallel".equals(Json.text(set.object(), "spec", "podManagementPolicy"));
        if (ordered && asksForAState("readinessProbe") && set.replicas() > 1) {
            throw new Failure(
                    where + ": its readinessProbe asks for a primary or secondary, and the pods start one after the other (OrderedReady).",
                    "The first pod would never be ready: there is no primary before all members are there.",
                    "Set spec.podManagementPolicy: Parallel, or use a tcpSocket probe.");
        }
        for (String kills : List.of("livenessProbe", "startupProbe")) {
            if (asksForAState(kills)) {
                throw new Failure(
                        where + ": its " + kills + " asks for a primary or secondary, so the kubelet kills members before they are initiated.",
                        "Take it out, or use a tcpSocket probe.");
            }
        }
    }

    private boolean asksForAState(String probe) {
        return ASKS_FOR_A_STATE.matcher(String.join(" ", Json.texts(set.database(), probe, "exec", "command"))).find();
    }

    /**
     * The Service that names the members.
     *
     * @param service from the manifest or the cluster; null where neither has it
     * @return a warning, or null
     */
    String service(Map<String, Object> service) throws Failure {
        String name = set.service();
        String subject = "StatefulSet " + set.name() + ": the members' names come from Service " + name;
        if (name == null) {
            throw new Failure("StatefulSet " + set.name() + " has no spec.serviceName, so its members have no names.",
                    "Name a headless Service there, and add that to the manifest.");
        }
        if (service == null) {
            throw new Failure(subject + ", which is neither in the manifest nor in the namespace.",
                    "Add a Service of that name with clusterIP: None.");
        }
        if (!"None".equals(Json.text(service, "spec", "clusterIP"))) {
            throw new Failure(subject + ", which is not headless, so they have none.", "Set its clusterIP: None.");
        }
        Map<String, Object> labels = Json.map(set.template(), "metadata", "labels");
        for (Map.Entry<String, Object> wanted : Json.map(service, "spec", "selector").entrySet()) {
            if (!Diff.same(wanted.getValue(), labels.get(wanted.getKey()))) {
                throw new Failure(subject + ", whose selector " + wanted.getKey() + ": " + wanted.getValue() + " matches no pod of it.",
                        "Give the pod template that label, or correct the selector.");
            }
        }
        boolean named = Json.flag(service, "spec", "publishNotReadyAddresses");
        if (!named && asksForAState("readinessProbe")) {
            throw new Failure(
                    subject + ", which names ready pods only, while readiness waits for a primary or secondary.",
                    "The members could never find each other. Set publishNotReadyAddresses: true in the Service.");
        }
        return named || set.database().get("readinessProbe") == null
                ? null
                : "Service " + name + " names ready pods only: set publishNotReadyAddresses: true, so that members find each other while one is not";
    }

    /**
     * The image's entry point makes a user on each member that starts with an empty volume: data of its own, before there is a set.
     *
     * @param running whether the set's StatefulSet is there
     * @return a warning
     */
    Optional<String> firstUsers(boolean running) throws Failure {
        Optional<String> variable = Json.list(set.database(), "env").stream()
                .map(e -> Json.text(e, "name"))
                .filter(n -> n != null && n.startsWith("MONGO_INITDB_ROOT_"))
                .findFirst();
        if (variable.isEmpty()) {
            return Optional.empty();
        }
        List<String> command = Json.texts(set.database(), "command");
        if (!command.isEmpty() && command.stream().noneMatch(w -> w.contains("docker-entrypoint"))) {
            return Optional.of(variable.get() + " has no effect: a command of its own bypasses the image's entry point");
        }
        if (running) {
            return Optional.of(variable.get() + " makes a member that starts with an empty volume create a user of its own;"
                    + " with a set that has its users, take it out");
        }
        throw new Failure(
                where + ": " + variable.get() + " makes each member create a user of its own before there is a set.",
                "Members that hold data cannot be initiated. Take MONGO_INITDB_ROOT_* out, start mongod with --keyFile from a Secret, and give"
                        + " initReplicaSet the parameter '" + Login.ROOT + "': it creates the first user.",
                "Described by parameters, deployStatefulMongo makes the key file itself.");
    }

    /**
     * The release that the image is.
     *
     * @param version parameter {@code version}, or null
     */
    static Release release(String image, String version) throws Failure {
        if (!Image.valid(image)) {
            throw new Failure("the database's image '" + image + "' is no image name.",
                    "Write it as mongo:7.0.14 or registry.example/team/mongo:7.0.14.");
        }
        Optional<Release> read = MONGODB_IMAGES.contains(Image.parse(image).name()) ? Release.ofImage(image) : Optional.empty();
        if (version != null) {
            Release given = Release.parse(version)
                    .orElseThrow(() -> Parameters.bad("version", "must be a release of MongoDB such as 7.0.14, but is '" + version + "'"));
            if (read.isPresent() && !read.get().matches(given)) {
                throw Parameters.bad("version", "is " + given + ", but the image " + image + " says " + read.get(), "Take one of them back.");
            }
            read = Optional.of(given);
        }
        Release release = read.orElseThrow(() -> new Failure(
                "the release of MongoDB cannot be read from the image " + image + ".",
                "Name it, for example version: '7.0.14', or use a tag that says it, such as mongo:7.0.14."));
        if (!release.reachable()) {
            throw new Failure(
                    image + " is refused: these steps handle MongoDB 4.2 and later, and " + release + " is not.",
                    "MongoDB " + release.series() + " is out of support, and the driver does not speak to it. Use mongo:4.4.29 or later"
                            + " (go-demo-3's own driver goes up to 5.0).");
        }
        return release;
    }

    /** What works, but not well; one line each. */
    List<String> warnings(Release release, List<Map<String, Object>> objects) {
        List<String> warnings = new ArrayList<>();
        if (set.graceSeconds() < 60) {
            warnings.add("terminationGracePeriodSeconds is " + set.graceSeconds()
                    + ": mongod takes up to 15 s to hand over from 5.0 on, and is killed in the middle; 60 is safe");
        }
        Object memory = Json.at(set.database(), "resources", "limits", "memory");
        Quantity.of(memory).filter(m -> m.longValue() < 512L << 20).ifPresent(m -> warnings.add(
                "the memory limit " + memory + " is below 512Mi: WiredTiger's smallest cache alone takes 256Mi"));
        if (release.atLeast(5, 1) && objects.stream().anyMatch(DatabaseChecks::goDemo)) {
            warnings.add("go-demo-3's driver (mgo.v2) needs OP_QUERY, which left MongoDB in 5.1: it cannot talk to " + release
                    + "; mongo:5.0.29 is the last series for it");
        }
        return warnings;
    }

    private static boolean goDemo(Map<String, Object> object) {
        return Json.list(object, "spec", "template", "spec", "containers").stream()
                .map(c -> Json.text(c, "image"))
                .anyMatch(i -> i != null && Image.parse(i).name().equals("go-demo-3"));
    }
}
