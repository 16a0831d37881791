package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** One request for a resource, taken apart. */
record Call(String method, Resource resource, String namespace, String name, String subresource, String rest, Map<String, String> query,
        String contentType, String agent, String body) {

    /** The verb as RBAC and the audit log know it. */
    String verb() {
        return switch (method) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> !name.isEmpty() ? "get" : isWatch() ? "watch" : "list";
        };
    }

    boolean isWatch() {
        String watch = query.getOrDefault("watch", "false");
        return name.isEmpty() && (watch.equals("true") || watch.equals("1"));
    }

    /** As RBAC names it: {@code pods/portforward}. */
    String resourceName() {
        return subresource.isEmpty() ? resource.plural() : resource.plural() + "/" + subresource;
    }

    boolean isDryRun() {
        return query.getOrDefault("dryRun", "").equals("All") || json().path("dryRun").path(0).asText().equals("All");
    }

    String manager() {
        return query.containsKey("fieldManager") ? query.get("fieldManager") : agent.split("/", 2)[0];
    }

    JsonNode json() {
        if (body.isBlank()) {
            return Json.object();
        }
        try {
            return Json.parse(body);
        } catch (RuntimeException e) {
            throw ApiException.badRequest("the object provided is unrecognized (must be of type " + resource.kind() + "): " + e.getMessage());
        }
    }
}
