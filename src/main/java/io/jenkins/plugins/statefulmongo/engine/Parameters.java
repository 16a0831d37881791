package io.jenkins.plugins.statefulmongo.engine;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A step's parameters. Every look-up checks what it gives, and refuses bad input by the parameter's name, before anything remote is
 * touched.
 */
public final class Parameters {
    // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern QUANTITY = Pattern.compile("(\\d+(?:\\.\\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");

    private final Map<String, ?> values;

    public Parameters(Map<String, ?> values) {
        this.values = values;
    }

    /** Whether a value was given; blank counts as not given. */
    public boolean has(String name) {
        return !blank(values.get(name));
    }

    public String text(String name, String otherwise) {
        return has(name) ? values.get(name).toString().strip() : otherwise;
    }

    /** The text as it was given, line ends included. */
    public String raw(String name) {
        return has(name) ? values.get(name).toString() : null;
    }

    public boolean flag(String name, boolean otherwise) throws Failure {
        Object value = values.get(name);
        if (blank(value)) {
            return otherwise;
        }
        if (value instanceof Boolean b) {
            return b;
        }
        throw bad(name, "must be true or false, but is " + quoted(value));
    }

    /** A whole number from {@code min} to {@code max}. */
    public int number(String name, int otherwise, int min, int max) throws Failure {
        Object value = values.get(name);
        if (blank(value)) {
            return otherwise;
        }
        if (!(value instanceof Integer) && !(value instanceof Long)) {
            throw bad(name, "must be a whole number, but is " + quoted(value));
        }
        long number = ((Number) value).longValue();
        if (number < min || number > max) {
            throw bad(name, "must be from " + min + " to " + max + ", but is " + number);
        }
        return (int) number;
    }

    public String oneOf(String name, String otherwise, String... allowed) throws Failure {
        String value = text(name, otherwise);
        if (!Arrays.asList(allowed).contains(value)) {
            throw bad(name, "must be one of " + String.join(", ", allowed) + ", but is " + quoted(value));
        }
        return value;
    }

    /** A name that Kubernetes takes for a Namespace, a Service or a StatefulSet (RFC 1123 label, at most 63 characters). */
    public String label(String name, String otherwise) throws Failure {
        String value = text(name, otherwise);
        if (value != null && !LABEL.matcher(value).matches()) {
            throw bad(
                    name,
                    "must consist of at most 63 lower-case letters, digits and '-', and begin and end with a letter or digit, but is "
                            + quoted(value));
        }
        return value;
    }

    /** A name that Kubernetes takes for most other objects (RFC 1123 subdomain: labels with dots between them, at most 253 characters). */
    public String objectName(String name, String otherwise) throws Failure {
        String value = text(name, otherwise);
        return value == null ? null : objectNames(name, List.of(value)).get(0);
    }

    /** Names given as a list or as text with commas; empty where the parameter is not given. */
    public List<String> objectNames(String name) throws Failure {
        Object value = values.get(name);
        if (blank(value)) {
            return List.of();
        }
        List<String> all = value instanceof Iterable<?> list
                ? java.util.stream.StreamSupport.stream(list.spliterator(), false).map(String::valueOf).toList()
                : List.of(value.toString().split(","));
        return objectNames(name, all);
    }

    private static List<String> objectNames(String name, List<String> all) throws Failure {
        for (String one : all) {
            if (one.strip().length() > 253 || !SUBDOMAIN.matcher(one.strip()).matches()) {
                throw bad(name, "must consist of lower-case letters, digits, '-' and '.', but is " + quoted(one));
            }
        }
        return all.stream().map(String::strip).toList();
    }

    /** The cluster's DNS domain, {@code cluster.local} where parameter {@code clusterDomain} is not given. */
    public String clusterDomain() throws Failure {
        String value = text("clusterDomain", "cluster.local");
        if (value.length() > 253 || !SUBDOMAIN.matcher(value).matches()) {
            throw bad("clusterDomain", "must be a DNS domain such as cluster.local, but is " + quoted(value));
        }
        return value;
    }

    /** A quantity as Kubernetes writes it, such as 2Gi or 500m, greater than zero. */
    public Optional<String> quantity(String name) throws Failure {
        String value = text(name, null);
        if (value == null) {
            return Optional.empty();
        }
        var matcher = QUANTITY.matcher(value);
        if (!matcher.matches() || new BigDecimal(matcher.group(1)).signum() == 0) {
            throw bad(name, "must be a quantity greater than zero such as 2Gi or 500m, but is " + quoted(value));
        }
        return Optional.of(value);
    }

    public String required(String name, String example) throws Failure {
        if (!has(name)) {
            throw bad(name, "is missing: give it, for example " + name + ": '" + example + "'");
        }
        return text(name, null);
    }

    /** Refuses parameters that make no sense beside {@code because}. */
    public void without(String because, List<String> names) throws Failure {
        for (String name : names) {
            if (has(name)) {
                throw bad(name, "cannot be given together with " + because);
            }
        }
    }

    public static Failure bad(String name, String why, String... lines) {
        return new Failure("parameter '" + name + "' " + why + ".", lines);
    }

    private static boolean blank(Object value) {
        return value == null || value instanceof CharSequence text && text.toString().isBlank();
    }

    private static String quoted(Object value) {
        String text = value.toString().replaceAll("\\s+", " ");
        return "'" + (text.length() <= 80 ? text : text.substring(0, 80) + "…") + "'";
    }
}
