package hudson;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Signature of {@code hudson.Util} in jenkins-core. */
public class Util {
    public static String fixNull(String s) {
        return s == null ? "" : s;
    }

    public static <T> T fixNull(T s, T defaultValue) {
        return s == null ? defaultValue : s;
    }

    public static <T> List<T> fixNull(List<T> l) {
        return l == null ? List.of() : l;
    }

    public static String fixEmpty(String s) {
        return s == null || s.isEmpty() ? null : s;
    }

    public static String fixEmptyAndTrim(String s) {
        return s == null ? null : fixEmpty(s.trim());
    }

    public static String escape(String text) {
        return text == null
                ? null
                : text.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;")
                        .replace("'", "&#039;")
                        .replace("\n", "<br>");
    }

    public static String rawEncode(String s) {
        return URLEncoder.encode(s, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
