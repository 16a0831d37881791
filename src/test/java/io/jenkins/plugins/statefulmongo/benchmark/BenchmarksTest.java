package io.jenkins.plugins.statefulmongo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.statefulmongo.demo.Markdown;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** What docs/benchmarks.md says about running them, pom.xml and the code agree. */
class BenchmarksTest {
    private static final String EXECUTION = "//plugin[artifactId='exec-maven-plugin']/executions/execution[id='benchmarks']";

    @Test
    void thePageBeginsWithTheCommandAndThePomKnowsIt() throws Exception {
        assertThat(page().blocks("sh").get(0)).isEqualTo("mvn -q -B test-compile exec:exec@benchmarks\n");
        String arguments = pom(EXECUTION + "/configuration/commandlineArgs");
        assertThat(arguments).endsWith(" " + Benchmarks.class.getName());
        assertThat(pom(EXECUTION + "/configuration/classpathScope")).isEqualTo("test");
    }

    @Test
    void everyParameterHasADefaultIsHandedOnAndIsDescribed() throws Exception {
        Set<String> handed = new TreeSet<>(matches("-D([\\w.-]+)=\\$\\{\\1}", pom(EXECUTION + "/configuration/commandlineArgs")));
        assertThat(handed).contains("benchmarks", "rounds");
        assertThat(new TreeSet<>(matches("(?m)^\\| `-D([\\w.-]+)=", page().text()))).isEqualTo(handed);
        for (String name : handed) {
            assertThat(pom("/project/properties/*[local-name()='" + name + "']")).as(name).isNotBlank();
        }
    }

    @Test
    void everyBenchmarkRunsByDefaultAndIsDescribed() throws Exception {
        List<String> names = Arrays.asList(pom("/project/properties/benchmarks").split(","));
        assertThat(names).containsExactlyElementsOf(Benchmarks.all().keySet());
        for (String name : names) {
            assertThat(page().text()).contains("- *" + name + "*");
        }
    }

    @Test
    void everyFigureThatTheIssuesNameIsDescribed() throws Exception {
        assertThat(page().text()).contains(
                "`update.elections`", "`update.write-gap-ratio`", "`update.time-ratio`", "`update.lagging-gap-ratio`",
                "`update.lagging-gap-ms`", "`update.rollback-seconds`", "`update.forbidden-touched`", "`update.lost-writes`",
                "`chaos.rounds`", "`chaos.lost-writes`", "`chaos.control-lost`", "`chaos.never-ended`",
                "`faults.cases`", "`faults.failed`", "`wait.reaction-ratio`", "`wait.reaction-p99-ms`",
                "`waits1000.threads`", "`waits1000.kib`", "`waits1000.watches`", "`waits1000.p99-ms`", "`waits1000.idle-requests-per-namespace-minute`",
                "`initiate.seconds`", "`apply-to-primary.ratio`", "`requests.ratio`", "`tick.growth`", "`package.hpi-kib`");
    }

    @Test
    void aCountBelowOneIsRefusedByName() {
        System.setProperty("initiate.rounds", "0");
        try {
            assertThatThrownBy(() -> new Settings().rounds("initiate")).hasMessage("-Dinitiate.rounds must be 1 or more, not 0");
        } finally {
            System.clearProperty("initiate.rounds");
        }
    }

    private static Markdown page() throws Exception {
        return Markdown.of("docs/benchmarks.md");
    }

    private static List<String> matches(String regex, String text) {
        return Pattern.compile(regex).matcher(text).results().map((MatchResult m) -> m.group(1)).collect(Collectors.toList());
    }

    private static String pom(String path) throws Exception {
        Document pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of("pom.xml").toFile());
        return XPathFactory.newInstance().newXPath().evaluate(path, pom).strip();
    }
}
