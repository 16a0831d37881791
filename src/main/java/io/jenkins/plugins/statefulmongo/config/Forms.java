package io.jenkins.plugins.statefulmongo.config;

import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.engine.Parameters;
import io.jenkins.plugins.statefulmongo.engine.Unavailable;
import java.util.Map;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

/** What the forms' validation has in common. Whoever may not see the form is told nothing, neither good nor bad. */
public final class Forms {
    /** Reads a value as the steps do. */
    public interface Reader {
        Object read() throws Failure, Unavailable, InterruptedException;
    }

    /** Reads a parameter as the steps do. */
    public interface ParameterReader {
        Object read(Parameters parameters) throws Failure, Unavailable, InterruptedException;
    }

    private Forms() {}

    static FormValidation administrator(Supplier<FormValidation> check) {
        return Jenkins.get().hasPermission(Jenkins.ADMINISTER) ? check.get() : FormValidation.ok();
    }

    /**
     * Whether the user may see the configuration of a job or folder.
     *
     * @param item null outside of all, as on Jenkins' own snippet generator
     */
    public static boolean mayConfigure(Item item) {
        return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.EXTENDED_READ);
    }

    static FormValidation valid(Reader reader) {
        try {
            reader.read();
            return FormValidation.ok();
        } catch (Failure | Unavailable e) {
            return FormValidation.error(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FormValidation.ok();
        }
    }

    /** What a step would say to that value of a parameter. */
    static FormValidation valid(String name, Object value, ParameterReader reader) {
        return valid(() -> reader.read(new Parameters(value == null ? Map.of() : Map.of(name, value))));
    }

    /** What a step would say to that value, for whoever may see the configuration of the job or folder. */
    public static FormValidation check(Item item, String name, Object value, ParameterReader reader) {
        return mayConfigure(item) ? valid(name, value, reader) : FormValidation.ok();
    }

    /** What a step would say to those values, for whoever may see the configuration of the job or folder. */
    public static FormValidation check(Item item, Parameters values, ParameterReader reader) {
        return mayConfigure(item) ? valid(() -> reader.read(values)) : FormValidation.ok();
    }
}
