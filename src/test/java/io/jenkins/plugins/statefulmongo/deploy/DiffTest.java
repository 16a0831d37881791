package io.jenkins.plugins.statefulmongo.deploy;

import static io.jenkins.plugins.statefulmongo.deploy.Tree.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DiffTest {
    @Test
    void namesListElementsByTheirOwnNames() {
        Map<String, Object> before = map("spec", map("containers", List.of(
                map("name", "db", "resources", map("limits", map("memory", "512Mi"))), map("name", "exporter"))));
        Map<String, Object> after = map("spec", map("containers", List.of(
                map("name", "db", "resources", map("limits", map("memory", "1Gi"))), map("name", "backup", "image", "b:1"))));
        assertThat(Diff.between(before, after)).map(Diff.Entry::toString).containsExactly(
                "spec.containers[db].resources.limits.memory: 512Mi -> 1Gi",
                "spec.containers[exporter]: removed",
                "spec.containers[backup]: added");
    }

    @Test
    void showsCommandsAsTheyAreTyped() {
        assertThat(Diff.between(
                        map("command", List.of("mongod", "--replSet", "rs0")),
                        map("command", List.of("mongod", "--replSet", "rs0", "--bind_ip_all"))))
                .map(Diff.Entry::toString)
                .containsExactly("command: mongod --replSet rs0 -> mongod --replSet rs0 --bind_ip_all");
    }

    @Test
    void seesAChangeOfOrder() {
        assertThat(Diff.between(
                        map("initContainers", List.of(map("name", "a"), map("name", "b"))),
                        map("initContainers", List.of(map("name", "b"), map("name", "a")))))
                .map(Diff.Entry::toString)
                .containsExactly("initContainers (order): a, b -> b, a");
    }

    @Test
    void bracketsKeysThatHoldDotsAndHidesWhatIsLongOrSecret() {
        Diff.Entry entry = Diff.between(map("data", map("app.conf", "a\nb")), map("data", map("app.conf", "c\nd\ne"))).get(0);
        assertThat(entry).hasToString("data[app.conf]: (2 lines) -> (3 lines)");
        assertThat(entry.discreet()).isEqualTo("data[app.conf]: changed");
    }

    @Test
    void numbersAreComparedByValue() {
        assertThat(Diff.between(map("replicas", 3, "weight", 1.0), map("replicas", 3L, "weight", 1))).isEmpty();
    }

    @Property(tries = 300)
    void nothingDiffersFromItsCopy(@ForAll("trees") Object tree) {
        assertThat(Diff.between(tree, Tree.copy(tree))).isEmpty();
    }

    @Property(tries = 300)
    void isEmptyExactlyWhereBothAreTheSame(@ForAll("trees") Object a, @ForAll("trees") Object b) {
        assertThat(Diff.between(a, b).isEmpty()).isEqualTo(Diff.same(a, b));
    }

    @Property(tries = 300)
    void backwardsIsTheSameWithSidesSwapped(@ForAll("trees") Object a, @ForAll("trees") Object b) {
        Function<Diff.Entry, List<Object>> there = e -> java.util.Arrays.asList(e.path(), e.before(), e.after());
        Function<Diff.Entry, List<Object>> back = e -> java.util.Arrays.asList(e.path(), e.after(), e.before());
        Set<List<Object>> forward = Diff.between(a, b).stream().map(there).collect(Collectors.toSet());
        assertThat(Diff.between(b, a).stream().map(back).collect(Collectors.toSet())).isEqualTo(forward);
    }

    @Provide
    Arbitrary<Object> trees() {
        return trees(3);
    }

    /** Bounded, as a tree that may grow at every leaf now and then never stops. */
    private static Arbitrary<Object> trees(int depth) {
        Arbitrary<Object> leaf = Arbitraries.of("a", "b", 1, 2, true);
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<String> key = Arbitraries.of("name", "spec", "x.y", "port");
        Arbitrary<Object> below = trees(depth - 1);
        return Arbitraries.oneOf(
                leaf,
                leaf,
                Arbitraries.maps(key, below).ofMaxSize(3).map(m -> (Object) m),
                below.list().ofMaxSize(3).map(l -> (Object) l));
    }
}
