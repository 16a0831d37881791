package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the members of a StatefulSet's pods say of themselves, for messages. Pure. */
public final class Stories {
    private Stories() {}

    /** A line for each wanted ordinal and for each other that was asked, ascending. */
    public static String of(SetState set, Map<Integer, MemberState> members) {
        TreeSet<Integer> ordinals = new TreeSet<>(set.ordinals());
        ordinals.addAll(members.keySet());
        return ordinals.stream()
                .map(o -> set.pod(o) + ": " + (members.containsKey(o) ? members.get(o).story() : "no pod"))
                .collect(Collectors.joining("\n"));
    }

    /**
     * That members are known by other names than their stable ones.
     *
     * @param misnamed at least one, each with its host
     * @param name the replica set's
     */
    public static String misnamed(SetState set, List<MemberState> misnamed, String name) {
        return misnamed.stream().map(m -> set.pod(m.ordinal()) + " is the member " + m.host()).collect(Collectors.joining(", ")) + " of " + name
                + ", not by " + (misnamed.size() == 1 ? "its stable name." : "their stable names.");
    }
}
