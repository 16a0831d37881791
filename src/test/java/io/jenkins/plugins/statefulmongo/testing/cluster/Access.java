package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** RBAC turned around: everything is allowed but what a test denies. */
final class Access {
    static final String USER = "system:serviceaccount:default:embedded";

    private record Rule(String verb, String resource) {
        boolean covers(String otherVerb, String otherResource) {
            return (verb.equals("*") || verb.equals(otherVerb)) && (resource.equals("*") || resource.equals(otherResource));
        }
    }

    private final Set<Rule> denied = ConcurrentHashMap.newKeySet();

    void deny(String verb, String resource) {
        denied.add(new Rule(verb, resource));
    }

    void allow(String verb, String resource) {
        denied.remove(new Rule(verb, resource));
    }

    private boolean isDenied(String verb, String resource) {
        return denied.stream().anyMatch(rule -> rule.covers(verb, resource));
    }

    void check(Call call) {
        check(call, call.verb());
    }

    /** An apply of what is not there needs the right to create it too. */
    void check(Call call, String verb) {
        if (!isDenied(verb, call.resourceName())) {
            return;
        }
        Resource type = call.resource();
        ObjectNode details = Json.object();
        if (!call.name().isEmpty()) {
            details.put("name", call.name());
        }
        details.put("kind", type.plural());
        String scope = call.namespace().isEmpty() ? "at the cluster scope" : "in the namespace \"" + call.namespace() + "\"";
        throw new ApiException(403, "Forbidden", type.qualified() + (call.name().isEmpty() ? "" : " \"" + call.name() + "\"")
                + " is forbidden: User \"" + USER + "\" cannot " + verb + " resource \"" + call.resourceName() + "\" in API group \""
                + type.group() + "\" " + scope, details);
    }

    /** Answers a SelfSubjectAccessReview. */
    ObjectNode review(JsonNode review) {
        JsonNode asked = Json.at(review, "spec", "resourceAttributes");
        String subresource = Json.text(asked, "subresource");
        String resource = Json.text(asked, "resource") + (subresource.isEmpty() ? "" : "/" + subresource);
        ObjectNode answer = review.deepCopy();
        answer.put("kind", "SelfSubjectAccessReview").put("apiVersion", "authorization.k8s.io/v1");
        boolean denied = isDenied(Json.text(asked, "verb"), resource);
        answer.putObject("status").put("allowed", !denied).put("reason", "");
        return answer;
    }
}
