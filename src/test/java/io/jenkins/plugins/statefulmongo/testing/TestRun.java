package io.jenkins.plugins.statefulmongo.testing;

import hudson.model.Run;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import jenkins.model.Jenkins;

/** A build that runs until it is ended, and counts how often it is stored. */
public final class TestRun extends Run<TestJob, TestRun> {
    private final AtomicInteger saved = new AtomicInteger();
    private volatile boolean building = true;

    public TestRun(TestJob job) throws IOException {
        super(job);
    }

    /** A build of a job {@code deploy}. */
    public TestRun() throws IOException {
        this(new TestJob(Jenkins.get(), "deploy"));
    }

    public void end() {
        building = false;
    }

    public int saved() {
        return saved.get();
    }

    @Override
    public boolean isBuilding() {
        return building;
    }

    @Override
    public synchronized void save() {
        saved.incrementAndGet();
    }
}
