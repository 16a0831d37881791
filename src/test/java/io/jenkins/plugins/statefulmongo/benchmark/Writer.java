package io.jenkins.plugins.statefulmongo.benchmark;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bson.Document;

/**
 * The write load, as an application inside the cluster's network would make it: a client that knows all members, four lanes of inserts with
 * a pause of 5 ms after each, {@code w: majority} unless {@code W} says otherwise. {@code DB} is the connection string. On port 8080:
 *
 * <ul>
 *   <li>{@code /stats}: writes acknowledged, unclear and refused since the start; the gaps between acknowledged writes since the last
 *       {@code /stats?reset=1}.
 *   <li>{@code /verify}: reads all back with read concern majority: how many acknowledged ones are there, which are lost, and how many are
 *       there that the server had refused. 202 while it still reads (ask again), 503 where it could not.
 * </ul>
 */
final class Writer {
    static final int PORT = 8080;
    private static final int LANES = 4;
    /** What the answer names; all are counted. */
    private static final int NAMED = 100;
    private static final Logger DRIVER = Logger.getLogger("org.mongodb.driver");

    private final MongoCollection<Document> collection;
    private final Gaps gaps = new Gaps(System.nanoTime());
    private final List<Lane> lanes = new ArrayList<>();
    private CompletableFuture<Document> verification;

    private Writer(MongoCollection<Document> collection, WriteConcern concern) {
        this.collection = collection;
        for (int i = 0; i < LANES; i++) {
            lanes.add(new Lane(i, collection.withWriteConcern(concern), gaps));
        }
    }

    public static void main(String[] args) throws IOException {
        // A replaced pod has a new address at once; Java would look for it at the old one for half a minute.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        DRIVER.setLevel(Level.SEVERE);
        String concern = System.getenv().getOrDefault("W", "majority");
        String name = "writes" + Long.toHexString(System.currentTimeMillis()); // of this process alone
        new Writer(
                        MongoClients.create(settings(System.getenv("DB"))).getDatabase("load").getCollection(name),
                        concern.matches("\\d+") ? new WriteConcern(Integer.parseInt(concern)) : new WriteConcern(concern))
                .start();
    }

    /** The driver's defaults, but no wait without end: a connection whose other end was cut off is given up after 5 s. */
    private static MongoClientSettings settings(String connection) {
        return MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(connection))
                .applyToSocketSettings(s -> s.connectTimeout(2, TimeUnit.SECONDS).readTimeout(5, TimeUnit.SECONDS))
                .applyToClusterSettings(c -> c.serverSelectionTimeout(5, TimeUnit.SECONDS))
                .build();
    }

    private void start() throws IOException {
        lanes.forEach(l -> new Thread(l).start());
        HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
        server.setExecutor(Executors.newSingleThreadExecutor());
        server.createContext("/stats", e -> answer(e, 200, stats("reset=1".equals(e.getRequestURI().getQuery()))));
        server.createContext("/verify", this::verify);
        server.start();
    }

    private List<Ledger> ledgers() {
        return lanes.stream().map(l -> l.ledger().copy()).toList();
    }

    private Document stats(boolean reset) {
        Ledger.Count count = Ledger.Count.of(ledgers());
        long now = System.nanoTime();
        Gaps.Summary summary = gaps.summary(now);
        if (reset) {
            gaps.reset(now);
        }
        return new Document("acknowledged", count.acknowledged())
                .append("unclear", count.unclear())
                .append("refused", count.refused())
                .append("longestGapMillis", summary.longestMillis())
                .append("gapMillisOver20", summary.overIgnoredMillis())
                .append("gaps", summary.millis());
    }

    /** Reading all may take longer than the API server's proxy, or whoever asks through it, has patience. */
    private void verify(HttpExchange exchange) throws IOException {
        if (verification == null) {
            verification = CompletableFuture.supplyAsync(this::readAll);
        }
        try {
            Document verdict = verification.get(4, TimeUnit.SECONDS);
            verification = null;
            answer(exchange, 200, verdict);
        } catch (TimeoutException e) {
            answer(exchange, 202, new Document("reading", true));
        } catch (ExecutionException | InterruptedException e) {
            verification = null;
            answer(exchange, 503, new Document("error", String.valueOf(e.getMessage())));
        }
    }

    /** @throws MongoException where it cannot be read now */
    private Document readAll() {
        List<Ledger> before = ledgers();
        List<BitSet> found = before.stream().map(l -> new BitSet()).toList();
        collection
                .withReadConcern(ReadConcern.MAJORITY)
                .withReadPreference(ReadPreference.primary())
                .find()
                .projection(new Document("_id", 1))
                .forEach(d -> {
                    long id = d.get("_id", Number.class).longValue();
                    found.get(Ledger.lane(id)).set(Ledger.number(id));
                });
        Ledger.Verdict verdict = Ledger.Verdict.of(before, found);
        return new Document("acknowledged", verdict.acknowledged())
                .append("present", verdict.present())
                .append("lost", verdict.lost().size())
                .append("lostIds", verdict.lost().subList(0, Math.min(NAMED, verdict.lost().size())))
                .append("ghosts", verdict.ghosts());
    }

    private static void answer(HttpExchange exchange, int code, Document document) throws IOException {
        byte[] body = document.toJson().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
