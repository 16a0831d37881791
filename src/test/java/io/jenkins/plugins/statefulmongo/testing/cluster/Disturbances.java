package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** What tests have planned for requests to come. */
final class Disturbances {
    private record Planned<T>(Predicate<Request> when, T what, int[] left) {}

    private final List<Planned<Fault>> faults = new CopyOnWriteArrayList<>();
    private final List<Planned<Duration>> delays = new CopyOnWriteArrayList<>();

    void fault(Predicate<Request> when, Fault fault, int times) {
        faults.add(new Planned<>(when, fault, new int[] {times}));
    }

    void delay(Predicate<Request> when, Duration by, int times) {
        delays.add(new Planned<>(when, by, new int[] {times}));
    }

    /** Null for none. */
    Fault fault(Request request) {
        return next(faults, request);
    }

    Duration delay(Request request) {
        Duration delay = next(delays, request);
        return delay == null ? Duration.ZERO : delay;
    }

    private static <T> T next(List<Planned<T>> all, Request request) {
        for (Planned<T> planned : all) {
            if (planned.left[0] > 0 && planned.when.test(request)) {
                planned.left[0]--;
                return planned.what;
            }
        }
        return null;
    }
}
