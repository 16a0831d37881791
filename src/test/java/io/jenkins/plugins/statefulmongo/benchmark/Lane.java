package io.jenkins.plugins.statefulmongo.benchmark;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import org.bson.Document;

/**
 * Inserts one document after the other, each under an id of its own: a write whose outcome is unclear is never tried again by us, neither
 * under its id nor under another one. What the driver itself retries (once, as one write) is its own affair, as in any application.
 */
final class Lane implements Runnable {
    private static final long PAUSE_MILLIS = 5;
    private static final int DUPLICATE_KEY = 11000;

    private final int lane;
    private final MongoCollection<Document> collection;
    private final Gaps gaps;
    private final Ledger ledger = new Ledger();

    Lane(int lane, MongoCollection<Document> collection, Gaps gaps) {
        this.lane = lane;
        this.collection = collection;
        this.gaps = gaps;
    }

    Ledger ledger() {
        return ledger;
    }

    @Override
    public void run() {
        try {
            for (int number = 0; ; number++) {
                write(number);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(int number) {
        try {
            collection.insertOne(new Document("_id", Ledger.id(lane, number)));
            gaps.acknowledged(System.nanoTime());
            ledger.acknowledged(number);
        } catch (MongoException e) {
            if (refused(e)) {
                ledger.refused(number);
            } else {
                ledger.unclear(number);
            }
        }
    }

    /**
     * Whether the server said that it did not write, and no earlier attempt of the driver may have. A write concern that was not satisfied,
     * a member that shut down or is primary no more, a lost connection, a key that exists: all of these leave it open.
     */
    private static boolean refused(MongoException e) {
        return (e instanceof MongoWriteException || e instanceof MongoCommandException)
                && !e.hasErrorLabel("RetryableWriteError")
                && e.getCode() != DUPLICATE_KEY;
    }
}
