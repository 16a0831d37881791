package io.jenkins.plugins.statefulmongo.testing.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** mongod's command line, as far as the members heed it; an option that the release does not have is refused in mongod's words. */
final class MongodOptions {
    /** The last line that mongod prints before it exits with code 2. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    private static final Set<String> FLAGS = Set.of("bind_ip_all", "ipv6", "auth", "noauth", "shardsvr", "configsvr", "directoryperdb",
            "quiet", "logappend", "syslog", "verbose", "nounixsocket", "transitionToAuth", "noscripting", "notablescan",
            "wiredTigerDirectoryForIndexes", "redactClientLogData", "tlsAllowConnectionsWithoutCertificates", "tlsAllowInvalidHostnames",
            "tlsAllowInvalidCertificates", "sslAllowConnectionsWithoutCertificates", "sslAllowInvalidHostnames",
            "sslAllowInvalidCertificates", "tlsFIPSMode", "traceExceptions");
    private static final Set<String> VALUES = Set.of("replSet", "bind_ip", "dbpath", "keyFile", "logpath", "port", "clusterAuthMode",
            "tlsMode", "tlsCertificateKeyFile", "tlsClusterFile", "tlsCAFile", "sslMode", "sslPEMKeyFile", "sslClusterFile", "sslCAFile",
            "wiredTigerCacheSizeGB", "wiredTigerJournalCompressor", "wiredTigerCollectionBlockCompressor",
            "wiredTigerIndexPrefixCompression", "storageEngine", "syncdelay", "journalCommitInterval", "oplogSize",
            "enableMajorityReadConcern", "logRotate", "timeStampFormat", "pidfilepath", "timeZoneInfo", "profile", "slowms",
            "slowOpSampleRate", "maxConns", "listenBacklog", "unixSocketPrefix", "filePermissions", "networkMessageCompressors",
            "tlsDisabledProtocols", "tlsCRLFile", "tlsClusterCAFile", "tlsLogVersions", "sslDisabledProtocols", "setParameter", "config");

    final Map<String, String> values = new HashMap<>();
    final Map<String, String> parameters = new HashMap<>();

    MongodOptions(List<String> words, Release release) throws UsageException {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.matches("-v+")) {
                continue;
            }
            if (!word.startsWith("-")) {
                throw bad("too many positional options have been specified on the command line");
            }
            String name = word.equals("-f") ? "config" : word.replaceFirst("^--?", "").replaceAll("=.*", "");
            String value = word.contains("=") ? word.substring(word.indexOf('=') + 1) : null;
            boolean flag = isFlag(name, release);
            if (!flag && !VALUES.contains(name) && !(name.equals("oplogMinRetentionHours") && release.atLeast(4, 4))) {
                throw bad("unrecognised option '" + word.replaceAll("=.*", "") + "'");
            }
            if (!flag && value == null) {
                if (++i == words.size()) {
                    throw bad("the required argument for option '--" + name + "' is missing");
                }
                value = words.get(i);
            }
            if (name.equals("setParameter")) {
                parameters.put(value.replaceAll("=.*", ""), value.substring(value.indexOf('=') + 1));
            } else {
                values.put(name, flag ? "true" : value);
            }
        }
        if (!values.getOrDefault("storageEngine", "wiredTiger").equals("wiredTiger")) {
            throw new UsageException("Unknown storage engine: " + values.get("storageEngine"));
        }
        if (values.containsKey("bind_ip") && values.containsKey("bind_ip_all")) {
            throw new UsageException("Can't specify both --bind_ip and --bind_ip_all");
        }
    }

    private static boolean isFlag(String name, Release release) {
        return FLAGS.contains(name) || Set.of("journal", "nojournal").contains(name) && !release.atLeast(6, 1)
                || name.equals("cpu") && !release.atLeast(7, 0);
    }

    private static UsageException bad(String problem) {
        return new UsageException("Error parsing command line: " + problem);
    }

    String replSet() {
        return values.getOrDefault("replSet", "").replaceAll("/.*", "");
    }

    int port() {
        return Integer.parseInt(values.getOrDefault("port", "27017"));
    }

    String dbPath() {
        return values.getOrDefault("dbpath", "/data/db");
    }

    boolean listensOutside() {
        String bind = values.getOrDefault("bind_ip", "localhost");
        return values.containsKey("bind_ip_all") || !bind.matches("(localhost|127\\.0\\.0\\.1|::1|,)+");
    }

    /** Where the key file is; null without. */
    String keyFile() {
        return values.get("keyFile");
    }

    /** Where certificate and key are; null without TLS. */
    String certificateFile() {
        return values.getOrDefault("tlsMode", "disabled").equals("disabled") ? null : values.get("tlsCertificateKeyFile");
    }

    boolean requiresTls() {
        return "requireTLS".equals(values.get("tlsMode"));
    }

    boolean asksForLogin() {
        return (values.containsKey("keyFile") || values.containsKey("auth")) && !values.containsKey("transitionToAuth");
    }

    /** How long a new member stays in STARTUP2: the test bed's parameter of the same name. */
    long initialSyncMillis() {
        return Long.parseLong(parameters.getOrDefault("standInInitialSyncDelayMillis", "30"));
    }
}
