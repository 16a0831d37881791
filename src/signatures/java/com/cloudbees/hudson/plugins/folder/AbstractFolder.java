package com.cloudbees.hudson.plugins.folder;

import hudson.model.AbstractItem;
import hudson.model.ItemGroup;
import hudson.model.TopLevelItem;
import hudson.util.DescribableList;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** Signature of {@code com.cloudbees.hudson.plugins.folder.AbstractFolder} in cloudbees-folder. */
@SuppressWarnings({"rawtypes", "unchecked"})
public abstract class AbstractFolder<I extends TopLevelItem> extends AbstractItem implements TopLevelItem, ItemGroup<I> {
    private final transient DescribableList<AbstractFolderProperty<?>, AbstractFolderPropertyDescriptor> properties =
            new DescribableList<>() {};

    protected AbstractFolder(ItemGroup parent, String name) {
        super(parent, name);
    }

    public DescribableList<AbstractFolderProperty<?>, AbstractFolderPropertyDescriptor> getProperties() {
        return properties;
    }

    public void addProperty(AbstractFolderProperty p) throws IOException {
        properties.add(p);
    }

    @Override
    public Collection<I> getItems() {
        return List.of();
    }
}
