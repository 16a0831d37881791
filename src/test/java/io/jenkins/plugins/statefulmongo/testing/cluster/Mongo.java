package io.jenkins.plugins.statefulmongo.testing.cluster;

import io.netty.channel.nio.NioEventLoopGroup;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All members of the embedded cluster. Members call each other directly, under this one lock, instead of sending heartbeats: what one
 * knows of another is never old. Whoever changed something calls {@link #settle}, which carries the change to all that it concerns.
 */
final class Mongo implements AutoCloseable {
    final ReentrantLock lock = new ReentrantLock();
    /** Signalled when anything has changed. */
    final Condition changed = lock.newCondition();
    final Loop loop = new Loop("embedded mongod timers");
    final Network network;
    final NioEventLoopGroup wire;
    final ExecutorService commands;
    /** Ten times shorter than MongoDB's own, for speed. */
    volatile long electionTimeoutMillis = 1000;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private boolean settling;

    Mongo(Network network) {
        this.network = network;
        ThreadFactory daemons = task -> {
            Thread t = new Thread(task, "embedded mongod");
            t.setDaemon(true);
            return t;
        };
        wire = new NioEventLoopGroup(2, daemons);
        commands = Executors.newCachedThreadPool(daemons);
    }

    void join(Member member) {
        members.add(member);
    }

    void leave(Member member) {
        members.remove(member);
    }

    List<Member> members() {
        return members;
    }

    /** Repeats until nothing moves: replication, commit points, votes for the newly added, election timers. With the lock held. */
    void settle() {
        if (settling) {
            return;
        }
        settling = true;
        try {
            boolean moved = true;
            while (moved) {
                moved = false;
                for (Member m : members) {
                    moved |= m.isAwake() && Replication.step(m);
                }
            }
            members.forEach(Elections::watch);
        } finally {
            settling = false;
        }
        changed.signalAll();
    }

    /** Waits for a change until a moment on {@link System#nanoTime}'s clock; false when it has passed. With the lock held. */
    boolean await(long deadline) {
        try {
            return changed.awaitNanos(deadline - System.nanoTime()) > 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static long in(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public void close() {
        loop.close();
        members.forEach(Member::kill);
        commands.shutdownNow();
        wire.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }
}
