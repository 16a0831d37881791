// Deploys a replica set, waits for its pods and initiates it. Returns its members and connection string.
def call(Map args) {
    def deployed = deployStatefulMongo(args)
    if (args.dryRun || args.absent) {
        return deployed // nothing is there to wait for
    }
    waitOrdinals cluster: args.cluster, namespace: args.namespace, name: args.name, container: args.container,
        timeoutSeconds: args.timeoutSeconds, stuckSeconds: args.stuckSeconds
    return initReplicaSet(cluster: args.cluster, namespace: args.namespace, name: args.name, container: args.container,
        timeoutSeconds: args.timeoutSeconds, replicaSet: args.replicaSet, clusterDomain: args.clusterDomain,
        rootCredentialsId: args.rootCredentialsId)
}
