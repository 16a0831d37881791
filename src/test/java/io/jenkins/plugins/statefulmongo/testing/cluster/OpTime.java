package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;

/** A place in the oplog: later terms are later, whatever their clocks say. */
record OpTime(BsonTimestamp ts, long term) implements Comparable<OpTime> {
    static final OpTime NONE = new OpTime(new BsonTimestamp(0), -1);

    @Override
    public int compareTo(OpTime o) {
        return term != o.term ? Long.compare(term, o.term) : ts.compareTo(o.ts);
    }

    Document document() {
        return new Document("ts", ts).append("t", term);
    }

    Instant date() {
        return Instant.ofEpochSecond(Integer.toUnsignedLong(ts.getTime()));
    }

    /** The next timestamp after this one, not before now. */
    BsonTimestamp next() {
        BsonTimestamp now = new BsonTimestamp(Instant.now(), 1);
        return now.compareTo(ts) > 0 ? now : new BsonTimestamp(ts.getValue() + 1);
    }
}
