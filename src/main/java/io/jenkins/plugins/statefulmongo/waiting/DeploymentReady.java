package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Operation;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Cluster;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows a Deployment until exactly the pods of its current template serve. Each tick:
 *
 * <ol>
 *   <li>The first reads the Deployment itself, so that a cache that lags behind the caller's own write is not believed.
 *   <li>From the watches: done when the rollout is complete ({@link DeploymentRollout#done()}).
 *   <li>Pods of the <em>current</em> template that look wrong are examined: hopeless ones end it at once, stuck ones after the limit.
 * </ol>
 *
 * Ends with a {@link PodsFailed} where the pods are at fault.
 */
public final class DeploymentReady implements Operation {
    private final Scope scope;
    private final String name;
    private final StuckDetector detector;
    private final long begun = System.nanoTime();
    private final Settling settling = new Settling();
    private Cluster.View view;
    private int generation = -1;

    /** @param stuck how long a new pod may make no progress */
    public DeploymentReady(Scope scope, String name, Duration stuck) {
        this.scope = scope;
        this.name = name;
        this.detector = new StuckDetector(scope.kube(), scope.namespace(), stuck, scope.console());
    }

    /** Result: {@code kind}, {@code name}, {@code replicas}, {@code seconds} waited here, {@code pods} by name. */
    @Override
    public Outcome tick() throws Failure, Unavailable, InterruptedException {
        if (generation < 0) {
            Map<String, Object> fresh = scope.kube().get(Kind.DEPLOYMENT, scope.namespace(), name).orElseThrow(this::gone);
            generation = Json.number(fresh, 0, "metadata", "generation");
        }
        if (view == null) {
            view = scope.cluster().watch(scope.namespace(), Set.of(Kind.DEPLOYMENT, Kind.REPLICA_SET, Kind.POD), scope.wake());
        }
        DeploymentRollout rollout = rollout();
        if (rollout == null) {
            generation = -1; // the cache may lag, or it was deleted: the next tick reads it itself
            return Outcome.after(Duration.ofSeconds(1), "Deployment " + name + " to be seen");
        }
        if (Json.number(rollout.deployment(), 0, "metadata", "generation") < generation) {
            return Outcome.onChange("Deployment " + name + " to be seen at generation " + generation);
        }
        if (rollout.done()) {
            return Outcome.done(result(rollout));
        }
        if (rollout.paused()) {
            throw new PodsFailed("Deployment " + name + " is paused: nobody rolls it out.",
                    "Resume it: kubectl -n " + scope.namespace() + " rollout resume deployment/" + name);
        }
        for (StuckDetector.Finding finding : detector.look(subjects(rollout), System.nanoTime()).values()) {
            if (finding.fatal()) {
                throw new PodsFailed(rollout.refusal().isPresent() && finding.trouble().cause() == Cause.UNKNOWN
                        ? Diagnosis.notCreated("a pod of " + name, -1, rollout.refusal().get())
                        : finding.trouble());
            }
        }
        Duration settled = settling.next();
        return Outcome.after(settled.compareTo(detector.next()) < 0 ? settled : detector.next(), rollout.waitingFor() + " of Deployment " + name);
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
        }
    }

    private DeploymentRollout rollout() throws Failure, Unavailable, InterruptedException {
        for (Map<String, Object> deployment : view.list(Kind.DEPLOYMENT)) {
            if (name.equals(Json.text(deployment, "metadata", "name"))) {
                List<Map<String, Object>> pods = view.list(Kind.POD);
                Set<String> unsettled = settling.unsettled(pods, System.nanoTime());
                return new DeploymentRollout(deployment, view.list(Kind.REPLICA_SET), pods, unsettled);
            }
        }
        return null;
    }

    private static List<StuckDetector.Subject> subjects(DeploymentRollout rollout) {
        List<StuckDetector.Subject> subjects = new ArrayList<>();
        List<PodState> current = rollout.current();
        for (PodState pod : current) {
            if (!rollout.serves(pod)) {
                subjects.add(new StuckDetector.Subject(pod.name(), -1, pod, pod.owner(), Duration.ZERO));
            }
        }
        // Fewer than the rollout's surge allows is no trouble while others are on their way.
        if (subjects.isEmpty() && current.size() < rollout.replicas()) {
            String owner = rollout.newest().map(r -> Json.text(r, "metadata", "uid")).orElse(Json.text(rollout.deployment(), "metadata", "uid"));
            String name = "a pod of " + Json.text(rollout.deployment(), "metadata", "name");
            subjects.add(new StuckDetector.Subject(name, -1, null, owner, Duration.ZERO));
        }
        return subjects;
    }

    private Map<String, Object> result(DeploymentRollout rollout) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("kind", Kind.DEPLOYMENT.kind());
        result.put("name", name);
        result.put("replicas", rollout.replicas());
        result.put("seconds", Math.round((System.nanoTime() - begun) / 1e8) / 10.0);
        result.put("pods", new ArrayList<>(rollout.current().stream().map(PodState::name).sorted().toList()));
        return result;
    }

    private Failure gone() {
        return new Failure("there is no Deployment " + name + " in namespace " + scope.namespace() + ".",
                "Check the parameters name and namespace, or deploy it first.");
    }
}
