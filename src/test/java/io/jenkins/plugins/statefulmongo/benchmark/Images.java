package io.jenkins.plugins.statefulmongo.benchmark;

/** Two patches of one release series, so that every round is a real update. */
final class Images {
    static final String OLD = "mongo:7.0.14";
    static final String NEW = "mongo:7.0.16";

    private Images() {}

    static String other(String image) {
        return OLD.equals(image) ? NEW : OLD;
    }
}
