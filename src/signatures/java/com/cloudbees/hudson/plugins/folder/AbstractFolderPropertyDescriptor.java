package com.cloudbees.hudson.plugins.folder;

import hudson.model.Descriptor;

/** Signature of {@code com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor} in cloudbees-folder. */
public abstract class AbstractFolderPropertyDescriptor extends Descriptor<AbstractFolderProperty<?>> {
    @SuppressWarnings("rawtypes")
    public boolean isApplicable(Class<? extends AbstractFolder> containerType) {
        return true;
    }
}
