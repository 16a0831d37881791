package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    Path folder;

    @Test
    void whatCameSinceIsReadOnAcrossFullFiles() throws Exception {
        Path file = folder.resolve("audit.log");
        write(folder.resolve("audit-2026-11-27T10-00-00.000.log"), "long-ago");
        write(file, "before");
        AuditLog log = AuditLog.open(file);
        assertThat(log.requests(e -> true)).isZero();
        write(file, "first");
        assertThat(log.entries(e -> true)).extracting(AuditLog.Entry::id).containsExactly("first");
        Files.move(file, folder.resolve("audit-2026-11-27T11-00-00.000.log"));
        write(file, "second");
        Files.move(file, folder.resolve("audit-2026-11-27T12-00-00.000.log"));
        write(file, "third");
        assertThat(log.entries(e -> true)).extracting(AuditLog.Entry::id).containsExactly("first", "second", "third");
    }

    private static void write(Path file, String id) throws IOException {
        Files.writeString(file, "{\"auditID\": \"" + id + "\", \"requestReceivedTimestamp\": \"2026-11-27T10:00:00.000000Z\"}\n",
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
