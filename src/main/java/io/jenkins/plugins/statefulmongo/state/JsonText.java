package io.jenkins.plugins.statefulmongo.state;

import java.util.Map;

/** How plain trees become text and back: the client library's business. */
public interface JsonText {
    Map<String, Object> read(String text);

    String write(Map<String, Object> tree);
}
