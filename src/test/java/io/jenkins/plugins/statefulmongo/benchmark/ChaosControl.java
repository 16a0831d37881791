package io.jenkins.plugins.statefulmongo.benchmark;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * The negative control of {@link Chaos}: writes that only a cut-off primary acknowledged ({@code w: 1}) are lost when the others elect another
 * one, and the comparison that the write load's verdict rests on ({@link Ledger.Verdict}) must say so.
 */
final class ChaosControl {
    private static final int WRITES = 200;

    private ChaosControl() {}

    static int lost(Settings settings, Figures figures) throws Exception {
        String image = settings.list("chaos.images").get(0);
        try (ChaosSet set = new ChaosSet(settings, image)) {
            int old = set.primary().orElseThrow();
            long term = set.term();
            Ledger ledger = new Ledger();
            set.disturb(ChaosPlan.Kind.PARTITION, "db-" + old);
            try {
                set.with(old, 5, c -> write(c, ledger));
                set.until("another primary", () -> set.term() > term && set.primary().filter(p -> p != old).isPresent());
                // Before its first write a new primary catches up with all that it can see: healed earlier, it would take over the old one's.
                int now = set.primary().orElseThrow();
                set.until("the new primary to write", () -> set.with(now, 5, ChaosControl::writes));
            } finally {
                set.heal(ChaosPlan.Kind.PARTITION, "db-" + old);
            }
            set.whole(image);
            BitSet found = set.with(set.primary().orElseThrow(), 5, ChaosControl::read);
            Ledger.Verdict verdict = Ledger.Verdict.of(List.of(ledger), List.of(found));
            figures.title("control: of " + verdict.acknowledged() + " writes that the cut-off primary db-" + old + " alone acknowledged, "
                    + verdict.lost().size() + " are lost");
            return verdict.lost().size();
        }
    }

    /** As long as it takes itself for primary. */
    private static Void write(MongoClient client, Ledger ledger) {
        MongoCollection<Document> control = collection(client).withWriteConcern(WriteConcern.W1);
        for (int i = 0; i < WRITES; i++) {
            try {
                control.insertOne(new Document("_id", Ledger.id(0, i)));
                ledger.acknowledged(i);
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (MongoException e) {
                ledger.unclear(i);
                return null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    private static boolean writes(MongoClient client) {
        try {
            client.getDatabase("load").getCollection("new-primary").withWriteConcern(WriteConcern.MAJORITY).insertOne(new Document());
            return true;
        } catch (MongoException e) {
            return false;
        }
    }

    private static BitSet read(MongoClient client) {
        BitSet found = new BitSet();
        collection(client)
                .withReadConcern(ReadConcern.MAJORITY)
                .withReadPreference(ReadPreference.primary())
                .find()
                .forEach(d -> found.set(Ledger.number(d.get("_id", Number.class).longValue())));
        return found;
    }

    private static MongoCollection<Document> collection(MongoClient client) {
        return client.getDatabase("load").getCollection("control");
    }
}
