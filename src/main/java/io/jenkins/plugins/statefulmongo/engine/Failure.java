package io.jenkins.plugins.statefulmongo.engine;

/**
 * The wanted state cannot be reached. The message is written for the person who reads the build's console: what is wrong and
 * where, why, and what to do, one line each.
 */
public class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean unauthorized;

    /**
     * @param what what is wrong, with the names that matter
     * @param lines why, and what to do
     */
    public Failure(String what, String... lines) {
        this(false, what, lines);
    }

    protected Failure(boolean unauthorized, String what, String... lines) {
        super(join(what, lines));
        this.unauthorized = unauthorized;
    }

    /** The same with more lines, such as what is left behind. */
    public Failure and(String... lines) {
        return new Failure(unauthorized, getMessage(), lines);
    }

    /** Whether the cluster does not know who asks (any more): a credential that has ended, of which Jenkins may hold a newer one by now. */
    public final boolean unauthorized() {
        return unauthorized;
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
