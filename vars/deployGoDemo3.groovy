// Deploys go-demo-3: its replica set, then its api. What runs keeps its images.
def call(Map args) {
    def set = deployReplicaSet(cluster: args.cluster, namespace: args.namespace, image: args.mongoImage,
        replicas: args.replicas, storage: args.storage)
    applyManifest cluster: args.cluster, namespace: args.namespace, keepImages: true, manifest: libraryResource('go-demo-3/api.yaml')
        .replace('@IMAGE@', args.apiImage)
        .replace('@DATABASE@', set.members[0].version)
}
