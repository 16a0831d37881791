// Updates go-demo-3's images where they differ from what runs, and puts the old ones back when its test fails afterwards.
def call(Map args) {
    def database = rollingImageUpdate(cluster: args.cluster, namespace: args.namespace, image: args.mongoImage)
    def api = rollingImageUpdate(cluster: args.cluster, namespace: args.namespace, name: 'api', kind: 'Deployment', image: args.apiImage)
    try {
        deployGoDemo3Api cluster: args.cluster, namespace: args.namespace, image: api.to, databaseImage: database.to
        // A person of its own: the one of the test before proves nothing.
        testGoDemo3 cluster: args.cluster, namespace: args.namespace, moment: 'updated'
    } catch (hudson.AbortException e) {
        echo "go-demo-3 fails its test after the update: going back to ${api.from} and ${database.from}"
        catchError { rollingImageUpdate cluster: args.cluster, namespace: args.namespace, name: 'api', kind: 'Deployment', image: api.from }
        catchError { rollingImageUpdate cluster: args.cluster, namespace: args.namespace, image: database.from }
        throw e
    }
}
