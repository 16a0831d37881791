package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.util.List;

/** A release of mongod that the members can play. */
record Release(String full, int major, int minor, int patch) {
    private static final List<String> SERIES = List.of("4.2", "4.4", "5.0", "6.0", "7.0", "8.0");
    private static final List<Integer> WIRE_VERSIONS = List.of(8, 9, 13, 17, 21, 25);

    static Release of(String version) {
        String[] parts = version.split("\\.");
        return new Release(version, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    String series() {
        return major + "." + minor;
    }

    /** The series before this one, whose data this one opens. */
    String previous() {
        int i = SERIES.indexOf(series());
        return i == 0 ? "4.0" : SERIES.get(i - 1);
    }

    int wireVersion() {
        return WIRE_VERSIONS.get(SERIES.indexOf(series()));
    }

    boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
    }

    boolean hasHello() {
        return atLeast(5, 0) || series().equals("4.4") && patch >= 2;
    }
}
