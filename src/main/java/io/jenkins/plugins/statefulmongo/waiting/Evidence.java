package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.EventState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that is known of a pod that is not ready.
 *
 * @param events of the pod and of its claims, in any order
 * @param claims of the pod
 * @param logs the last lines of containers, by their names
 */
record Evidence(PodState pod, List<EventState> events, List<ClaimState> claims, Map<String, String> logs) {
    private static final Pattern STRUCTURED = Pattern.compile("^\\{\"t\":.*?\"s\":\"(\\w+)\".*?\"msg\":\"([^\"]*)\"");
    /** Log lines that a message shows. */
    private static final int LINES = 3;
    /** Kubernetes' messages can be pages long; the console shows what a line holds. */
    static final int LINE = 400;

    /** The latest event about this kind of object with one of these reasons. */
    Optional<EventState> latest(String kind, String... reasons) {
        List<String> wanted = Arrays.asList(reasons);
        return events.stream()
                .filter(e -> kind.equals(e.kind()) && wanted.contains(e.reason()))
                .max(Comparator.comparing(EventState::last));
    }

    /** The last lines that a container wrote, ready to show; empty where there are none. */
    String lastLines(String container) {
        List<String> lines = Arrays.stream(logs.getOrDefault(container, "").split("\n"))
                .map(Evidence::message)
                // mongod's own advice to read its help helps nobody here.
                .filter(l -> !l.isEmpty() && !l.startsWith("try 'mongod --help'"))
                .toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
        return last.isEmpty() ? "" : "last lines: " + String.join("\n            ", last);
    }

    /** What a line of mongod's structured log (from 4.4 on) says; any other line as it is. */
    private static String message(String line) {
        Matcher m = STRUCTURED.matcher(line);
        if (!m.find()) {
            return clip(line);
        }
        String attributes = m.group(1).equals("I") ? "" : line.replaceFirst("^.*?\"attr\":", " ").replaceFirst("\\}\\s*$", "");
        return clip(m.group(2) + (attributes.equals(line) ? "" : attributes));
    }

    static String clip(String text) {
        String line = text == null ? "" : text.strip().replaceAll("\\s+", " ");
        return line.length() <= LINE ? line : line.substring(0, LINE) + "…";
    }
}
