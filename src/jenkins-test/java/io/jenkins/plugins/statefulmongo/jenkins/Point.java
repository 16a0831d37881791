package io.jenkins.plugins.statefulmongo.jenkins;

import io.jenkins.plugins.statefulmongo.testing.cluster.Request;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Where builds are when Jenkins ends: each step in its middle, and those that change a set that serves at worse places too. They begin in
 * this order: a step that had no answer of the cluster yet gives up soon, and so comes last.
 */
enum Point {
    DEPLOY(Stage.DEPLOY),
    INITIATE(Stage.INITIATE, Stage.DEPLOY, Stage.WAIT),
    UPDATE(Stage.UPDATE, Stage.DEPLOY, Stage.WAIT, Stage.INITIATE),
    APPLY(Stage.APPLY, Stage.DEPLOY, Stage.WAIT, Stage.INITIATE),
    PROBE(Stage.PROBE, Stage.DEPLOY, Stage.WAIT, Stage.INITIATE, Stage.APPLY),
    /** It raised the replicas, and waits for the member that it is to add. */
    NEW_MEMBER(
            "deployStatefulMongo namespace: 'shop', image: 'mongo:7.0.14', memory: '256Mi', replicas: 4",
            request -> request.path().contains("/pods/db-3/portforward"),
            "added db-3"),
    /** The first member was replaced: the journal says so, and the primary is still the old one. */
    SECOND_MEMBER(Stage.UPDATE.script, request -> request.path().contains("/pods/db-1/eviction"), "db-1  replaced"),
    /** Nobody published the image: the template is the old one again, and the pod that cannot start is to go. */
    ROLLBACK(
            "rollingImageUpdate namespace: 'shop', image: 'mongo:7.0.15'",
            request -> request.method().equals("DELETE") && request.path().contains("/pods/"),
            "Rolled back: every member runs mongo:7.0.14 again, the set is whole."),
    WAIT(Stage.WAIT, Stage.DEPLOY);

    /** What its console says at the end. */
    final String said;

    private final List<Stage> before;
    private final String script;
    private final Predicate<Request> middle;

    Point(Stage stage, Stage... before) {
        this(List.of(before), stage.script, stage::isMiddle, stage.said);
    }

    Point(String script, Predicate<Request> middle, String said) {
        this(List.of(Stage.DEPLOY, Stage.WAIT, Stage.INITIATE), script, middle, said);
    }

    Point(List<Stage> before, String script, Predicate<Request> middle, String said) {
        this.before = before;
        this.script = script;
        this.middle = middle;
        this.said = said;
    }

    /** The job, and the namespace that it has to itself. */
    String place() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What is to be there before. */
    String preparation() {
        return String.join("\n", before.stream().map(stage -> here(stage.script)).toList());
    }

    String script() {
        return here(script);
    }

    boolean isMiddle(Request request) {
        return request.path().contains("/" + place() + "/") && middle.test(request);
    }

    private String here(String text) {
        return text.replace("'shop'", "'" + place() + "'");
    }
}
