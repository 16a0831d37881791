package io.jenkins.plugins.statefulmongo.kube;

import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Asks the API server what the connection's identity may do: one SelfSubjectAccessReview for each right, all at once. */
public final class AccessReview {
    private static final String PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private AccessReview() {}

    /**
     * Those of the rights that are missing, in their order.
     *
     * @param namespace where those are looked for that are rights in a namespace
     */
    public static List<Right> missing(Kube kube, String namespace, List<Right> rights)
            throws Failure, Unavailable, InterruptedException {
        Map<Right, CompletableFuture<HttpResponse<byte[]>>> asked = new LinkedHashMap<>();
        try {
            for (Right right : rights) {
                asked.put(right, kube.requests().ask("POST", PATH, "application/json", kube.write(review(right, namespace))));
            }
            List<Right> missing = new ArrayList<>();
            for (Map.Entry<Right, CompletableFuture<HttpResponse<byte[]>>> one : asked.entrySet()) {
                Map<String, Object> answer = kube.requests().answer(kube.requests().await(one.getValue()), "POST", PATH, "ask for the rights of this credential");
                if (!Json.flag(Json.map(answer, "status"), "allowed")) {
                    missing.add(one.getKey());
                }
            }
            return missing;
        } finally {
            asked.values().forEach(answer -> answer.cancel(true));
        }
    }

    private static Map<String, Object> review(Right right, String namespace) {
        String[] resource = right.resource().split("/");
        Map<String, Object> asked = new LinkedHashMap<>();
        if (right.use() != Right.Use.NAMESPACES) {
            asked.put("namespace", namespace);
        }
        asked.put("group", right.group());
        asked.put("resource", resource[0]);
        if (resource.length > 1) {
            asked.put("subresource", resource[1]);
        }
        asked.put("verb", right.verb());
        return Map.of(
                "apiVersion", "authorization.k8s.io/v1",
                "kind", "SelfSubjectAccessReview",
                "spec", Map.of("resourceAttributes", asked));
    }
}
