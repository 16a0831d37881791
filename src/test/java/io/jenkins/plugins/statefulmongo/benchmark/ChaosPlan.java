package io.jenkins.plugins.statefulmongo.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What happens to one update: drawn from a seeded Random, so that a round can be repeated. Pure.
 *
 * @param membersBack the faults begin when so many members were replaced and are back
 * @param faults one or two, at the same time or one after another
 * @param ending what becomes of the build that runs the step
 * @param endingMillis how long after the first fault that happens
 * @param lasting a fault outlasts memberTimeoutSeconds: the update may fail
 */
record ChaosPlan(int membersBack, List<Fault> faults, Ending ending, int endingMillis, boolean lasting) {
    /** Waits of a member that heals must be well below, of one that does not well above. */
    static final int MEMBER_TIMEOUT_SECONDS = 45;
    static final int LASTING_TIMEOUT_SECONDS = 30;
    private static final int LASTS_SECONDS = 55;

    enum Kind { KILL, OOM, STOP, PARTITION }

    /** Whom a fault meets, as the set is at that moment. */
    enum Target { REPLACED, PRIMARY, SECONDARY }

    enum Ending { NONE, ABORTED, KILLED }

    /**
     * @param afterMillis since the fault before, or since the member was back
     * @param lastsMillis until it is healed; KILL and OOM heal by themselves
     */
    record Fault(Kind kind, Target target, int afterMillis, int lastsMillis) {
        boolean heals() {
            return kind == Kind.STOP || kind == Kind.PARTITION;
        }

        @Override
        public String toString() {
            return kind + " of " + target.name().toLowerCase(Locale.ROOT) + String.format(Locale.ROOT, " +%.1f s", afterMillis / 1000.0)
                    + (heals() ? String.format(Locale.ROOT, " for %.1f s", lastsMillis / 1000.0) : "");
        }
    }

    static ChaosPlan draw(Random random) {
        boolean lasting = random.nextInt(8) == 0;
        Ending ending = lasting || random.nextInt(3) > 0 ? Ending.NONE : random.nextBoolean() ? Ending.ABORTED : Ending.KILLED;
        List<Fault> faults = new ArrayList<>();
        faults.add(fault(random, lasting, 2_500));
        if (!lasting && random.nextInt(3) == 0) {
            faults.add(fault(random, false, 10_000));
        }
        return new ChaosPlan(random.nextInt(4) == 0 ? 2 : 1, List.copyOf(faults), ending, random.nextInt(8_000), lasting);
    }

    private static Fault fault(Random random, boolean lasting, int within) {
        Kind kind = lasting ? random.nextBoolean() ? Kind.STOP : Kind.PARTITION : Kind.values()[random.nextInt(4)];
        Target target = Target.values()[random.nextInt(3)];
        int lasts = lasting ? LASTS_SECONDS * 1_000 : 1_000 + random.nextInt(24_000);
        return new Fault(kind, target, random.nextInt(within), lasts);
    }

    int memberTimeoutSeconds() {
        return lasting ? LASTING_TIMEOUT_SECONDS : MEMBER_TIMEOUT_SECONDS;
    }

    @Override
    public String toString() {
        return "after " + membersBack + " member(s): "
                + faults.stream().map(Fault::toString).collect(Collectors.joining(", then "))
                + (ending == Ending.NONE ? "" : String.format(Locale.ROOT, "; build %s at +%.1f s", ending.name().toLowerCase(Locale.ROOT), endingMillis / 1000.0));
    }
}
