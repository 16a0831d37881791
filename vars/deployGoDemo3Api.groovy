// Deploys the api of go-demo-3. One that runs keeps its image; its pods are replaced when the database's image is another than before.
def call(Map args) {
    applyManifest cluster: args.cluster, namespace: args.namespace, keepImages: true, manifest: libraryResource('go-demo-3/api.yaml')
        .replace('@IMAGE@', args.image)
        .replace('@DATABASE@', args.databaseImage)
}
