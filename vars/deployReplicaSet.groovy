// Deploys a replica set, waits for its pods and initiates it. Returns its members and connection string.
def call(Map args) {
    deployStatefulMongo args
    waitOrdinals cluster: args.cluster, namespace: args.namespace, name: args.name, container: args.container
    return initReplicaSet(cluster: args.cluster, namespace: args.namespace, name: args.name, container: args.container,
        clusterDomain: args.clusterDomain, rootCredentialsId: args.rootCredentialsId)
}
