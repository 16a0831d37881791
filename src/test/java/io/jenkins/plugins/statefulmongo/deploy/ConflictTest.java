package io.jenkins.plugins.statefulmongo.deploy;

import static io.jenkins.plugins.statefulmongo.deploy.Tree.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConflictTest {
    private static Map<String, Object> cause(String manager, String field) {
        return map("reason", "FieldManagerConflict", "message", "conflict with \"" + manager + "\" using apps/v1", "field", field);
    }

    @Test
    void namesEachManagerAndItsFields() {
        Conflict conflict = Conflict.of(List.of(
                cause("kubectl-client-side-apply", ".spec.replicas"), cause("helm", ".metadata.labels.app"), cause("helm", ".spec.paused")));
        assertThat(conflict.failure("Deployment api", "stateful-mongo")).hasMessageStartingWith(
                "Deployment api is managed by others too: 'kubectl-client-side-apply' set spec.replicas; 'helm' set metadata.labels.app,"
                        + " spec.paused, which would change.\n");
    }

    @Test
    void ourOwnOtherWritesAreNoConflictUnlessSomebodyElseIsIn() {
        assertThat(Conflict.of(List.of(cause("stateful-mongo", ".spec.replicas"))).isOnlyWith("stateful-mongo")).isTrue();
        Conflict mixed = Conflict.of(List.of(cause("stateful-mongo", ".spec.replicas"), cause("helm", ".spec.paused")));
        assertThat(mixed.isOnlyWith("stateful-mongo")).isFalse();
        assertThat(mixed.failure("Deployment api", "stateful-mongo").getMessage()).doesNotContain("stateful-mongo");
    }

    @Test
    void anOutdatedWriteIsNone() {
        assertThat(Conflict.of(List.of()).isWithManagers()).isFalse();
        assertThat(Conflict.of(List.of()).isOnlyWith("stateful-mongo")).isFalse();
    }
}
