package io.jenkins.plugins.statefulmongo.state;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of MongoDB, such as 7.0.14. The first two numbers are its series (7.0): data files and
 * featureCompatibilityVersion belong to a series, and an update may go from one series to the next only.
 *
 * @param patch the third number, or -1 where only the series is known
 */
public record Release(int major, int minor, int patch) {
    /** The series that the bundled driver reaches, oldest first; "the next" is meant in this order. */
    private static final List<String> SERIES = List.of("4.2", "4.4", "5.0", "6.0", "7.0", "8.0");

    private static final Pattern NUMBERS = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:[-_+][\\w.+-]*)?");

    /** Reads {@code 7.0.14}, {@code 7.0}, {@code 7.0.14-jammy}; empty for anything else. */
    public static Optional<Release> parse(String text) {
        Matcher m = NUMBERS.matcher(text == null ? "" : text.trim());
        return m.matches()
                ? Optional.of(new Release(
                        Integer.parseInt(m.group(1)),
                        Integer.parseInt(m.group(2)),
                        m.group(3) == null ? -1 : Integer.parseInt(m.group(3))))
                : Optional.empty();
    }

    /** Reads the release from an image's tag; empty for a digest, a bare name or a tag that is no release ({@code mongo:7}). */
    public static Optional<Release> ofImage(String image) {
        Image parsed = Image.parse(image);
        return parsed.digest() == null ? parse(parsed.tag()) : Optional.empty();
    }

    /** Whether this plugin knows the way to it and from it. */
    public boolean known() {
        return SERIES.contains(series());
    }

    /** The series that this plugin knows, oldest first, for messages. */
    public static String knownSeries() {
        return String.join(", ", SERIES);
    }

    public String series() {
        return major + "." + minor;
    }

    /** Whether the driver that this plugin bundles can talk to it (4.2 and later). */
    public boolean reachable() {
        return atLeast(4, 2);
    }

    public boolean atLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || major == otherMajor && minor >= otherMinor;
    }

    public boolean sameSeries(Release other) {
        return major == other.major && minor == other.minor;
    }

    /** Whether {@code target} is the series right after this one. */
    public boolean nextIs(Release target) {
        int here = SERIES.indexOf(series());
        return here >= 0 && here + 1 < SERIES.size() && SERIES.get(here + 1).equals(target.series());
    }

    /** The series right after this one, for messages; empty for the last one known. */
    public Optional<String> nextSeries() {
        int here = SERIES.indexOf(series());
        return here >= 0 && here + 1 < SERIES.size() ? Optional.of(SERIES.get(here + 1)) : Optional.empty();
    }

    public boolean olderThan(Release other) {
        return major != other.major
                ? major < other.major
                : minor != other.minor ? minor < other.minor : patch < other.patch;
    }

    /** Whether a server that reports {@code running} can be this release; a missing patch number matches any. */
    public boolean matches(Release running) {
        return sameSeries(running) && (patch < 0 || running.patch < 0 || patch == running.patch);
    }

    @Override
    public String toString() {
        return patch < 0 ? series() : series() + "." + patch;
    }
}
