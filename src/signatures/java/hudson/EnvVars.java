package hudson;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Signature of {@code hudson.EnvVars} in jenkins-core. */
public class EnvVars extends TreeMap<String, String> {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([\\w.]+)}|\\$)");

    public EnvVars() {
        super(String.CASE_INSENSITIVE_ORDER);
    }

    public EnvVars(Map<String, String> m) {
        this();
        putAll(m);
    }

    public EnvVars(EnvVars m) {
        this((Map<String, String>) m);
    }

    public EnvVars(String... keyValuePairs) {
        this();
        for (int i = 0; i < keyValuePairs.length; i += 2) {
            put(keyValuePairs[i], keyValuePairs[i + 1]);
        }
    }

    public String get(String key, String defaultValue) {
        return getOrDefault(key, defaultValue);
    }

    public String expand(String s) {
        return s == null ? null : VARIABLE.matcher(s).replaceAll(found -> {
            String name = found.group(1) != null ? found.group(1) : found.group(2);
            String value = name == null ? "$" : get(name, found.group());
            return Matcher.quoteReplacement(value);
        });
    }
}
