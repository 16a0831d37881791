package io.jenkins.plugins.statefulmongo.testing.cluster;

/** One request to the API server, as its audit log would tell it. A fault's condition sees it with code 0, before it is answered. */
public record Request(String verb, String method, String path, String contentType, int code) {
    public boolean isMutating() {
        return !verb.equals("get") && !verb.equals("list") && !verb.equals("watch");
    }
}
