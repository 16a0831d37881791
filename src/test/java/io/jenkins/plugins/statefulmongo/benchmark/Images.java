package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two patches of one release series, so that every round is a real update; and images that cannot serve. */
final class Images {
    static final String OLD = "mongo:7.0.14";
    static final String NEW = "mongo:7.0.16";

    /** One that cannot be pulled, and one that on the test bed ends at once; elsewhere that cannot be pulled either. */
    static final List<String> BAD = List.of("mongo:missing-7.0.99", "vfarcic/go-demo-3:crash-7.0.99");

    private static final Pattern RELEASE = Pattern.compile("\\d+\\.\\d+\\.\\d+$");

    private Images() {}

    static String other(String image) {
        return OLD.equals(image) ? NEW : OLD;
    }

    /** The release at the end of a tag. */
    static String version(String image) {
        Matcher release = RELEASE.matcher(image);
        if (!release.find()) {
            throw new IllegalArgumentException(image);
        }
        return release.group();
    }
}
