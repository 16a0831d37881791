package io.jenkins.plugins.statefulmongo.update;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a plain update leaves on the workload it changes, written together with the image: enough to go on, or back, after a restart of
 * Jenkins. Readable for people too: one {@code key: value} a line.
 *
 * @param from the image to go back to
 * @param holder the build's step that began it
 * @param failed why it is being rolled back, or null while it goes forward; may have several lines
 */
record PlainJournal(String container, String from, String to, String holder, String failed) {

    /** Empty for null and for what is no journal of a plain update. */
    static Optional<PlainJournal> of(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        String rest = text == null ? "" : text;
        for (String key : new String[] {"container", "from", "to", "holder", "failed"}) {
            if (!rest.startsWith(key + ": ")) {
                break;
            }
            rest = rest.substring(key.length() + 2);
            int end = key.equals("failed") ? -1 : rest.indexOf('\n');
            values.put(key, end < 0 ? rest : rest.substring(0, end));
            rest = end < 0 ? "" : rest.substring(end + 1);
        }
        return values.containsKey("holder")
                ? Optional.of(new PlainJournal(
                        values.get("container"), values.get("from"), values.get("to"), values.get("holder"), values.get("failed")))
                : Optional.empty();
    }

    String text() {
        return "container: " + container + "\nfrom: " + from + "\nto: " + to + "\nholder: " + holder
                + (failed == null ? "" : "\nfailed: " + failed);
    }

    PlainJournal failed(String why) {
        return new PlainJournal(container, from, to, holder, why);
    }
}
