package io.jenkins.plugins.statefulmongo.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.statefulmongo.kube.Yaml;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretFileTest {
    private static Optional<SecretFile> of(String podSpec) throws Exception {
        return SecretFile.of(SetState.of(Yaml.one("{kind: StatefulSet, spec: {template: {spec: " + podSpec + "}}}", "test"), null), "keyFile");
    }

    @Test
    void isTheSecretThatIsMountedThere() throws Exception {
        assertThat(of("{volumes: [{name: data}, {name: key, secret: {secretName: shop-key}}],"
                        + " containers: [{name: db, image: 'mongo:7.0', command: [mongod, --keyFile, /etc/key/keyfile],"
                        + " volumeMounts: [{name: data, mountPath: /etc}, {name: key, mountPath: /etc/key/}]}]}"))
                .contains(new SecretFile("shop-key", "keyfile"));
    }

    @Test
    void isTheItemOfThatPath() throws Exception {
        assertThat(of("{volumes: [{name: key, secret: {secretName: s, items: [{key: a, path: b}, {key: c, path: sub/d}]}}],"
                        + " containers: [{name: db, command: [mongod, --keyFile=/k/sub/d], volumeMounts: [{name: key, mountPath: /k}]}]}"))
                .contains(new SecretFile("s", "c"));
        assertThat(of("{volumes: [{name: key, secret: {secretName: s}}],"
                        + " containers: [{name: db, command: [mongod, --keyFile=/data/key], volumeMounts: [{name: key, mountPath: /data/key, subPath: k}]}]}"))
                .contains(new SecretFile("s", "k"));
    }

    @Test
    void isTheSecretThatAnInitContainerCopies() throws Exception {
        assertThat(of("{volumes: [{name: in, secret: {secretName: s}}, {name: out, emptyDir: {}}, {name: tls, secret: {secretName: other}}],"
                        + " initContainers: [{name: copy, volumeMounts: [{name: in, mountPath: /in}, {name: out, mountPath: /out}]},"
                        + " {name: certificates, volumeMounts: [{name: tls, mountPath: /in}]}],"
                        + " containers: [{name: db, command: [mongod, --keyFile, /k/keyfile], volumeMounts: [{name: out, mountPath: /k}]}]}"))
                .contains(new SecretFile("s", "keyfile"));
    }

    @Test
    void isTheSecretThatItsOwnCommandCopies() throws Exception {
        assertThat(of("{volumes: [{name: in, secret: {secretName: s}}, {name: out, emptyDir: {}}, {name: tls, secret: {secretName: other}}],"
                        + " containers: [{name: db, command: [sh, -c, 'install -m 0400 /in/key /k/keyfile && exec mongod --keyFile /k/keyfile'],"
                        + " volumeMounts: [{name: out, mountPath: /k}, {name: tls, mountPath: /tls}, {name: in, mountPath: /in}]}]}"))
                .contains(new SecretFile("s", "key"));
    }

    @Test
    void isUnknownWithoutTheOptionOrFromElsewhere() throws Exception {
        assertThat(of("{containers: [{name: db, command: [mongod]}]}")).isEmpty();
        assertThat(of("{containers: [{name: db, command: [mongod, --keyFile, /baked/in]}]}")).isEmpty();
        assertThat(of("{volumes: [{name: a, secret: {secretName: s}}, {name: b, secret: {secretName: t}}, {name: out, emptyDir: {}}],"
                        + " containers: [{name: db, command: [mongod, --keyFile, /k/keyfile],"
                        + " volumeMounts: [{name: out, mountPath: /k}, {name: a, mountPath: /a}, {name: b, mountPath: /b}]}]}"))
                .as("which of the two").isEmpty();
    }
}
