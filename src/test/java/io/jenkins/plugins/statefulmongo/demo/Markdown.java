package io.jenkins.plugins.statefulmongo.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of the documentation. */
public record Markdown(String text) {
    public static Markdown of(String file) throws IOException {
        return new Markdown(Files.readString(Path.of(file)));
    }

    /** The fenced blocks of a language, in order, without their indentation. */
    public List<String> blocks(String language) {
        return Pattern.compile("(?m)^( *)```" + language + "\\n(.*?)^ *```", Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(Markdown::withoutIndentation)
                .toList();
    }

    private static String withoutIndentation(MatchResult block) {
        return block.group(2).replaceAll("(?m)^" + block.group(1), "");
    }
}
