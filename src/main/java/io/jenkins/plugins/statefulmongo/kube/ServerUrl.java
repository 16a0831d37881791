package io.jenkins.plugins.statefulmongo.kube;

import java.net.URI;
import java.net.URISyntaxException;

/** What the URL of an API server may be. It is named in messages, and a credential is sent there. */
public final class ServerUrl {
    private static final String LOOPBACK = "localhost|127(\\.\\d{1,3}){3}|\\[::1]";

    private ServerUrl() {}

    /** Whether it is a URL of TLS that holds no user, password, query or fragment. */
    public static boolean isSafe(String url) {
        return is(url, false);
    }

    /** Also without TLS where the traffic does not leave this machine, as with {@code kubectl proxy}. */
    static boolean isSafeOrOfThisMachine(String url) {
        return is(url, true);
    }

    private static boolean is(String url, boolean plain) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme()) || plain && "http".equals(uri.getScheme()) && uri.getHost().matches(LOOPBACK))
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
