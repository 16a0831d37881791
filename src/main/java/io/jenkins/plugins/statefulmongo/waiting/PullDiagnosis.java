package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Why an image is not there: a registry that says no is told apart from one that cannot be reached just now. */
final class PullDiagnosis {
    private static final Set<String> FAILED = Set.of("ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ErrImageNeverPull");

    // What passes by itself is looked for first: such a message may end in "not found" or "denied" all the same.
    private static final Pattern PASSING = Pattern.compile("toomanyrequests|too many requests|timeout|timed out|deadline exceeded|no such host"
            + "|connection re(fused|set)|network is unreachable|no route to host|temporary failure|unexpected eof|: eof|\\b50[0234]\\b"
            + "|server misbehaving|try again|qps exceeded|context canceled");
    private static final Pattern DENIED = Pattern.compile(
            "unauthorized|authorization|authentication required|\\b40[13]\\b|forbidden|access denied|insufficient_scope|no basic auth credentials|\\bdenied\\b");
    private static final Pattern MISSING =
            Pattern.compile("not found|manifest unknown|name unknown|does not exist|no match for platform|\\b404\\b");

    private PullDiagnosis() {}

    static Optional<Trouble> of(Evidence evidence, ContainerState container) {
        String reason = container.waitingReason();
        if ("InvalidImageName".equals(reason)) {
            return Optional.of(trouble(evidence, container, Cause.IMAGE_NAME, true, "is no valid name of an image", "Correct the image's name."));
        }
        if (reason == null || !FAILED.contains(reason)) {
            return Optional.empty();
        }
        String message = message(evidence, container).toLowerCase(Locale.ROOT);
        if (reason.equals("ErrImageNeverPull")) {
            return Optional.of(trouble(evidence, container, Cause.IMAGE_PULL, false, "is not on the node",
                    "imagePullPolicy: Never takes only what the node has: load the image there, or let it be pulled."));
        }
        if (PASSING.matcher(message).find()) {
            return Optional.of(trouble(evidence, container, Cause.IMAGE_PULL, false, "cannot be pulled just now",
                    "The kubelet tries again by itself. Check that the node reaches the registry, and the registry's rate limit."));
        }
        if (DENIED.matcher(message).find()) {
            return Optional.of(trouble(evidence, container, Cause.IMAGE_UNAUTHORIZED, true, "may not be pulled, or there is none of that name",
                    "Check the image's name, and the registry's credential in imagePullSecrets."));
        }
        if (MISSING.matcher(message).find()) {
            return Optional.of(trouble(evidence, container, Cause.IMAGE_NOT_FOUND, true, "does not exist",
                    "Check the image's name and tag, and that it was pushed."));
        }
        return Optional.of(trouble(evidence, container, Cause.IMAGE_PULL, false, "cannot be pulled", "Check the image's name and that the node reaches the registry."));
    }

    /** The container's own message, or the last failed attempt's while it only says that it backs off. */
    private static String message(Evidence evidence, ContainerState container) {
        String message = container.waitingMessage() == null ? "" : container.waitingMessage();
        boolean cause = !message.isEmpty() && (!message.startsWith("Back-off") || message.contains("ErrImagePull"));
        return cause
                ? message
                : evidence.events().stream()
                        .filter(e -> e.reason().equals("Failed") && e.message().startsWith("Failed to pull image"))
                        .filter(e -> e.message().contains(bare(container.image())))
                        .reduce((a, b) -> b.after(a) ? b : a)
                        .map(e -> e.message())
                        .orElse(message);
    }

    // The status may name the registry that the pod's own spec leaves out.
    private static String bare(String image) {
        return image == null ? "" : image.substring(image.lastIndexOf('/') + 1);
    }

    private static Trouble trouble(
            Evidence evidence, ContainerState container, Cause cause, boolean hopeless, String what, String remedy) {
        String text = evidence.pod().name() + " cannot start: the image " + container.image() + " of container " + container.name() + " " + what;
        String why = Evidence.clip(message(evidence, container));
        return hopeless
                ? Trouble.hopeless(evidence.pod(), container.name(), cause, text, why, remedy)
                : Trouble.passing(evidence.pod(), container.name(), cause, text, why, remedy);
    }
}
