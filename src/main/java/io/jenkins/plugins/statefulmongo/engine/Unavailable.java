package io.jenkins.plugins.statefulmongo.engine;

/** A remote call did not get through, or the far side asked for patience. Whether it acted is unknown: look again. */
public class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    public Unavailable(String message) {
        super(message);
    }
}
