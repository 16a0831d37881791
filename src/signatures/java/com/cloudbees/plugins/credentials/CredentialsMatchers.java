package com.cloudbees.plugins.credentials;

import com.cloudbees.plugins.credentials.common.IdCredentials;

/** Signature of {@code com.cloudbees.plugins.credentials.CredentialsMatchers} in credentials. */
public class CredentialsMatchers {
    private CredentialsMatchers() {}

    public static CredentialsMatcher always() {
        return item -> true;
    }

    @SuppressWarnings("rawtypes")
    public static CredentialsMatcher instanceOf(Class clazz) {
        return clazz::isInstance;
    }

    public static CredentialsMatcher withId(String id) {
        return item -> item instanceof IdCredentials credentials && credentials.getId().equals(id);
    }

    public static CredentialsMatcher anyOf(CredentialsMatcher... matchers) {
        return item -> {
            for (CredentialsMatcher matcher : matchers) {
                if (matcher.matches(item)) {
                    return true;
                }
            }
            return false;
        };
    }

    public static <C extends Credentials> C firstOrNull(Iterable<C> credentials, CredentialsMatcher matcher) {
        for (C credential : credentials) {
            if (matcher.matches(credential)) {
                return credential;
            }
        }
        return null;
    }
}
