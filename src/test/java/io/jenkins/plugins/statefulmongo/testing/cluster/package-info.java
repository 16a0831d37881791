/**
 * A small Kubernetes with MongoDB replica-set members in this JVM; start at {@link
 * io.jenkins.plugins.statefulmongo.testing.cluster.EmbeddedCluster}.
 *
 * <p>From the outside in: {@code ApiServer} (HTTP) calls {@code Rest} (create, apply, patch, delete) on {@code Store} (objects and watches);
 * the controllers ({@code StatefulSets}, {@code Deployments}, {@code Volumes}, {@code Budgets}, {@code Garbage}) and the {@code Kubelet} work on
 * one {@code Loop}; a {@code Container} runs a {@code Program}, which {@code Images} chooses: a {@code Member} (mongod) or an {@code App}
 * (go-demo-3). {@code Mongo} holds the members together.
 *
 * <p>Not as on a real cluster: no authentication and no TLS of mongod, no exec, quota, limit ranges, liveness probes, init containers, hooks or
 * {@code minReadySeconds}; claims are bound and grown at once; members know of each other without heartbeats, so their status is never old;
 * data is in memory; secondaries repeat the primary's commands, so an upsert without {@code _id} gets another one on each member.
 */
package io.jenkins.plugins.statefulmongo.testing.cluster;
