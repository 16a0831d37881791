package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.Json;
import io.jenkins.plugins.statefulmongo.state.PodState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How far a Deployment's rollout is, read from the Deployment, its ReplicaSets and the namespace's pods as plain trees, which may have been
 * read at different moments.
 *
 * @param replicaSets all of the namespace
 * @param pods all of the namespace
 * @param unsettled uids of pods that are Ready, but not for long enough to be believed
 */
public record DeploymentRollout(
        Map<String, Object> deployment, List<Map<String, Object>> replicaSets, List<Map<String, Object>> pods, Set<String> unsettled) {
    private static final String REVISION = "deployment.kubernetes.io/revision";

    public int replicas() {
        return Json.number(deployment, 1, "spec", "replicas");
    }

    /** Whether the controller has seen the latest write; until then the status speaks of an older template. */
    public boolean observed() {
        return Json.number(deployment, 0, "status", "observedGeneration") >= Json.number(deployment, 0, "metadata", "generation");
    }

    /** Whether nobody rolls it out. */
    public boolean paused() {
        return Json.flag(deployment, "spec", "paused");
    }

    /** The ReplicaSet of the current template; empty until the controller has made it and both are seen. */
    public Optional<Map<String, Object>> newest() {
        String uid = Json.text(deployment, "metadata", "uid");
        String revision = Json.text(deployment, "metadata", "annotations", REVISION);
        return replicaSets.stream()
                .filter(r -> uid.equals(controller(r)))
                .filter(r -> observed() && revision != null && revision.equals(Json.text(r, "metadata", "annotations", REVISION)))
                .findFirst();
    }

    /** The pods of the current template, those on their way out left out. */
    public List<PodState> current() {
        String uid = newest().map(r -> Json.text(r, "metadata", "uid")).orElse(null);
        return uid == null ? List.of() : mine().filter(p -> uid.equals(p.owner())).toList();
    }

    /** The pods of older templates, those on their way out left out. */
    public List<PodState> older() {
        List<PodState> current = current();
        return mine().filter(p -> !current.contains(p)).toList();
    }

    /** Every replica runs the current template and serves, and nothing older is left to take requests. */
    public boolean done() {
        int replicas = replicas();
        List<PodState> current = current();
        return observed()
                && newest().isPresent()
                && older().isEmpty()
                && current.size() == replicas
                && current.stream().allMatch(this::serves)
                && status("replicas") == replicas
                && status("updatedReplicas") == replicas
                && status("availableReplicas") == replicas;
    }

    /** Why the controller cannot make pods (quota, LimitRange, admission), in the API server's words; empty where it can. */
    public Optional<String> refusal() {
        return Json.list(deployment, "status", "conditions").stream()
                .filter(c -> observed() && "ReplicaFailure".equals(c.get("type")) && "True".equals(c.get("status")))
                .map(c -> Json.text(c, "message"))
                .findFirst();
    }

    /** What is waited for, in a few words. */
    public String waitingFor() {
        if (!observed() || newest().isEmpty()) {
            return "the Deployment controller to see the latest change";
        }
        long ready = current().stream().filter(this::serves).count();
        if (ready < replicas()) {
            return (replicas() - ready) + " of " + replicas() + " new pods to become ready";
        }
        return older().isEmpty() ? "the new pods to be available" : older().size() + " old pods to go";
    }

    /** Ready for good. */
    boolean serves(PodState pod) {
        return pod.serves() && !unsettled.contains(pod.uid());
    }

    private int status(String field) {
        return Json.number(deployment, 0, "status", field);
    }

    private Stream<PodState> mine() {
        String uid = Json.text(deployment, "metadata", "uid");
        List<String> sets = replicaSets.stream()
                .filter(r -> uid.equals(controller(r)))
                .map(r -> Json.text(r, "metadata", "uid"))
                .toList();
        return pods.stream().map(PodState::of).filter(p -> sets.contains(p.owner()) && !p.terminating() && !ended(p));
    }

    // An evicted pod stays as a record after its ReplicaSet made another one.
    private static boolean ended(PodState pod) {
        return "Failed".equals(pod.phase()) || "Succeeded".equals(pod.phase());
    }

    private static String controller(Map<String, Object> object) {
        return Json.list(object, "metadata", "ownerReferences").stream()
                .filter(o -> Json.flag(o, "controller"))
                .map(o -> Json.text(o, "uid"))
                .findFirst()
                .orElse(null);
    }
}
