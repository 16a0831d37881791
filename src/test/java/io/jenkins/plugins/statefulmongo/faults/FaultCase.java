package io.jenkins.plugins.statefulmongo.faults;

import io.jenkins.plugins.statefulmongo.testing.cluster.Fault;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One fault at one call of a full run. How often a run asks depends on time, so a call is known by its shape and its number among those of
 * that shape.
 *
 * @param shape what was called, without what differs from run to run, as which member is primary: {@code list /api/v1/namespaces/NS/pods},
 *     {@code replSetStepDown db-N}
 * @param nth from 1
 */
record FaultCase(String shape, int nth, Fault kind) {
    static final Set<Fault> OF_REQUESTS = EnumSet.allOf(Fault.class);
    static final Set<Fault> OF_COMMANDS = EnumSet.of(Fault.DROP, Fault.DROP_ANSWER, Fault.HANG, Fault.HANG_ANSWER);

    private static final Pattern OCCASIONAL = Pattern.compile("/log$|/events$|^get .*/persistentvolumeclaims/|^replSetStepUp ");
    private static final Pattern NAME = Pattern.compile("(\\w+)@(.+)#(\\d+)");

    /** Every call of a recorded run with each fault that it can meet. */
    static List<FaultCase> all(List<String> calls) {
        List<FaultCase> all = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String shape : calls) {
            int nth = seen.merge(shape, 1, Integer::sum);
            kinds(shape).forEach(kind -> all.add(new FaultCase(shape, nth, kind)));
        }
        return all;
    }

    static Set<Fault> kinds(String shape) {
        return isCommand(shape) ? OF_COMMANDS : OF_REQUESTS;
    }

    /** A command to a mongod, or the opening of the port-forward that carries it. */
    static boolean isForward(String shape) {
        return isCommand(shape) || shape.contains("/portforward");
    }

    private static boolean isCommand(String shape) {
        return !shape.contains("/");
    }

    /** @param call as it arrives at the embedded cluster */
    static String shape(String call, String namespace) {
        String path = call.replaceFirst("\\?.*", "").replace(namespace, "NS").replaceFirst("\\bdb-\\d+", "db-N");
        return path + (call.contains("dryRun=All") ? "?dryRun" : "");
    }

    /** Whether only a run makes this call in which something is slow or looks wrong for a moment. */
    static boolean isOccasional(String shape) {
        return OCCASIONAL.matcher(shape).find();
    }

    /** Whether the answer says that asking again is no use, so that a step may end: of what else happens once, none may notice. */
    boolean mayEndTheRun() {
        return kind == Fault.STATUS_409 || kind == Fault.STATUS_410 && !shape.startsWith("watch ");
    }

    /** The same fault at the call before; null where there is none. */
    FaultCase earlier() {
        return nth == 1 ? null : new FaultCase(shape, nth - 1, kind);
    }

    /** Its name, as {@link #named} reads it. */
    @Override
    public String toString() {
        return kind + "@" + shape.replace(' ', ':') + "#" + nth;
    }

    /** @param name such as {@code DROP_ANSWER@replSetStepDown:db-N#1} */
    static FaultCase named(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no case has the name '" + name + "': it must be KIND@CALL#NUMBER, as a failed one is printed");
        }
        return new FaultCase(parts.group(2).replaceFirst(":", " "), Integer.parseInt(parts.group(3)), Fault.valueOf(parts.group(1)));
    }
}
