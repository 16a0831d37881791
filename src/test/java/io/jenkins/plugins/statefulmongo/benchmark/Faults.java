package io.jenkins.plugins.statefulmongo.benchmark;

import io.jenkins.plugins.statefulmongo.faults.FaultSweep;
import java.util.List;

/** A fault at every call between the steps and the API server, on the embedded cluster. */
final class Faults {
    private Faults() {}

    static void run(Settings settings, Figures figures) throws Exception {
        figures.title("faults: one at each call of a full run, on the embedded cluster");
        List<String> only = settings.list("faults.only").stream().filter(n -> !n.equals("all")).toList();
        FaultSweep.Report report = FaultSweep.run(settings.number("faults.every"), only, figures::progress);
        figures.figure("faults.calls", report.calls());
        figures.figure("faults.kinds", report.kinds());
        figures.figure("faults.port-forward-cases", report.forwardCases());
        figures.figure("faults.cases", report.cases());
        figures.figure("faults.unreached", report.unreached().size());
        figures.figure("faults.ended-in-failure", report.ended());
        figures.figure("faults.failed", report.failed().size());
        if (!report.unreached().isEmpty()) {
            figures.progress("not reached: " + String.join(", ", report.unreached()));
        }
        if (!report.failed().isEmpty()) {
            throw new AssertionError("neither success nor a clear failure with a success after it: " + String.join(", ", report.failed()));
        }
    }
}
