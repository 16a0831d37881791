package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** go-demo-3: as the real one it ends at start when it finds no primary. It talks to the members directly, without a driver. */
final class App implements Program {
    record Answer(int code, String body) {}

    private final String tag;
    private final Network network;
    private final String namespace;
    private final String database;
    private Host host;
    private volatile boolean up;

    App(String tag, Network network, String namespace, Map<String, String> variables) {
        this.tag = tag;
        this.network = network;
        this.namespace = namespace;
        this.database = variables.getOrDefault("DB", "");
    }

    @Override
    public void start(Host host) {
        this.host = host;
        if (tag.startsWith("crash")) {
            host.log("panic: this version crashes");
            host.exited(2);
        } else if (primary() == null) {
            host.log("panic: no reachable servers");
            host.exited(2);
        } else {
            up = true;
            host.changed();
        }
    }

    @Override
    public void terminate() {
        up = false;
        host.exited(143);
    }

    @Override
    public void kill() {
        up = false;
    }

    @Override
    public boolean passes(JsonNode probe) {
        return up && (!probe.has("httpGet") || answer("GET", Json.text(probe, "httpGet", "path"), Map.of()).code < 400);
    }

    @Override
    public boolean listensOutside(int port) {
        return up && port == 8080;
    }

    private Member primary() {
        for (Program seed : network.reach(namespace, database, 27017)) {
            Member primary = seed instanceof Member member ? member.primary() : null;
            if (primary != null) {
                return primary;
            }
        }
        return null;
    }

    /** May wait for the database: not to be called on the kubelet's loop, but for paths that do not touch it. */
    Answer answer(String method, String path, Map<String, String> query) {
        switch (method + " " + path) {
            case "GET /demo/hello":
                return tag.startsWith("unready") ? new Answer(503, "not ready\n") : new Answer(200, "hello, world!\n");
            case "GET /demo/random-error":
                return ThreadLocalRandom.current().nextInt(10) == 0 ? new Answer(500, "random error\n") : new Answer(200, "");
            case "PUT /demo/person":
                return onPrimary(new Document("insert", "people").append("documents",
                        List.of(new Document("_id", new ObjectId()).append("name", query.getOrDefault("name", ""))))
                        .append("writeConcern", new Document("w", "majority").append("wtimeout", 5000)));
            case "GET /demo/person":
                return onPrimary(new Document("find", "people").append("filter", new Document()).append("batchSize", 10_000));
            default:
                return new Answer(404, "404 page not found\n");
        }
    }

    private Answer onPrimary(Document command) {
        Member primary = primary();
        Document reply = primary == null ? new Document("errmsg", "no reachable servers") : primary.run("test", command);
        if (!Commands.isOk(reply)) {
            return new Answer(500, reply.get("errmsg") + "\n");
        }
        StringBuilder names = new StringBuilder();
        if (reply.get("cursor") instanceof Document cursor) {
            ((List<?>) cursor.get("firstBatch")).forEach(person -> names.append(((Document) person).get("name")).append('\n'));
        }
        return new Answer(200, names.toString());
    }
}
