package io.jenkins.plugins.statefulmongo.state;

import java.time.Instant;
import java.util.Map;

/**
 * What one Event of the API server says.
 *
 * @param kind the kind of the object that it is about
 * @param name the name of the object that it is about
 * @param reason as Kubernetes names it, such as {@code FailedScheduling}
 * @param last when it was last seen; {@link Instant#EPOCH} where the event does not tell
 */
public record EventState(String kind, String name, String reason, String message, Instant last) {

    public static EventState of(Map<String, Object> event) {
        return new EventState(
                Json.text(event, "involvedObject", "kind"),
                Json.text(event, "involvedObject", "name"),
                orEmpty(Json.text(event, "reason")),
                orEmpty(Json.text(event, "message")).strip(),
                last(event));
    }

    /** Later than {@code other}. */
    public boolean after(EventState other) {
        return last.isAfter(other.last);
    }

    // Three places, by the age of the API that the event's author used.
    private static Instant last(Map<String, Object> event) {
        for (String text : new String[] {
            Json.text(event, "series", "lastObservedTime"),
            Json.text(event, "lastTimestamp"),
            Json.text(event, "eventTime"),
            Json.text(event, "metadata", "creationTimestamp")
        }) {
            if (text != null) {
                return Instant.parse(text);
            }
        }
        return Instant.EPOCH;
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
