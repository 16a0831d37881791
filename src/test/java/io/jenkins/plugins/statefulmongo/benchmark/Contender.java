package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.testing.Bench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A way to bring the set to another image. */
interface Contender {
    String name();

    /** The update strategy that it works with. */
    String strategy();

    /**
     * Updates; returns when it takes itself to be done.
     *
     * @param patience how long a single member may take, for those who give up by themselves
     * @return why it failed, or null
     */
    String update(LoadedSet set, String image, Duration patience) throws Exception;

    List<Contender> ALL = List.of(new Ours(), new Kubectl(), new Naive());

    /** The three, each time beginning with the next one: what is left over from one hits all alike. */
    static List<Contender> inTurn(int round) {
        List<Contender> turn = new ArrayList<>();
        for (int i = 0; i < ALL.size(); i++) {
            turn.add(ALL.get((round + i) % ALL.size()));
        }
        return turn;
    }

    /** Why they cannot be compared on this machine, or null. */
    static String missing() throws InterruptedException {
        return Shell.knows("kubectl") ? null : "there is no kubectl on this machine";
    }

    default void prepare(LoadedSet set) throws Exception {
        set.bench().kube().patch(
                Kind.STATEFUL_SET,
                set.namespace(),
                "db",
                Map.of("spec", Map.of("updateStrategy", Map.of("type", strategy()))));
    }

    /** Our step. */
    record Ours() implements Contender {
        @Override
        public String name() {
            return "ours";
        }

        @Override
        public String strategy() {
            return "OnDelete";
        }

        @Override
        public String update(LoadedSet set, String image, Duration patience) throws Exception {
            // A tag that says no release, as of the image that cannot be pulled, needs to be told which one it is.
            Bench.Ended ended = set.set().update("image", image, "version", Images.version(image));
            return ended.failure();
        }
    }

    /** What most people do. */
    record Kubectl() implements Contender {
        @Override
        public String name() {
            return "kubectl";
        }

        @Override
        public String strategy() {
            return "RollingUpdate";
        }

        @Override
        public String update(LoadedSet set, String image, Duration patience) throws Exception {
            return script(set, patience, """
                    kubectl set image statefulset/db db=%1$s
                    kubectl rollout status statefulset/db --timeout=%2$ds
                    """
                    .formatted(image, LoadedSet.MEMBERS * patience.toSeconds()));
        }
    }

    /** A script that knows only pods. */
    record Naive() implements Contender {
        @Override
        public String name() {
            return "naive";
        }

        @Override
        public String strategy() {
            return "OnDelete";
        }

        @Override
        public String update(LoadedSet set, String image, Duration patience) throws Exception {
            return script(set, patience, """
                    kubectl set image statefulset/db db=%1$s
                    for pod in db-0 db-1 db-2; do
                      kubectl delete pod $pod
                      until kubectl get pod $pod 2>/dev/null; do sleep 0.2; done
                      kubectl wait --for=condition=Ready pod/$pod --timeout=%2$ds
                    done
                    """
                    .formatted(image, patience.toSeconds()));
        }
    }

    /** Runs it in the set's namespace; its first command that fails ends it. */
    private static String script(LoadedSet set, Duration patience, String commands) throws Exception {
        String script = "kubectl() { command kubectl --namespace=" + set.namespace() + " \"$@\"; }\n" + commands;
        Shell.Ended ended = Shell.run(
                patience.multipliedBy(LoadedSet.MEMBERS).plus(Duration.ofMinutes(5)), List.of("sh", "-ec", script));
        return ended.code() == 0 ? null : "ended with " + ended.code() + ": " + ended.output().strip();
    }
}
