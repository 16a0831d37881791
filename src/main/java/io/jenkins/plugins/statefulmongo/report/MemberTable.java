package io.jenkins.plugins.statefulmongo.report;

import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.Primary;
import io.jenkins.plugins.statefulmongo.state.ReplicaConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code rs.status()} for people, and the same as plain data for a Pipeline. */
public final class MemberTable {
    private final List<LinkedHashMap<String, Object>> rows = new ArrayList<>();

    /**
     * @param members by ordinal
     * @param primary the ordinal whose view counts for members that are no ordinals of this StatefulSet; -1 where none is primary: then any
     *     member's view, and no lag is known
     */
    public MemberTable(Hosts hosts, ReplicaConfig config, Map<Integer, MemberState> members, int primary) {
        MemberState first = members.getOrDefault(primary, MemberState.unreachable(primary, "not known"));
        MemberState witness = first.answered()
                ? first
                : members.values().stream().filter(MemberState::initiated).findFirst().orElse(first);
        for (ReplicaConfig.Member member : config.members()) {
            MemberState own = hosts.ordinal(member.host()).map(members::get).filter(MemberState::answered).orElse(null);
            MemberState.Peer seen = witness.peer(member.host()).orElse(null);
            String state = own != null
                    ? own.initiated() ? own.state() : "STARTUP" // it has not heard of its configuration yet
                    : seen != null && seen.up() ? seen.state() : "unreachable";
            OpTime applied = own != null ? own.applied() : seen == null ? OpTime.NONE : seen.applied();
            LinkedHashMap<String, Object> row = new LinkedHashMap<>();
            row.put("name", hosts.label(member.host()));
            row.put("host", member.host());
            row.put("state", state);
            row.put("syncsFrom", own == null || own.syncSource() == null ? "" : hosts.label(own.syncSource()));
            row.put("lagSeconds", !"SECONDARY".equals(state) ? 0L : first.answered() ? applied.secondsBehind(first.applied()) : -1L);
            row.put("version", own == null || own.version() == null ? "" : own.version().toString());
            rows.add(row);
        }
    }

    /** As the members themselves see it now; empty where none is initiated. */
    public static Optional<MemberTable> of(Hosts hosts, Map<Integer, MemberState> members) {
        return ReplicaConfig.newest(members.values()).map(config -> new MemberTable(
                hosts, config, members, Primary.of(members.values(), config).flatMap(hosts::ordinal).orElse(-1)));
    }

    /** One map for each member: name, host, state, syncsFrom, lagSeconds, version. */
    public ArrayList<LinkedHashMap<String, Object>> data() {
        return new ArrayList<>(rows);
    }

    /** Aligned lines, a heading first. */
    public List<String> lines() {
        List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"MEMBER", "STATE", "SYNCS FROM", "LAG", "VERSION"});
        for (Map<String, Object> row : rows) {
            cells.add(new String[] {
                row.get("name").toString(),
                row.get("state").toString(),
                dash(row.get("syncsFrom")),
                lag(row),
                dash(row.get("version"))
            });
        }
        return Columns.align(cells);
    }

    private static String lag(Map<String, Object> row) {
        return "SECONDARY".equals(row.get("state")) && (Long) row.get("lagSeconds") >= 0 ? row.get("lagSeconds") + " s" : "-";
    }

    private static String dash(Object text) {
        return text.toString().isEmpty() ? "-" : text.toString();
    }
}
