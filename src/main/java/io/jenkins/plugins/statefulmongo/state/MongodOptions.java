package io.jenkins.plugins.statefulmongo.state;

import java.util.Map;
import java.util.Optional;

/**
 * Options that mongod once had: it refuses to start with one that its release no longer knows. As MongoDB's manual tells, "Configuration
 * File Settings and Command-Line Options Mapping" and the release notes on compatibility.
 */
public final class MongodOptions {
    private static final Map<String, Release> REMOVED = Map.ofEntries(
            removed("httpinterface", 3, 6),
            removed("nohttpinterface", 3, 6),
            removed("rest", 3, 6),
            removed("jsonp", 3, 6),
            removed("master", 4, 0),
            removed("slave", 4, 0),
            removed("source", 4, 0),
            removed("only", 4, 0),
            removed("slavedelay", 4, 0),
            removed("autoresync", 4, 0),
            removed("journalOptions", 4, 2),
            removed("nssize", 4, 2),
            removed("noprealloc", 4, 2),
            removed("quota", 4, 2),
            removed("quotaFiles", 4, 2),
            removed("smallfiles", 4, 2),
            removed("repairpath", 4, 2),
            removed("replIndexPrefetch", 4, 2),
            removed("noIndexBuildRetry", 4, 4),
            removed("serviceExecutor", 5, 0),
            removed("cpu", 5, 2),
            removed("journal", 6, 1),
            removed("nojournal", 6, 1),
            removed("enableFreeMonitoring", 7, 0),
            removed("freeMonitoringTag", 7, 0));

    private MongodOptions() {}

    /**
     * The series that removed an option, such as {@code 4.2}; empty where {@code release} may still have it, or where it never was one
     * of mongod's.
     *
     * @param option with or without its leading dashes
     */
    public static Optional<String> removedIn(String option, Release release) {
        return removed(option).filter(r -> release.atLeast(r.major(), r.minor())).map(Release::series);
    }

    /** The release that removed an option, whichever runs; empty where none did. */
    static Optional<Release> removed(String option) {
        return Optional.ofNullable(REMOVED.get(option.replaceFirst("^--?", "").replaceFirst("=.*", "")));
    }

    private static Map.Entry<String, Release> removed(String option, int major, int minor) {
        return Map.entry(option, new Release(major, minor, -1));
    }
}
