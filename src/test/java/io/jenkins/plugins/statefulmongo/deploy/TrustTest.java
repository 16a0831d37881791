package io.jenkins.plugins.statefulmongo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.state.Pem;
import io.jenkins.plugins.statefulmongo.state.SetState;
import io.jenkins.plugins.statefulmongo.testing.TlsServer.Authority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustTest {
    @TempDir
    static Path folder;

    private static List<X509Certificate> certificates(Authority... authorities) throws Exception {
        List<X509Certificate> all = new ArrayList<>();
        for (Authority authority : authorities) {
            all.addAll(Pem.certificates(Base64.getDecoder().decode(authority.certificate())));
        }
        return all;
    }

    @Test
    void theAuthorityChangesInThreeStagesAndInNoOther() throws Exception {
        Authority former = new Authority(folder.resolve("former.p12"));
        Authority next = new Authority(folder.resolve("next.p12"));
        List<X509Certificate> old = Pem.certificates(former.issue("dns:a").certificate().getBytes(StandardCharsets.US_ASCII));
        List<X509Certificate> renewed = Pem.certificates(next.issue("dns:a").certificate().getBytes(StandardCharsets.US_ASCII));
        List<Trust> stages = List.of(
                Trust.of(old, certificates(former)), Trust.of(old, certificates(former, next)),
                Trust.of(renewed, certificates(next, former)), Trust.of(renewed, certificates(next)));
        for (int i = 0; i < stages.size(); i++) {
            for (int j = 0; j < stages.size(); j++) {
                boolean together = stages.get(i).acceptedBy(stages.get(j)) && stages.get(j).acceptedBy(stages.get(i));
                assertThat(together).as("%d beside %d", i, j).isEqualTo(Math.abs(i - j) <= 1);
            }
        }
        Trust trust = stages.get(1);
        assertThat(Trust.of(set(trust.text()))).contains(trust);
        assertThat(trust).isEqualTo(Trust.of(old, certificates(next, former))).isNotEqualTo(stages.get(0)).isNotEqualTo(stages.get(2));
        assertThat(Trust.of(set("somebody's"))).isEmpty();
        assertThat(Trust.of(SetState.of(Map.of("spec", Map.of("template", Map.of())), null))).isEmpty();
    }

    private static SetState set(String annotation) {
        return SetState.of(Map.of("spec", Map.of("template", Map.of("metadata", Map.of("annotations", Map.of(Trust.ANNOTATION, annotation))))), null);
    }
}
