package io.jenkins.plugins.statefulmongo.config;

import java.util.Arrays;
import java.util.List;

/** The folders whose jobs may use a connection, by their full names; none named: every job may. */
record Folders(List<String> names) {
    /** @param text one folder a line, or null */
    static Folders of(String text) {
        return new Folders(text == null
                ? List.of()
                : Arrays.stream(text.split("\\R"))
                        .map(line -> line.strip().replaceAll("^/+|/+$", ""))
                        .filter(line -> !line.isEmpty())
                        .toList());
    }

    /**
     * Whether that job, or folder, is in one of the folders, at any depth.
     *
     * @param item its full name; null for what is outside of all folders
     */
    boolean hold(String item) {
        return names.isEmpty() || item != null && names.stream().anyMatch(name -> item.startsWith(name + "/"));
    }
}
