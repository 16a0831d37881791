package io.jenkins.plugins.statefulmongo.waiting;

import io.jenkins.plugins.statefulmongo.state.MongodOptions;
import io.jenkins.plugins.statefulmongo.state.PodState.ContainerState;
import io.jenkins.plugins.statefulmongo.state.Release;
import io.jenkins.plugins.statefulmongo.state.Trouble;
import io.jenkins.plugins.statefulmongo.state.Trouble.Cause;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a container ends again and again: by its exit code and the last lines it wrote. */
final class CrashDiagnosis {
    /** mongod's EXIT_BADOPTIONS. */
    private static final int BAD_OPTIONS = 2;
    /** mongod's EXIT_NEED_DOWNGRADE: the data files belong to another release. */
    private static final int OTHER_DATA = 62;

    private static final Pattern OPTION = Pattern.compile("(?i)unrecogni[sz]ed option:? '?(?:--?)?([A-Za-z][A-Za-z0-9_.]*)'?");
    // What mongod writes before it ends for its options; a program of another kind may end with 2 as well.
    private static final Pattern OPTIONS =
            Pattern.compile("(?i)error parsing (command line|options|.{0,10}config file)|unrecogni[sz]ed option|BadValue|error during global initialization");

    private static final Map<Integer, String> HINTS = Map.of(
            126, "The command is not executable in this image.",
            127, "The command does not exist in this image.",
            137, "It was killed from outside: look at the memory limit and the liveness probe.");
    /** What the same numbers mean of a container beside mongod, that program alone knows. */
    private static final Map<Integer, String> MONGOD = Map.of(
            48, "mongod cannot listen: its port or address is taken, or not the pod's own.",
            100, "mongod cannot use its data folder: look for permissions (fsGroup: 999), a full volume, or damaged files in its log.",
            132, "Illegal instruction: MongoDB from 5.0 on needs a CPU with AVX.");

    private CrashDiagnosis() {}

    /** Empty where the container never ended, or ended well. */
    static Optional<Trouble> of(Evidence evidence, ContainerState container) {
        Integer exit = container.lastExitCode();
        if (exit == null || container.ready() || exit == 0 && !"CrashLoopBackOff".equals(container.waitingReason())) {
            return Optional.empty();
        }
        String log = evidence.logs().getOrDefault(container.name(), "");
        Optional<Release> release = container.image() == null ? Optional.empty() : Release.ofImage(container.image());
        String what = evidence.pod().name() + " cannot start: container " + container.name() + " ends with code " + exit
                + restarts(container.restarts());
        String why = evidence.lastLines(container.name());
        if ("OOMKilled".equals(container.lastReason())) {
            return Optional.of(Trouble.passing(evidence.pod(), container.name(), Cause.OUT_OF_MEMORY,
                    evidence.pod().name() + " does not stay up: container " + container.name() + " is killed for memory"
                            + restarts(container.restarts()),
                    why, container.mongod()
                            ? "Raise its memory limit: mongod's cache alone takes at least 256 MB, and half of what is over 1 GB."
                            : "Raise its memory limit, or find out what it needs the memory for."));
        }
        if (container.mongod() && exit == OTHER_DATA) {
            return Optional.of(Trouble.hopeless(evidence.pod(), container.name(), Cause.OTHER_DATA, what, why,
                    "Its data was written by another release of MongoDB than " + release.map(Release::toString).orElse(container.image())
                            + ". Go back to the image that wrote it, and step through one release series at a time."));
        }
        if (container.mongod() && exit == BAD_OPTIONS && OPTIONS.matcher(log).find()) {
            return Optional.of(Trouble.hopeless(evidence.pod(), container.name(), Cause.OPTION, what, why, option(log, release)));
        }
        String more = "Its log tells more: kubectl logs " + evidence.pod().name() + " -c " + container.name() + " --previous";
        return Optional.of(Trouble.passing(evidence.pod(), container.name(), Cause.CRASH, what, why,
                HINTS.getOrDefault(exit, container.mongod() ? MONGOD.getOrDefault(exit, more) : more)));
    }

    private static String option(String log, Optional<Release> release) {
        Matcher m = OPTION.matcher(log);
        if (!m.find()) {
            return "Correct mongod's options in the container's command, or let deployStatefulMongo write the command.";
        }
        String removed = release.flatMap(r -> MongodOptions.removedIn(m.group(1), r))
                .map(series -> "MongoDB removed this option in " + series + ".")
                .orElseGet(() -> "mongod" + release.map(r -> " " + r).orElse("") + " has no such option.");
        return removed + " Take it out of the container's command, or let deployStatefulMongo write the command.";
    }

    private static String restarts(int count) {
        return count == 0 ? "" : count == 1 ? " (1 restart)" : " (" + count + " restarts)";
    }
}
