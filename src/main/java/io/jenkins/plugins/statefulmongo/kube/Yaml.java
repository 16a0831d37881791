package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads YAML into plain trees: maps, lists, strings, numbers, booleans. No tag ever makes an object of another type. */
public final class Yaml {
    /** Of one document, aliases written out: a few lines of aliases to aliases would fill the controller's memory. */
    private static final long MAX_NODES = 500_000;
    private static final int MAX_DEPTH = 100;

    private Yaml() {}

    /**
     * The documents of {@code text}, empty ones left out.
     *
     * @param label what the text is, for messages
     */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> all(String text, String label) throws Failure {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(label)
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(50)
                .setCodePointLimit(3 * 1024 * 1024)
                .build();
        List<Map<String, Object>> documents = new ArrayList<>();
        try {
            for (Object document : new Load(settings).loadAllFromString(text)) {
                size(document, label, 0, new IdentityHashMap<>());
                if (document instanceof Map<?, ?> map) {
                    documents.add((Map<String, Object>) map);
                } else if (document != null) {
                    throw new Failure(label + " holds a document that is no object: " + clip(document) + ".");
                }
            }
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(m -> " at line " + (m.getLine() + 1) + ", column " + (m.getColumn() + 1))
                    .orElse("");
            throw new Failure(label + " is no valid YAML" + where + ": " + e.getProblem() + ".");
        } catch (YamlEngineException e) {
            throw new Failure(label + " is no valid YAML: " + clip(e.getMessage()) + ".");
        } catch (StackOverflowError e) {
            throw tooDeep(label); // the parser descends into what it reads
        }
        return documents;
    }

    /**
     * The only document of a text that holds secrets, or that is one itself, given by mistake: no message quotes it, and none has a cause
     * that does.
     */
    static Map<String, Object> secret(String text, String label) throws Failure {
        try {
            return one(text, label);
        } catch (Failure e) {
            throw new Failure(
                    label + " is no YAML document with keys and values, so it is no kubeconfig.",
                    "`kubectl config view --minify --flatten --raw` prints one. A token alone belongs into a secret text.");
        }
    }

    /** The only document of {@code text}. */
    public static Map<String, Object> one(String text, String label) throws Failure {
        List<Map<String, Object>> all = all(text, label);
        if (all.size() != 1) {
            throw new Failure(label + " should be one YAML document, but has " + all.size() + ".");
        }
        return all.get(0);
    }

    /** How many nodes there are under this one; {@code known} has those of the collections that were counted. */
    private static long size(Object node, String label, int depth, Map<Object, Long> known) throws Failure {
        if (depth > MAX_DEPTH) {
            throw tooDeep(label);
        }
        if (!(node instanceof Map) && !(node instanceof List)) {
            return 1;
        }
        Long counted = known.get(node);
        if (counted != null) {
            return counted;
        }
        if (node instanceof Map<?, ?> map) {
            for (Object key : map.keySet()) {
                if (!(key instanceof String)) {
                    throw new Failure(label + " has a key that is no text: " + clip(key) + ".", "Put it in quotes.");
                }
            }
        }
        long size = 1;
        for (Object child : node instanceof Map<?, ?> map ? map.values() : (List<?>) node) {
            size += size(child, label, depth + 1, known);
            if (size > MAX_NODES) {
                throw new Failure(label + " is too large: with its aliases written out it has more than " + MAX_NODES + " values.");
            }
        }
        known.put(node, size);
        return size;
    }

    private static Failure tooDeep(String label) {
        return new Failure(label + " is nested too deeply (more than " + MAX_DEPTH + " levels), or an alias in it refers to itself.");
    }

    private static String clip(Object value) {
        String text = String.valueOf(value).replaceAll("\\s+", " ");
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }
}
