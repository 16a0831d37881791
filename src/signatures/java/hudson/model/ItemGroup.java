package hudson.model;

import java.util.Collection;
import jenkins.model.FullyNamed;
import jenkins.model.FullyNamedModelObject;

/** Signature of {@code hudson.model.ItemGroup} in jenkins-core. */
public interface ItemGroup<T extends Item> extends FullyNamed, FullyNamedModelObject, Saveable {
    Collection<T> getItems();

    String getUrl();
}
