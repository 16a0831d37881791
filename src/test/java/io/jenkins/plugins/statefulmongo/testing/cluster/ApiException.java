package io.jenkins.plugins.statefulmongo.testing.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A refusal of the API server, in the words of the real one. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    final int code;
    private final String reason;
    private final transient ObjectNode details;

    ApiException(int code, String reason, String message, ObjectNode details) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    ObjectNode status() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
        if (details != null) {
            status.set("details", details);
        }
        return status.put("code", code);
    }

    static ObjectNode success(Resource type, String name, String uid) {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success").set("details", details(type, name).put("uid", uid));
        return status;
    }

    static ObjectNode details(Resource type, String name) {
        ObjectNode details = Json.object().put("name", name);
        if (!type.group().isEmpty()) {
            details.put("group", type.group());
        }
        return details.put("kind", type.plural());
    }

    static ApiException notFound(Resource type, String name) {
        return new ApiException(404, "NotFound", type.qualified() + " \"" + name + "\" not found", details(type, name));
    }

    static ApiException noSuchPath() {
        return new ApiException(404, "NotFound", "the server could not find the requested resource", Json.object());
    }

    static ApiException alreadyExists(Resource type, String name) {
        return new ApiException(409, "AlreadyExists", type.qualified() + " \"" + name + "\" already exists", details(type, name));
    }

    static ApiException conflict(Resource type, String name, String why) {
        return new ApiException(409, "Conflict",
                "Operation cannot be fulfilled on " + type.qualified() + " \"" + name + "\": " + why, details(type, name));
    }

    private static String qualifiedKind(Resource type) {
        return type.group().isEmpty() ? type.kind() : type.kind() + "." + type.group();
    }

    /** A precondition of a deletion that does not hold. */
    static ApiException precondition(Resource type, String name, String what, String wanted, String found, String hint) {
        return new ApiException(409, "Conflict", "Operation cannot be fulfilled on " + qualifiedKind(type) + " \"" + name + "\": the " + what
                + " in the precondition (" + wanted + ") does not match the " + what + " in record (" + found + "). " + hint,
                details(type, name).put("kind", type.kind()));
    }

    static ApiException modified(Resource type, String name) {
        return conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message, null);
    }

    /** The field's problem as validation words it: {@code Required value}, {@code Forbidden: why}. */
    static ApiException invalid(Resource type, String name, String field, String problem) {
        ObjectNode details = details(type, name).put("kind", type.kind());
        details.putArray("causes").addObject().put("reason", problem.startsWith("Required") ? "FieldValueRequired"
                : problem.startsWith("Forbidden") ? "FieldValueForbidden" : "FieldValueInvalid")
                .put("message", problem).put("field", field);
        return new ApiException(422, "Invalid", qualifiedKind(type) + " \"" + name + "\" is invalid: " + field + ": " + problem, details);
    }

    static ApiException unauthorized() {
        return new ApiException(401, "Unauthorized", "Unauthorized", null);
    }
}
