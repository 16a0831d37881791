package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the API server tells of itself, and reviews of access: the paths that lead to no stored object. */
final class Discovery {
    private Discovery() {}

    static ObjectNode answer(String path, String body, Access access) {
        if (path.equals("/version")) {
            return Json.object().put("major", "1").put("minor", "34").put("gitVersion", "v1.34.4").put("platform", "linux/amd64");
        }
        if (path.equals("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")) {
            return access.review(Json.parse(body));
        }
        if (path.equals("/api")) {
            ObjectNode versions = Json.object().put("kind", "APIVersions");
            versions.putArray("versions").add("v1");
            return versions;
        }
        if (path.equals("/apis")) {
            return groups();
        }
        List<Resource> here = Resource.ALL.stream()
                .filter(r -> path.equals(r.group().isEmpty() ? "/api/" + r.version() : "/apis/" + r.apiVersion())).toList();
        if (here.isEmpty()) {
            throw ApiException.noSuchPath();
        }
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", here.get(0).apiVersion());
        ArrayNode resources = list.putArray("resources");
        for (Resource r : here) {
            ArrayNode verbs = resources.addObject().put("name", r.plural()).put("singularName", "").put("namespaced", r.namespaced())
                    .put("kind", r.kind()).putArray("verbs");
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch").forEach(verbs::add);
        }
        return list;
    }

    private static ObjectNode groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        Resource.ALL.stream().filter(r -> !r.group().isEmpty()).map(Resource::apiVersion).distinct().forEach(version -> {
            ObjectNode group = groups.addObject().put("name", version.replaceAll("/.*", ""));
            group.putArray("versions").addObject().put("groupVersion", version).put("version", "v1");
            group.putObject("preferredVersion").put("groupVersion", version).put("version", "v1");
        });
        return list;
    }
}
