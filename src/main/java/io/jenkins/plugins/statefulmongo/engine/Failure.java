package io.jenkins.plugins.statefulmongo.engine;

/**
 * The wanted state cannot be reached. The message is written for the person who reads the build's console: what is wrong and
 * where, why, and what to do, one line each.
 */
public class Failure extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param what what is wrong, with the names that matter
     * @param lines why, and what to do
     */
    public Failure(String what, String... lines) {
        super(join(what, lines));
    }

    private static String join(String what, String... lines) {
        StringBuilder all = new StringBuilder(indented(what));
        for (String line : lines) {
            if (line != null && !line.isBlank()) {
                all.append("\n  ").append(indented(line));
            }
        }
        return all.toString();
    }

    private static String indented(String lines) {
        return lines.strip().replaceAll("\n *", "\n  ");
    }
}
