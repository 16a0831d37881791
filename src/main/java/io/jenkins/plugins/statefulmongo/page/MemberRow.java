package io.jenkins.plugins.statefulmongo.page;

import java.util.Map;

/** One member of a replica set when it was last seen, as it is stored with the build. */
public final class MemberRow {
    private final String name;
    private final String state;
    private final String syncsFrom;
    private final long lagSeconds;
    private final String version;

    /** @param row of a {@link io.jenkins.plugins.statefulmongo.report.MemberTable} */
    MemberRow(Map<String, Object> row) {
        name = (String) row.get("name");
        state = (String) row.get("state");
        syncsFrom = (String) row.get("syncsFrom");
        lagSeconds = (Long) row.get("lagSeconds");
        version = (String) row.get("version");
    }

    /** Whether a build need not be stored anew for the difference: lags come and go. */
    boolean sameButForLag(MemberRow other) {
        return name.equals(other.name)
                && state.equals(other.state)
                && syncsFrom.equals(other.syncsFrom)
                && version.equals(other.version);
    }

    public String getName() {
        return name;
    }

    public String getState() {
        return state;
    }

    public boolean isHealthy() {
        return state.equals("PRIMARY") || state.equals("SECONDARY") || state.equals("ARBITER");
    }

    public String getSyncsFrom() {
        return syncsFrom.isEmpty() ? "-" : syncsFrom;
    }

    /** In seconds behind the primary; - where it has none, or it is not known. */
    public String getLag() {
        return state.equals("SECONDARY") && lagSeconds >= 0 ? lagSeconds + " s" : "-";
    }

    public String getVersion() {
        return version.isEmpty() ? "-" : version;
    }
}
