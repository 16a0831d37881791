package com.cloudbees.plugins.credentials.domains;

import java.util.List;

/** Signature of {@code com.cloudbees.plugins.credentials.domains.URIRequirementBuilder} in credentials. */
public class URIRequirementBuilder {
    private URIRequirementBuilder() {}

    public static URIRequirementBuilder create() {
        return new URIRequirementBuilder();
    }

    public static URIRequirementBuilder fromUri(String uri) {
        return create();
    }

    public List<DomainRequirement> build() {
        return List.of();
    }
}
