// Deploys go-demo-3: its replica set, then its api. What runs keeps its images.
def call(Map args) {
    def database = deployStatefulMongo(cluster: args.cluster, namespace: args.namespace, image: args.mongoImage,
        replicas: args.replicas, storage: args.storage)
    waitOrdinals cluster: args.cluster, namespace: args.namespace
    initReplicaSet cluster: args.cluster, namespace: args.namespace
    deployGoDemo3Api cluster: args.cluster, namespace: args.namespace, image: args.apiImage, databaseImage: database.image
}
