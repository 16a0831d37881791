package io.jenkins.plugins.statefulmongo.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The API server's own book of requests, of which this looks at what was written since it was made. */
final class AuditLog {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path file;
    private final String latest;
    private final long from;

    /** One stage of a request: it begins to be answered, which only watches and the like tell, or is answered. */
    record Entry(String id, boolean complete, String verb, String resource, String namespace, String user, String agent, Instant received) {
        boolean opensWatch() {
            return !complete && verb.equals("watch");
        }
    }

    /** @param latest the name of the newest file that was full already */
    private AuditLog(Path file, String latest, long from) {
        this.file = file;
        this.latest = latest;
        this.from = from;
    }

    /** From here on. */
    static AuditLog open(Settings settings) throws IOException {
        return open(settings.auditLog());
    }

    static AuditLog open(Path file) throws IOException {
        List<Path> full = full(file, "");
        return new AuditLog(file, full.isEmpty() ? "" : name(full.get(full.size() - 1)), Files.size(file));
    }

    /** The API server goes on in a new file at 100 MB, and gives the full one the name {@code audit-TIME.log}. */
    private static List<Path> full(Path file, String after) throws IOException {
        String name = name(file).replaceFirst("\\.log$", "");
        try (Stream<Path> all = Files.list(file.getParent())) {
            return all.filter(f -> name(f).startsWith(name + "-") && name(f).compareTo(after) > 0).sorted().toList();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private String text() throws IOException {
        while (true) {
            List<Path> files = new ArrayList<>(full(file, latest));
            int full = files.size();
            files.add(file);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (Path each : files) {
                try (InputStream in = Files.newInputStream(each)) {
                    in.skipNBytes(each.equals(files.get(0)) ? from : 0);
                    in.transferTo(bytes);
                }
            }
            if (full(file, latest).size() == full) { // else it was renamed meanwhile
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }

    /** Why there is none, or null. */
    static String missing(Settings settings) {
        return Files.isReadable(settings.auditLog()) ? null : "there is no audit log at " + settings.auditLog();
    }

    /** What has been written since, as far as lines are whole. */
    List<Entry> entries(Predicate<Entry> which) throws IOException {
        String text = text();
        List<Entry> entries = new ArrayList<>();
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
            if (!line.isEmpty()) {
                Entry entry = entry(MAPPER.readTree(line));
                if (which.test(entry)) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    /** How many requests: one for each auditID. */
    long requests(Predicate<Entry> which) throws IOException {
        return entries(which).stream().map(Entry::id).distinct().count();
    }

    /** When the API server received these requests, by auditID. A request is written down a moment after its answer. */
    Map<String, Instant> received(Collection<String> ids) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        Map<String, Instant> received = new HashMap<>();
        while (received.size() < ids.size()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("only " + received.size() + " of " + ids.size() + " requests are in " + file);
            }
            TimeUnit.MILLISECONDS.sleep(20);
            entries(e -> ids.contains(e.id)).forEach(e -> received.put(e.id, e.received));
        }
        return received;
    }

    private static Entry entry(JsonNode e) {
        return new Entry(
                e.path("auditID").asText(),
                e.path("stage").asText().equals("ResponseComplete"),
                e.path("verb").asText(),
                e.path("objectRef").path("resource").asText(),
                e.path("objectRef").path("namespace").asText(),
                e.path("user").path("username").asText(),
                e.path("userAgent").asText(),
                Instant.parse(e.path("requestReceivedTimestamp").asText()));
    }
}
