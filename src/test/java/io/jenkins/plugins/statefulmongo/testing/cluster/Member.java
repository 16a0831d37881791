package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A mongod. Its parts: {@link Commands} answers, {@link ReplicaCommands} changes the set, {@link Membership}, {@link Elections} and
 * {@link Replication} move it, {@link Reports} describes it. All fields but the volatile ones are guarded by {@link Mongo#lock}.
 */
final class Member implements Program {
    enum State {
        STARTUP(0), PRIMARY(1), SECONDARY(2), RECOVERING(3), STARTUP2(5), ARBITER(7), ROLLBACK(9), REMOVED(10);

        final int number;

        State(int number) {
            this.number = number;
        }
    }

    final Mongo mongo;
    final Release release;
    final Instant started = Instant.now();
    private final ObjectNode pod;
    private final List<String> words;
    private final Function<String, Data> folders;
    private final PodFiles files;
    /** What it keeps of the key by which members log in to each other; null without a key file. */
    Document key;
    MongodOptions options;
    Data data;
    SetConfig.Node self;
    volatile State state = State.STARTUP;
    boolean stepping;
    Instant electedAt = Instant.EPOCH;
    OpTime termStart = OpTime.NONE;
    OpTime committed = OpTime.NONE;
    Member source;
    long mayStandFrom = System.nanoTime();
    Runnable electionTimer;
    Runnable syncTimer;
    volatile long lagSeconds;
    volatile boolean held;
    int fsyncLocks;
    private volatile boolean frozen;
    private volatile boolean isolated;
    private volatile boolean ended;
    private boolean terminating;
    boolean quiescing;
    private Host host;
    private Wire wire;

    Member(Mongo mongo, ObjectNode pod, Release release, List<String> words, Function<String, Data> folders, PodFiles files) {
        this.mongo = mongo;
        this.pod = pod;
        this.release = release;
        this.words = words;
        this.folders = folders;
        this.files = files;
    }

    String hostname() {
        return Json.name(pod);
    }

    @Override
    public void start(Host container) {
        host = container;
        try {
            options = new MongodOptions(words, release);
        } catch (MongodOptions.UsageException e) {
            host.log(e.getMessage());
            host.log("try 'mongod --help' for more information");
            ended = true;
            host.exited(2);
            return;
        }
        log("I", "CONTROL", "MongoDB starting, version " + release.full());
        String missing = Stream.of(options.keyFile(), options.certificateFile()).filter(f -> f != null && files.read(f) == null).findFirst().orElse(null);
        if (missing != null) {
            log("E", "CONTROL", "Error reading file " + missing + ": No such file or directory");
            ended = true;
            host.exited(1);
            return;
        }
        key = options.keyFile() == null ? null : Scram.store(files.read(options.keyFile()).replaceAll("\\s", ""));
        mongo.lock.lock();
        try {
            open();
        } finally {
            mongo.lock.unlock();
        }
    }

    private void open() {
        data = folders.apply(options.dbPath());
        if (data.open) {
            log("E", "CONTROL", "DBException in initAndListen, terminating: DBPathInUse: Unable to lock the lock file: " + options.dbPath()
                    + "/mongod.lock (Resource temporarily unavailable). Another mongod instance is already running");
            ended = true;
            host.exited(100);
            return;
        }
        if (!data.compatibility.isEmpty() && !List.of(release.series(), release.previous()).contains(data.compatibility)) {
            log("F", "CONTROL", "Wrong mongod version: UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document (ERROR: "
                    + "Invalid feature compatibility version value '" + data.compatibility + "'; expected '" + release.previous() + "' or '"
                    + release.series() + "')");
            ended = true;
            host.exited(62);
            return;
        }
        if (data.compatibility.isEmpty()) {
            data.compatibility = release.series();
        }
        data.open = true;
        String certificate = options.certificateFile() == null ? null : files.read(options.certificateFile());
        wire = new Wire(mongo.wire, mongo.commands, certificate, options.requiresTls(), (session, database, command) -> Commands.handle(this, session, database, command));
        mongo.join(this);
        log("I", "NETWORK", "Waiting for connections, port " + options.port());
        mongo.loop.after(20, data.config != null ? () -> Membership.rejoin(this) : this::isFound);
    }

    /** The heartbeats of a set whose configuration names it reach it as soon as its name leads to it. */
    private void isFound() {
        if (ended) {
            return;
        }
        change(() -> {});
        if (!mongo.network.in(pod).contains(this)) {
            mongo.loop.after(20, this::isFound);
        }
    }

    void become(State next) {
        if (state != next) {
            log("I", "REPL", "Replica set state transition, new state " + next + ", old state " + state);
            state = next;
            stepping = false;
            host.changed();
        }
    }

    boolean isWritable() {
        return options.replSet().isEmpty() || state == State.PRIMARY && !stepping;
    }

    /** Runs, and is not frozen. */
    boolean isAwake() {
        return !ended && !frozen;
    }

    boolean isOver() {
        return ended;
    }

    boolean isShuttingDown() {
        return terminating;
    }

    boolean knowsName(String hostAndPort) {
        return !mongo.network.resolve(Json.namespace(pod), hostAndPort.replaceAll(":\\d+$", "")).isEmpty();
    }

    /** The member that this one reaches under a host and port, or null. */
    Member reach(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        String name = hostAndPort.substring(0, colon);
        int port = Integer.parseInt(hostAndPort.substring(colon + 1));
        // A pod knows its own short name by its hosts file, the others do not.
        if (name.equals("localhost") || name.equals("127.0.0.1") || name.equals(hostname())) {
            return port == options.port() ? this : null;
        }
        for (Program program : mongo.network.reach(Json.namespace(pod), name, port)) {
            if (program instanceof Member member && member.isAwake() && (member == this || !isolated && !member.isolated)) {
                return member;
            }
        }
        return null;
    }

    /** The primary that this member knows, or null: for programs in the cluster. */
    Member primary() {
        mongo.lock.lock();
        try {
            return ended || data == null || data.config == null ? null : Replication.primaryOf(this);
        } finally {
            mongo.lock.unlock();
        }
    }

    Document run(String database, Document command) {
        return Commands.handle(this, null, database, command);
    }

    @Override
    public void terminate() {
        if (ended) {
            return;
        }
        log("I", "CONTROL", "Received signal 15 (terminated)");
        mongo.commands.execute(() -> {
            awaitThaw();
            mongo.lock.lock();
            try {
                terminating = true;
                if (state == State.PRIMARY) {
                    try {
                        boolean alone = Replication.visible(this).size() < 2;
                        Elections.stepDown(this, false, alone ? 0 : 10_000, 86_400_000L);
                    } catch (CommandException e) {
                        become(State.SECONDARY);
                        mongo.settle();
                    }
                }
                quiescing = release.atLeast(5, 0) && data.config != null;
            } finally {
                mongo.lock.unlock();
            }
            mongo.loop.after(quiescing ? 100 : 20, () -> end(0));
        });
    }

    private void end(int code) {
        if (!ended) {
            log("I", "CONTROL", "Shutting down, exitCode " + code);
            kill();
            host.exited(code);
        }
    }

    @Override
    public void kill() {
        mongo.lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            frozen = false;
            mongo.leave(this);
            data.open = false;
            if (electionTimer != null) {
                electionTimer.run();
            }
            wire.close();
            mongo.settle();
        } finally {
            mongo.lock.unlock();
        }
    }

    /** SIGSTOP and SIGCONT: connections stay, but nothing is answered. */
    void freeze(boolean on) {
        change(() -> frozen = on);
    }

    void isolate(boolean on) {
        change(() -> isolated = on);
    }

    void change(Runnable what) {
        mongo.lock.lock();
        try {
            what.run();
            mongo.settle();
        } finally {
            mongo.lock.unlock();
        }
        host.changed();
    }

    void awaitThaw() {
        mongo.lock.lock();
        try {
            while (frozen && !ended) {
                mongo.changed.awaitUninterruptibly();
            }
        } finally {
            mongo.lock.unlock();
        }
    }

    @Override
    public int localPort(int port) {
        return !ended && options != null && port == options.port() && wire != null ? wire.port() : 0;
    }

    @Override
    public boolean listensOutside(int port) {
        return localPort(port) != 0 && options.listensOutside();
    }

    @Override
    public boolean passes(JsonNode probe) {
        if (!isAwake()) {
            return false;
        }
        if (probe.has("exec")) {
            String text = Json.at(probe, "exec", "command").toString().toLowerCase(Locale.ROOT);
            boolean asksRole = text.matches(".*(hello|ismaster|iswritableprimary|secondary|rs\\.status).*");
            if (text.equals("[\"false\"]")) {
                return false;
            }
            return !asksRole || state == State.PRIMARY || state == State.SECONDARY;
        }
        return probe.has("tcpSocket") && options.listensOutside();
    }

    void log(String severity, String component, String message) {
        host.log("{\"t\":{\"$date\":\"" + Instant.now() + "\"},\"s\":\"" + severity + "\",\"c\":\"" + component + "\",\"ctx\":\"-\",\"msg\":\""
                + message.replace("\"", "'") + "\"}");
    }
}
