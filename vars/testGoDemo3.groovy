// Asks go-demo-3 for an answer, and writes and reads a person, so that the test reaches the database.
def call(Map args) {
    def person = "build-${env.BUILD_NUMBER}-${args.moment ?: 'deployed'}"
    probeService cluster: args.cluster, namespace: args.namespace, service: 'api', path: '/demo/hello'
    probeService cluster: args.cluster, namespace: args.namespace, service: 'api', path: "/demo/person?name=${person}", method: 'PUT'
    probeService cluster: args.cluster, namespace: args.namespace, service: 'api', path: '/demo/person', contains: person
}
