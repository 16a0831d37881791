package io.jenkins.plugins.statefulmongo.kube;

import io.jenkins.plugins.statefulmongo.engine.Console;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Outcome;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.state.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The one Lease of a StatefulSet: whoever changes the set holds it. Kept for {@link #DURATION} without renewal; it is taken over only
 * when our own clock saw it unrenewed for that long, so wrong clocks elsewhere do not matter. The same holder resumes it at once.
 */
public final class SetLease {
    static final Duration DURATION = Duration.ofSeconds(30);
    /** Renewed when older than this, so that what is left always outlasts one call ({@link Kube#CALL}). */
    static final Duration RENEW = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(SetLease.class.getName());

    private final Kube kube;
    private final String namespace;
    private final String name;
    private final String holder;
    private Map<String, Object> mine;
    private long renewedAt;
    /** It may be ours without our knowing: a write whose answer did not come, or one from before a restart of Jenkins. */
    private boolean unsure;
    private String otherRenewal;
    private long otherSeenAt;

    /**
     * @param set the StatefulSet's name
     * @param holder who wants it: the same text after a restart of Jenkins
     */
    public SetLease(Kube kube, String namespace, String set, String holder) {
        this.kube = kube;
        this.namespace = namespace;
        this.name = "stateful-mongo-" + set;
        this.holder = holder;
    }

    /** A holder for people: the build of "Jenkins' id, build, number of the call"; anything else as it is. */
    public static String label(String holder) {
        return holder.replaceFirst("^\\S+ (\\S.*) \\S+$", "$1");
    }

    /**
     * Acquires or renews. To be called in every tick that may change something, before it does.
     *
     * @return empty when held; else what to answer meanwhile
     */
    public Optional<Outcome> hold(Console console) throws Failure, Unavailable, InterruptedException {
        long now = System.nanoTime();
        if (mine != null && now - renewedAt < RENEW.toNanos()) {
            return Optional.empty();
        }
        boolean held = mine != null;
        try {
            if (held) {
                write(mine, now);
                return Optional.empty();
            }
            Optional<Map<String, Object>> found = kube.get(Kind.LEASE, namespace, name);
            if (found.isEmpty()) {
                unsure = true;
                mine = kube.create(Kind.LEASE, namespace, spec(new LinkedHashMap<>(Map.of(
                        "apiVersion", Kind.LEASE.apiVersion(), "kind", Kind.LEASE.kind(), "metadata", Map.of("name", name)))));
                unsure = false;
                renewedAt = now;
                return Optional.empty();
            }
            Map<String, Object> lease = found.get();
            String other = Json.text(lease, "spec", "holderIdentity");
            if (other == null || other.isEmpty() || other.equals(holder) || expired(lease, now)) {
                write(lease, now);
                return Optional.empty();
            }
            console.changed("lease", "waits for " + label(other) + ", which is changing this set");
            return Optional.of(Outcome.after(Duration.ofSeconds(2), "the Lease " + name + " that " + label(other) + " holds"));
        } catch (Refused e) {
            mine = null;
            unsure &= e.code() == 409; // perhaps it was our own write, whose answer was lost, that was faster
            // 404: somebody deleted the Lease that we held; without one before, it is the namespace that is missing.
            if (e.code() != 409 && !(held && e.code() == 404)) {
                throw e;
            }
            return Optional.of(Outcome.now("the Lease " + name)); // somebody was faster
        }
    }

    /**
     * Whether nobody changes the set: our own clock has seen no Lease, or one that nobody renewed or took, for as long as one lasts, for which this
     * has to be asked again and again. One that was given back may be taken again at once, by a step that goes on after a restart of Jenkins.
     * What may not be read counts as held.
     */
    public boolean idle() throws Failure, Unavailable, InterruptedException {
        try {
            Map<String, Object> none = Map.of("metadata", Map.of("resourceVersion", "none"));
            return expired(kube.get(Kind.LEASE, namespace, name).orElse(none), System.nanoTime());
        } catch (Refused e) {
            if (e.code() != 403) {
                throw e;
            }
            return false;
        }
    }

    /** Whether it is held for longer than one call takes: what is sent now has ended before anybody else may take it. */
    public boolean outlastsACall() {
        return mine != null && System.nanoTime() - renewedAt < DURATION.minus(Kube.CALL).minusSeconds(1).toNanos();
    }

    /**
     * How long to wait after a member refused to step down: 2 s at first, then twice as long each time (safety rule 11), but never so long that the
     * Lease could run out meanwhile.
     *
     * @param refusals in a row, from 1 on
     */
    public static Duration pause(int refusals) {
        return Duration.ofSeconds(Math.min(15, 1L << Math.min(refusals, 4)));
    }

    /** Has {@link #release} look for a Lease that the same holder may have left before a restart of Jenkins. */
    public void mayBeLeftOver() {
        unsure |= mine == null;
    }

    /** Gives it back. A failure to do so costs the next build {@link #DURATION}: it is tried once more, and then only logged. */
    public void release() {
        try {
            try {
                giveBack();
            } catch (Failure | Unavailable e) {
                unsure = true;
                giveBack();
            }
        } catch (Failure | Unavailable e) {
            LOG.log(Level.INFO, "Could not release the Lease {0}: {1}", new Object[] {name, e.getMessage()});
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        mine = null;
    }

    private void giveBack() throws Failure, Unavailable, InterruptedException {
        if (unsure) {
            mine = kube.get(Kind.LEASE, namespace, name)
                    .filter(l -> holder.equals(Json.text(l, "spec", "holderIdentity")))
                    .orElse(null);
        }
        if (mine == null) {
            return;
        }
        Map<String, Object> spec = new LinkedHashMap<>(Json.map(mine, "spec"));
        spec.put("holderIdentity", "");
        Map<String, Object> free = new LinkedHashMap<>(mine);
        free.put("spec", spec);
        kube.replace(Kind.LEASE, namespace, free);
    }

    /** Deletes it with the set that it was for. Failing to do so hurts nobody, so it is only told. */
    public void remove(Console console) throws Unavailable, InterruptedException {
        if (mine == null) {
            return;
        }
        try {
            kube.delete(Kind.LEASE, namespace, name, Json.text(mine, "metadata", "uid"), Map.of());
        } catch (Refused e) {
            console.line("keeps Lease " + name + ": " + (e.code() == 403 ? "this connection cannot delete leases" : e.serverMessage()));
        } catch (Failure e) {
            LOG.log(Level.INFO, "Could not delete the Lease {0}: {1}", new Object[] {name, e.getMessage()});
        }
        mine = null;
    }

    private boolean expired(Map<String, Object> lease, long now) {
        String renewal = Json.text(lease, "metadata", "resourceVersion");
        if (!renewal.equals(otherRenewal)) {
            otherRenewal = renewal;
            otherSeenAt = now;
        }
        int seconds = Json.number(lease, (int) DURATION.toSeconds(), "spec", "leaseDurationSeconds");
        return now - otherSeenAt > Duration.ofSeconds(seconds).toNanos();
    }

    private void write(Map<String, Object> lease, long now) throws Failure, Unavailable, InterruptedException {
        unsure = true;
        mine = kube.replace(Kind.LEASE, namespace, spec(new LinkedHashMap<>(lease)));
        unsure = false;
        renewedAt = now;
    }

    private Map<String, Object> spec(Map<String, Object> lease) {
        Map<String, Object> spec = new LinkedHashMap<>(Json.map(lease, "spec"));
        String now = Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
        if (!holder.equals(spec.get("holderIdentity"))) {
            spec.put("holderIdentity", holder);
            spec.put("acquireTime", micro(now));
        }
        spec.put("renewTime", micro(now));
        spec.put("leaseDurationSeconds", (int) DURATION.toSeconds());
        lease.put("spec", spec);
        return lease;
    }

    /** Kubernetes' MicroTime wants exactly six digits of fraction. */
    private static String micro(String instant) {
        int dot = instant.indexOf('.');
        String fraction = dot < 0 ? "" : instant.substring(dot + 1, instant.length() - 1);
        String seconds = dot < 0 ? instant.substring(0, instant.length() - 1) : instant.substring(0, dot);
        return seconds + "." + (fraction + "000000").substring(0, 6) + "Z";
    }
}
