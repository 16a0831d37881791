package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.OpTime;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.testing.MongoSet;
import io.jenkins.plugins.statefulmongo.update.RollDecision.Stuck;
import java.util.Map;
import java.util.TreeMap;

/** What can be seen of a {@link SetModel} at one moment: the API server's part, which a cache may show later, and the members' part. */
record ModelView(MongoSet seen, int version, Map<Integer, Stuck> stuck) {

    static ModelView of(SetModel model, boolean across) {
        MongoSet seen = new MongoSet(model.nodes.size());
        for (int i = 0; i < model.shape.outsiders(); i++) {
            long behind = model.shape.outside() == History.Outside.LAGS ? 100 : 0;
            seen.outsider("far-" + i + ".example:27017", model.shape.outside().reached,
                    model.shape.outside().state, new OpTime(model.term, model.clock - behind, 1));
        }
        if (model.unseen()) {
            // The status still speaks of the template before.
            seen.part("metadata").put("generation", 3);
            seen.part("status").put("updateRevision", MongoSet.OLD);
        }
        seen.container().put("image", across ? model.back ? "mongo:6.0.20" : "mongo:7.0.16" : "mongo:7.0.16");
        Map<Integer, Stuck> stuck = new TreeMap<>();
        for (SetModel.Node n : model.nodes) {
            fill(seen.node(n.ordinal), n, model, across);
            if (!n.ready()) {
                stuck.put(n.ordinal, new Stuck(n.hopeless(), n.hopeless() ? "it cannot start" : "it starts"));
            } else if (n.unsteadyFor > 0) {
                stuck.put(n.ordinal, new Stuck(false, "it ended a moment ago"));
            }
        }
        return new ModelView(seen, model.version, stuck);
    }

    private static void fill(MongoSet.Node s, SetModel.Node n, SetModel model, boolean across) {
        s.revision = n.wanted ? MongoSet.NEW : MongoSet.OLD;
        s.uid = "db-" + n.ordinal + "-" + n.pod;
        s.arbiter = n.arbiter;
        s.delay = n.delay;
        s.priority = n.priority;
        s.configured = n.member;
        s.initiated = model.initiated();
        s.version = !across || n.wanted != model.back ? "7.0.16" : "6.0.20";
        s.term = n.member ? n.knownTerm : -1;
        s.primary = !n.member ? null : n.claims ? (Integer) n.ordinal : n.knownPrimary < 0 ? null : (Integer) n.knownPrimary;
        s.state = !n.member ? "REMOVED" : n.arbiter ? "ARBITER" : n.syncingFor > 0 ? "STARTUP2" : n.claims ? "PRIMARY" : "SECONDARY";
        long at = model.clock - n.lag - n.delay;
        s.applied = new OpTime(n.claims ? n.knownTerm : at >= model.termStart ? model.term : model.term - 1, at, 1);
        if (!n.runs()) {
            s.broken();
            s.phase = n.stuck && n.crashes ? "Running" : "Pending";
            s.container(n.stuck && n.crashes ? 14 : null, !n.stuck ? "ContainerCreating" : n.crashes ? "CrashLoopBackOff" : "ImagePullBackOff");
            return;
        }
        s.ready = n.ready();
        s.answers = n.answers() || n.loading;
        s.data = n.loading;
        s.initiated &= !n.loading;
        s.unseen = n.unheardFor > 0;
        s.container(null, null);
    }

    /** Its StatefulSet and pods beside what the members say now: of a pod that is gone nobody answers. */
    Scene beside(ModelView now) {
        Map<Integer, MemberState> members = new TreeMap<>();
        for (PodState pod : seen.pods()) {
            MemberState member = now.seen.member(pod.ordinal());
            boolean same = now.seen.node(pod.ordinal()).uid.equals(pod.uid());
            members.put(pod.ordinal(), same ? member : MemberState.unreachable(pod.ordinal(), "gone"));
        }
        return new Scene(seen.set(), seen.hosts(), seen.pods(), members);
    }

    static int number(PodState pod) {
        return Integer.parseInt(pod.uid().substring(pod.uid().lastIndexOf('-') + 1));
    }
}
