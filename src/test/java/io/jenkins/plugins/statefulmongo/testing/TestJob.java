package io.jenkins.plugins.statefulmongo.testing;

import hudson.model.ItemGroup;
import hudson.model.Job;
import java.util.SortedMap;
import java.util.TreeMap;

/** A job that only is somewhere. */
public final class TestJob extends Job<TestJob, TestRun> {
    public TestJob(ItemGroup<?> parent, String name) {
        super(parent, name);
    }

    @Override
    public boolean isBuildable() {
        return true;
    }

    @Override
    protected SortedMap<Integer, TestRun> _getRuns() {
        return new TreeMap<>();
    }

    @Override
    protected void removeRun(TestRun run) {}
}
