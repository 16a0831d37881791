package io.jenkins.plugins.statefulmongo.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.statefulmongo.kube.Kubeconfig;
import io.jenkins.plugins.statefulmongo.report.Mark;
import io.jenkins.plugins.statefulmongo.testing.TestRun;
import io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Build;
import io.jenkins.plugins.statefulmongo.testing.pipeline.Pipeline;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.access.AccessDeniedException;

/** What the page of a build shows after real steps on the embedded cluster. */
class BuildPageTest {
    private static final String DEPLOY = """
            deployStatefulMongo namespace: 'n', image: 'mongo:4.4.28'
            waitOrdinals namespace: 'n'
            initReplicaSet namespace: 'n'
            """;

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final TestRun run;

    BuildPageTest() throws Exception {
        run = new TestRun();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void eachStepHasItsSectionWithWhatItSaw() throws Exception {
        pipeline().run(DEPLOY + "rollingImageUpdate namespace: 'n', image: 'mongo:4.4.29'");
        run.end();
        assertThat(page().getSummary()).isEqualTo("4 steps: 4 done");
        assertThat(sections()).extracting(s -> s.getSection().getTitle()).containsExactly(
                "deployStatefulMongo n/db", "waitOrdinals n/db", "initReplicaSet n/db", "rollingImageUpdate n/db");
        assertThat(sections()).extracting(s -> s.getSection().getCluster()).containsOnly("embedded");

        SectionView deployed = sections().get(0);
        assertThat(texts(deployed)).anyMatch(l -> l.startsWith("+ StatefulSet db")).anyMatch(l -> l.startsWith("applied: "));

        SectionView waited = sections().get(1);
        assertThat(waited.getPods()).extracting(PodView::getName).containsExactly("db-0", "db-1", "db-2");
        assertThat(waited.getPods()).allSatisfy(pod -> {
            assertThat(pod.getScheduled()).matches("\\+\\d+ s");
            assertThat(pod.getReady()).matches("\\+\\d+ s");
            assertThat(pod.getBound()).matches("already|(by )?[+-]\\d+(\\.\\d)? s");
            assertThat(pod.getNode()).startsWith("node-");
            assertThat(pod.isThere()).isTrue();
        });
        assertThat(waited.getSection().getClaims()).hasSize(3).allSatisfy(claim -> {
            assertThat(claim.getName()).startsWith("mongo-data-db-");
            assertThat(List.of(claim.getPhase(), claim.getCapacity())).containsExactly("Bound", "2Gi");
            assertThat(claim.getVolume()).startsWith("pvc-");
        });
        assertThat(waited.getTimeLine().getLanes()).hasSize(3).allSatisfy(lane -> assertThat(lane.getText()).contains("Ready +"));

        SectionView initiated = sections().get(2);
        assertThat(initiated.getSection().getMembers()).extracting(MemberRow::getState).containsExactlyInAnyOrder("PRIMARY", "SECONDARY", "SECONDARY");
        assertThat(initiated.getSection().getMembers()).extracting(MemberRow::getVersion).containsOnly("4.4.28");
        assertThat(marked(initiated, "election")).singleElement().asString().contains("PRIMARY after").contains("(term 1)");
        assertThat(texts(initiated)).as("the table is no event").noneMatch(l -> l.startsWith("MEMBER"));

        SectionView updated = sections().get(3);
        assertThat(updated.getPods()).as("each ordinal's old pod and its new one").hasSize(6);
        assertThat(updated.getPods().stream().filter(p -> !p.isThere())).hasSize(3).allSatisfy(p -> assertThat(p.getGone()).startsWith("+"));
        assertThat(updated.getSection().getMembers()).extracting(MemberRow::getVersion).containsOnly("4.4.29");
        assertThat(marked(updated, "election")).singleElement().asString().contains("stepped down").contains("(term 2)");
        assertThat(marked(updated, "member")).hasSize(3).allMatch(l -> l.contains("replaced, Ready"));
        assertThat(updated.getTimeLine().getDots()).hasSize(4);
    }

    @Test
    void anUpdateThatIsRolledBackTellsWhyAndThatItWent() throws Exception {
        pipeline().run(DEPLOY);
        Build build = pipeline().run("rollingImageUpdate namespace: 'n', image: 'mongo:missing-4.4.29', version: '4.4.29', stuckSeconds: 5");
        assertThat(build.successful()).isFalse();
        SectionView updated = sections().get(3);
        assertThat(updated.getState()).isEqualTo("failed");
        assertThat(updated.getSection().getError()).contains("does not come up with the new template (mongo:missing-4.4.29)");
        assertThat(marked(updated, "failure")).singleElement().asString().contains("mongo:missing-4.4.29");
        assertThat(marked(updated, "rollback").get(0)).isEqualTo("rolling back to mongo:4.4.28");
        assertThat(marked(updated, "rollback")).hasSize(2).last().asString().startsWith("rolled back in ");
        assertThat(updated.getPods().stream().filter(p -> !p.isThere())).isNotEmpty();
    }

    @Test
    void jenkins19_aStepGoesOnInItsSectionAfterARestart() throws Exception {
        AtomicBoolean restarted = new AtomicBoolean();
        pipeline().restart(line -> line.contains("db-0  Ready") && restarted.compareAndSet(false, true)).run(DEPLOY);
        assertThat(restarted).isTrue();
        assertThat(sections()).hasSize(3);
        SectionView waited = sections().get(1);
        assertThat(waited.getState()).isEqualTo("done");
        assertThat(waited.getPods()).hasSize(3);
        assertThat(waited.getTook()).isNotEqualTo("-");
    }

    @Test
    void jenkins19_stepsInParallelHaveASectionEach() throws Exception {
        List<CompletableFuture<Build>> branches = new ArrayList<>();
        for (String namespace : List.of("left", "right")) {
            branches.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return pipeline().run(DEPLOY.replace("'n'", "'" + namespace + "'"));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (CompletableFuture<Build> branch : branches) {
            assertThat(branch.get().successful()).isTrue();
        }
        assertThat(run.getActions(BuildPage.class)).hasSize(1);
        assertThat(sections()).extracting(s -> s.getSection().getTitle()).containsExactlyInAnyOrder(
                "deployStatefulMongo left/db", "waitOrdinals left/db", "initReplicaSet left/db",
                "deployStatefulMongo right/db", "waitOrdinals right/db", "initReplicaSet right/db");
        assertThat(sections()).filteredOn(s -> s.getSection().getFunction().equals("initReplicaSet"))
                .allSatisfy(s -> assertThat(s.getSection().getMembers()).hasSize(3));
    }

    @Test
    void aStepThatFailsBeforeItReachesTheClusterIsShownToo() throws Exception {
        pipeline().run("initReplicaSet namespace: 'Shop'");
        SectionView only = sections().get(0);
        assertThat(List.of(only.getSection().getTitle(), only.getState())).containsExactly("initReplicaSet Shop/db", "failed");
        assertThat(only.getSection().getError()).startsWith("parameter 'namespace' must consist of");
        assertThat(page().getSummary()).isEqualTo("1 step: 1 failed");
    }

    @Test
    void whileAStepRunsItsPageSaysWhatItWaitsForAndAnAbortEndsIt() throws Exception {
        Pipeline pipeline = pipeline();
        CompletableFuture<Build> build = CompletableFuture.supplyAsync(() -> {
            try {
                return pipeline.run("""
                        deployStatefulMongo namespace: 'n', image: 'mongo:4.4.28', cpu: '500'
                        waitOrdinals namespace: 'n'
                        """);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        while (!build.isDone() && (run.getAction(BuildPage.class) == null || sections().size() < 2 || sections().get(1).getWaitingFor() == null)) {
            Thread.sleep(10);
        }
        SectionView waiting = sections().get(1);
        assertThat(waiting.getState()).isEqualTo("running");
        assertThat(waiting.getWaitingFor()).contains("db-0");
        assertThat(waiting.getPods().get(0).getScheduled()).isEqualTo("not yet");
        assertThat(page().getSummary()).isEqualTo("2 steps: 1 done, 1 running");
        pipeline.abort();
        assertThat(build.get().result()).isEqualTo("ABORTED");
        assertThat(sections().get(1).getState()).isEqualTo("aborted");
        assertThat(page().getSummary()).isEqualTo("2 steps: 1 done, 1 aborted");
    }

    @Test
    void theBuildIsStoredWhenThereIsNewsNotAtEachTick() throws Exception {
        Recording recording = Recording.begin(run, "1", "waitOrdinals", "waitOrdinals db", System.currentTimeMillis());
        for (int i = 0; i < 100; i++) {
            recording.happened(Mark.NOTE, "line " + i);
            recording.pods(List.of());
            recording.waitsFor("something");
        }
        assertThat(run.saved()).isZero();
        Saving.get().now();
        assertThat(run.saved()).isEqualTo(1);
        recording.pods(List.of());
        recording.waitsFor("something else");
        Saving.get().now();
        assertThat(run.saved()).as("nothing worth it").isEqualTo(1);
        recording.done();
        run.end();
        Saving.get().now();
        assertThat(run.saved()).as("Jenkins itself stores a build that ends").isEqualTo(1);
    }

    @Test
    void newsAreStoredWithoutAnybodyAsking() throws Exception {
        Recording.begin(run, "1", "waitOrdinals", "waitOrdinals db", System.currentTimeMillis());
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (run.saved() == 0 && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(run.saved()).isEqualTo(1);
    }

    @Test
    void whenJenkinsEndsWhatWaitsIsStoredAndNothingAfterIt() throws Exception {
        Recording recording = Recording.begin(run, "1", "waitOrdinals", "waitOrdinals db", System.currentTimeMillis());
        Saving ended = Saving.get();
        Saving.end();
        assertThat(run.saved()).isEqualTo(1);
        recording.happened(Mark.NOTE, "from a tick on its way out");
        ended.now();
        assertThat(run.saved()).isEqualTo(1);
        assertThat(Saving.get()).as("that of the next Jenkins").isNotSameAs(ended);
    }

    @Test
    void aBuildKeepsSoManyStepsAndThoseThatRun() throws Exception {
        Recording.begin(run, "runs", "waitOrdinals", "waitOrdinals db", 1);
        for (int i = 0; i < 150; i++) {
            Recording.begin(run, "id-" + i, "probeService", "probeService n/api " + i, i).done();
        }
        assertThat(sections()).hasSize(BuildPage.MOST);
        assertThat(page().getSectionsLeftOut()).isEqualTo(51);
        assertThat(sections().get(0).getSection().getId()).isEqualTo("runs");
        assertThat(sections().get(BuildPage.MOST - 1).getSection().getId()).isEqualTo("id-149");
    }

    @Test
    void onlyWhoMayReadTheJobSeesItsPage() throws Exception {
        BuildPage page = BuildPage.of(run);
        assertThat(page.getTarget()).isSameAs(page);
        try (ACLContext nobody = ACL.as2(Jenkins.ANONYMOUS2)) {
            assertThatThrownBy(page::getTarget).isInstanceOf(AccessDeniedException.class);
        }
        assertThat(List.of(page.getUrlName(), page.getDisplayName(), page.getIconFileName()))
                .containsExactly("stateful-mongo", "Stateful Mongo", "symbol-server");
    }

    /** JEP-200 lets through what is ours or in Jenkins' own list; a record or a lambda is neither sure to be read again. */
    @Test
    void whatIsStoredIsPlain() {
        Set<Class<?>> plain = Set.of(String.class, long.class, int.class, boolean.class, ArrayList.class);
        Deque<Class<?>> left = new ArrayDeque<>(List.of(BuildPage.class));
        Set<Class<?>> seen = new HashSet<>();
        while (!left.isEmpty()) {
            Class<?> type = left.pop();
            if (seen.add(type)) {
                assertThat(type.isRecord() || type.isEnum()).as(type.getName()).isFalse();
                assertThat(Modifier.isFinal(type.getModifiers())).as(type.getName()).isTrue();
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isTransient(field.getModifiers()) && !Modifier.isStatic(field.getModifiers())) {
                        assertThat(plain).as(field.toString()).contains(field.getType());
                        if (field.getGenericType() instanceof ParameterizedType list && list.getActualTypeArguments()[0] != String.class) {
                            left.push((Class<?>) list.getActualTypeArguments()[0]);
                        }
                    }
                }
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(
                BuildPage.class, Section.class, PodRow.class, ClaimRow.class, MemberRow.class, EventRow.class);
    }

    private BuildPage page() {
        return run.getAction(BuildPage.class);
    }

    private List<SectionView> sections() {
        return page().getSections();
    }

    private static List<String> texts(SectionView section) {
        return section.getEvents().stream().map(e -> e.getRow().getText()).toList();
    }

    private static List<String> marked(SectionView section, String mark) {
        return section.getEvents().stream().filter(e -> e.getRow().getMark().equals(mark)).map(e -> e.getRow().getText()).toList();
    }

    private Pipeline pipeline() throws Exception {
        return new Pipeline(Kubeconfig.read(cluster.kubeconfig(), "embedded")).build(run);
    }
}
