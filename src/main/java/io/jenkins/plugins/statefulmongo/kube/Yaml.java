package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads YAML into plain trees: maps, lists, strings, numbers, booleans. No tag ever makes an object of another type. */
public final class Yaml {
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
        }
        return documents;
    }

    /** The only document of {@code text}. */
    public static Map<String, Object> one(String text, String label) throws Failure {
        List<Map<String, Object>> all = all(text, label);
        if (all.size() != 1) {
            throw new Failure(label + " should be one YAML document, but has " + all.size() + ".");
        }
        return all.get(0);
    }

    private static String clip(Object value) {
        String text = String.valueOf(value).replaceAll("\\s+", " ");
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }
}
