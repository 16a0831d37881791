package io.jenkins.plugins.statefulmongo.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Steadies the test bed's network before tests and benchmarks run on it. Its bridge has no address of its own: it takes the lowest of
 * the pods' and another one whenever that pod goes. Until the others notice, up to half a minute later, no name is resolved in them,
 * and a member that must connect anew to vote cannot. No real cluster does that.
 */
public final class TestBed implements LauncherSessionListener {
    private static final String ADDRESS = "02:00:0a:f4:00:01"; // locally administered

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        steady(System.getenv("KUBECONFIG"));
    }

    /** Does nothing for a cluster that is not the test bed's. */
    public static void steady(String kubeconfig) {
        if (kubeconfig == null || kubeconfig.isBlank()) {
            return;
        }
        Path network = Path.of(kubeconfig).resolveSibling("netns");
        if (!Files.exists(network)) {
            return;
        }
        try {
            Process process = new ProcessBuilder("nsenter", "--net=" + network, "ip", "link", "set", "dev", "testbed0", "address", ADDRESS)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                complain(said.strip());
            }
        } catch (IOException e) {
            complain(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void complain(String why) {
        System.err.println("The test bed's bridge could not be given an address of its own (" + why + "): it changes with the pods, and elections may"
                + " take half a minute. It takes root, nsenter (util-linux) and ip (iproute2).");
    }
}
