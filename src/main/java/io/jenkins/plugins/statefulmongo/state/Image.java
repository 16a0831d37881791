package io.jenkins.plugins.statefulmongo.state;

import java.util.regex.Pattern;

/**
 * A container image's name taken apart.
 *
 * @param tag null where there is none
 * @param digest null where there is none
 */
public record Image(String repository, String tag, String digest) {
    // https://github.com/distribution/reference: domain/path:tag@digest, as far as mistakes in a Jenkinsfile go.
    private static final Pattern VALID = Pattern.compile(
            "(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
                    + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,})?");

    public static boolean valid(String image) {
        return image != null && VALID.matcher(image).matches();
    }

    public static Image parse(String image) {
        String rest = image;
        String digest = null;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = rest.substring(at + 1);
            rest = rest.substring(0, at);
        }
        int colon = rest.lastIndexOf(':');
        boolean tagged = colon > rest.lastIndexOf('/');
        return new Image(tagged ? rest.substring(0, colon) : rest, tagged ? rest.substring(colon + 1) : null, digest);
    }

    /** The last part of the repository: {@code mongo} of {@code registry.example:5000/library/mongo}. */
    public String name() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }
}
