package io.jenkins.plugins.statefulmongo.kube;

import java.util.LinkedHashMap;
import java.util.Map;

/** The bodies of requests that delete: each names exactly the object that was seen. */
final class Deletion {
    private Deletion() {}

    /** @param resourceVersion null: the object may have changed since, but must be the same one */
    static Map<String, Object> options(String uid, String resourceVersion, Map<String, Object> more) {
        Map<String, Object> preconditions = new LinkedHashMap<>();
        preconditions.put("uid", uid);
        if (resourceVersion != null) {
            preconditions.put("resourceVersion", resourceVersion);
        }
        Map<String, Object> body = new LinkedHashMap<>(more);
        body.put("apiVersion", "v1");
        body.put("kind", "DeleteOptions");
        body.put("preconditions", preconditions);
        return body;
    }

    static Map<String, Object> eviction(String namespace, String name, String uid, String resourceVersion, int graceSeconds) {
        Map<String, Object> eviction = new LinkedHashMap<>();
        eviction.put("apiVersion", "policy/v1");
        eviction.put("kind", "Eviction");
        eviction.put("metadata", Map.of("name", name, "namespace", namespace));
        eviction.put("deleteOptions", options(uid, resourceVersion, Map.of("gracePeriodSeconds", graceSeconds)));
        return eviction;
    }
}
