package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.PluginWrapper;
import java.util.Set;
import java.util.TreeSet;
import net.java.sezpoz.Index;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** A real Jenkins takes the plugin as it is packaged: active, nothing missing, each of its extensions created. */
@WithJenkins
class PluginLoadsTest {
    private static final String OURS = "io.jenkins.plugins.statefulmongo.";

    @Test
    void thePluginIsActiveAndEachOfItsExtensionsIsThere(JenkinsRule jenkins) {
        var manager = jenkins.jenkins.getPluginManager();
        PluginWrapper plugin = manager.getPlugin("stateful-mongo");

        assertThat(manager.getFailedPlugins()).isEmpty();
        assertThat(plugin).isNotNull();
        assertThat(plugin.isActive()).isTrue();
        assertThat(plugin.getDependencyErrors()).isEmpty();
        assertThat(created()).isEqualTo(indexed());
    }

    private static Set<String> indexed() {
        Set<String> names = new TreeSet<>();
        for (var item : Index.load(Extension.class, Object.class, PluginLoadsTest.class.getClassLoader())) {
            if (item.className().startsWith(OURS)) {
                names.add(item.className());
            }
        }
        return names;
    }

    private static Set<String> created() {
        Set<String> names = new TreeSet<>();
        for (String name : indexed()) {
            try {
                Class<?> type = Class.forName(name);
                if (ExtensionList.lookup(type).get(0).getClass() == type) {
                    names.add(name);
                }
            } catch (ReflectiveOperationException | IndexOutOfBoundsException e) {
                // Stays missing.
            }
        }
        return names;
    }
}
