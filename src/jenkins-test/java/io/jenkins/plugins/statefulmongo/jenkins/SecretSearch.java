package io.jenkins.plugins.statefulmongo.jenkins;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks for secrets in every form in which they could be written down: plain, Base64 at any offset, encoded for a URL, escaped for JSON or XML. */
final class SecretSearch {
    private final Map<String, List<String>> forms = new LinkedHashMap<>();

    /**
     * @param name for messages
     * @param secret which occurs nowhere else
     */
    SecretSearch plant(String name, String secret) {
        List<String> all = new ArrayList<>(List.of(
                secret,
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                secret.replace("\\", "\\\\").replace("\"", "\\\""),
                secret.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/"),
                secret.replace("&", "&amp;").replace("<", "&lt;"),
                secret.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;")));
        for (int offset = 0; offset < 3; offset++) {
            byte[] bytes = ("x".repeat(offset) + secret).getBytes(StandardCharsets.UTF_8);
            String encoded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
            // What is before and after it in a longer text changes the letters at both ends.
            String inner = encoded.substring(offset == 0 ? 0 : 4, encoded.length() - 3);
            all.add(inner);
            all.add(inner.replace('+', '-').replace('/', '_'));
        }
        forms.put(name, all.stream().distinct().toList());
        return this;
    }

    /** The forms of a secret that was planted. */
    List<String> forms(String name) {
        return forms.get(name);
    }

    /** The names of the secrets in a text. */
    List<String> in(String text) {
        return forms.entrySet().stream().filter(e -> e.getValue().stream().anyMatch(text::contains)).map(Map.Entry::getKey).toList();
    }

    /** Each file of Jenkins' home that holds one, with their names; but where Jenkins itself keeps secrets, encrypted. */
    List<String> inHome(Path home) throws IOException {
        List<String> found = new ArrayList<>();
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path path = home.relativize(file);
                boolean kept = path.startsWith("secrets") || path.equals(Path.of("credentials.xml"));
                if (attributes.isRegularFile() && !kept) {
                    List<String> here = in(read(file));
                    if (!here.isEmpty()) {
                        found.add(path + ": " + here);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // Jenkins wrote it beside another, and put it in its place meanwhile
                }
                throw e;
            }
        });
        return found;
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return ""; // gone meanwhile, as above
        }
    }
}
