package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The HTTP proxy through which a connection goes, by CONNECT where the API server speaks TLS.
 *
 * @param url such as {@code http://proxy.example.com:3128}
 * @param direct hosts, ends of host names, IP addresses and subnets that are reached without it
 */
public record HttpProxy(String url, List<String> direct) {
    // What fabric8 takes; anything else it refuses only when the client is made.
    private static final Pattern DIRECT = Pattern.compile("[\\dA-Za-z.\\-/:]+");

    /**
     * @param url null for none
     * @param direct separated by commas or white space, or null
     * @return null for none
     */
    public static HttpProxy of(String url, String direct) throws Failure {
        if (url == null) {
            return null;
        }
        if (!usable(url)) {
            throw new Failure(
                    "the proxy must be of the form http://host:port.",
                    "Credentials in it are not supported: Java sends none through a tunnel, and they would be shown to everybody here.");
        }
        List<String> hosts = direct == null
                ? List.of()
                : Arrays.stream(direct.split("[,\\s]+")).filter(h -> !h.isEmpty()).toList();
        for (String host : hosts) {
            if (!DIRECT.matcher(host).matches()) {
                throw new Failure(
                        "'" + host + "' is no host, IP address or subnet to be reached without the proxy.",
                        "Give names such as .example.com, addresses such as 10.0.0.1, or subnets such as 10.0.0.0/8.");
            }
        }
        return new HttpProxy(url, hosts);
    }

    private static boolean usable(String url) {
        try {
            URI uri = new URI(url);
            return "http".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && uri.getPath().matches("/?");
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
