package io.jenkins.plugins.statefulmongo.size;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import io.jenkins.plugins.statefulmongo.kube.Kind;
import io.jenkins.plugins.statefulmongo.kube.Scope;
import io.jenkins.plugins.statefulmongo.kube.SetReader;
import io.jenkins.plugins.statefulmongo.mongo.MemberClient;
import io.jenkins.plugins.statefulmongo.mongo.Members;
import io.jenkins.plugins.statefulmongo.report.MemberTable;
import io.jenkins.plugins.statefulmongo.state.ClaimState;
import io.jenkins.plugins.statefulmongo.state.Hosts;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.PodState;
import io.jenkins.plugins.statefulmongo.state.SetState;
import java.util.List;
import java.util.Map;

/** Reads a replica set past every cache, for a change of its size: StatefulSet, pods, claims, and every mongod directly. */
final class Looks implements AutoCloseable {
    private final Scope scope;
    private final String domain;
    private final SetReader reader;
    private final Members members;

    Looks(Scope scope, String name, Parameters parameters) throws Failure {
        this.scope = scope;
        domain = parameters.clusterDomain();
        reader = new SetReader(scope, name, parameters.text("container", null));
        members = new Members(scope.kube(), scope.login(), domain);
    }

    Look now() throws Failure, Unavailable, InterruptedException {
        SetState set = reader.mongo(true);
        Hosts hosts = new Hosts(set, domain);
        List<PodState> pods = reader.pods(set, true);
        List<ClaimState> claims = ClaimState.of(set, scope.kube().list(Kind.CLAIM, set.namespace(), null));
        Map<Integer, MemberState> states = members.ask(set, pods);
        scope.recorder().pods(pods);
        MemberTable.of(hosts, states).ifPresent(scope.recorder()::members);
        return new Look(set, hosts, pods, states, claims);
    }

    /** Pods that the set controls beyond so many replicas. */
    List<PodState> podsBeyond(int replicas) throws Failure, Unavailable, InterruptedException {
        SetState set = reader.mongo(true);
        return reader.pods(set, true).stream().filter(p -> p.ordinal() >= set.start() + replicas).toList();
    }

    /** The client of an ordinal's mongod, for commands. */
    MemberClient client(Look look, int ordinal) throws Unavailable {
        PodState pod = look.pod(ordinal).orElseThrow(() -> new Unavailable(look.set().pod(ordinal) + " is gone"));
        return members.client(look.set(), pod);
    }

    @Override
    public void close() {
        reader.close();
        members.close();
    }
}
