package io.jenkins.plugins.statefulmongo.page;

import hudson.model.Item;
import hudson.model.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.StaplerProxy;

/**
 * The page of a build that used our steps: one section for each call of a step, live while the build runs, afterwards from what is stored
 * with it. At most {@value #MOST} calls are kept; beyond that the first that ended go.
 */
public final class BuildPage implements RunAction2, StaplerProxy {
    static final int MOST = 100;

    private volatile ArrayList<Section> sections = new ArrayList<>();
    private volatile int left;
    private transient volatile Run<?, ?> run;

    BuildPage(Run<?, ?> run) {
        this.run = run;
    }

    /** The page of a build, which has one from now on. */
    static BuildPage of(Run<?, ?> run) {
        synchronized (BuildPage.class) {
            BuildPage page = run.getAction(BuildPage.class);
            if (page == null) {
                page = new BuildPage(run);
                run.addAction(page);
            }
            return page;
        }
    }

    /** The section of this id, added where there is none. Lists are replaced, never changed, as {@link Section} says. */
    synchronized Section section(Section fresh) {
        for (Section section : sections) {
            if (section.getId().equals(fresh.getId())) {
                return section;
            }
        }
        ArrayList<Section> all = new ArrayList<>(sections);
        all.add(fresh);
        if (all.size() > MOST) {
            all.remove(all.stream().filter(s -> !s.isRunning()).findFirst().orElse(all.get(0)));
            left++;
        }
        sections = all;
        return fresh;
    }

    @Override
    public void onAttached(Run<?, ?> r) {
        run = r;
    }

    @Override
    public void onLoad(Run<?, ?> r) {
        run = r;
    }

    /** Asked by Stapler before any view: whoever may read the job may read what its builds did. */
    @Override
    public Object getTarget() {
        run.checkPermission(Item.READ);
        return this;
    }

    @Override
    public String getIconFileName() {
        return "symbol-server";
    }

    @Override
    public String getDisplayName() {
        return "Stateful Mongo";
    }

    @Override
    public String getUrlName() {
        return "stateful-mongo";
    }

    public Run<?, ?> getRun() {
        return run;
    }

    /** Whether a look a moment later may show more. */
    public boolean isBuilding() {
        return run.isBuilding();
    }

    /** In the order in which the steps began. */
    public List<SectionView> getSections() {
        long now = System.currentTimeMillis();
        boolean building = isBuilding();
        return sections.stream().map(s -> new SectionView(s, building, now)).toList();
    }

    /** Calls of steps that are not kept. */
    public int getSectionsLeftOut() {
        return left;
    }

    /** All of it in one line, such as {@code 4 steps: 3 done, 1 running}. */
    public String getSummary() {
        List<SectionView> all = getSections();
        String counts = Stream.of("done", "failed", "aborted", "ended with the build", "running")
                .map(state -> all.stream().filter(s -> s.getState().equals(state)).count() + " " + state)
                .filter(count -> !count.startsWith("0 "))
                .collect(Collectors.joining(", "));
        return (all.size() == 1 ? "1 step: " : all.size() + " steps: ") + counts;
    }
}
