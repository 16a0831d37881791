package io.jenkins.plugins.statefulmongo.update;

import io.jenkins.plugins.statefulmongo.engine.Failure;
import io.jenkins.plugins.statefulmongo.state.Image;
import io.jenkins.plugins.statefulmongo.state.MemberState;
import io.jenkins.plugins.statefulmongo.state.Release;
import java.util.Optional;

/**
 * Whether a set may go from one release to another. Pure. The rules are MongoDB's: one series at a time, never down across series,
 * featureCompatibilityVersion at the old series first (https://www.mongodb.com/docs/manual/release-notes/8.0-upgrade-replica-set/).
 */
final class VersionPath {
    private VersionPath() {}

    /** The release of the wanted image: from {@code version}, else from its tag. */
    static Release target(String image, String version) throws Failure {
        if (version != null) {
            Release given = Release.parse(version)
                    .orElseThrow(() -> new Failure("parameter 'version' must be a release such as 7.0.14, but is '" + version + "'."));
            checkTag(image, given);
            return given;
        }
        return Release.ofImage(image)
                .orElseThrow(() -> new Failure(
                        "parameter 'image' is '" + image + "', "
                                + (Image.parse(image).digest() == null
                                        ? "whose tag does not tell MongoDB's release."
                                        : "which a digest decides: it does not tell MongoDB's release."),
                        "Nothing was touched: without it nobody can say whether the members' data can be opened.",
                        "Name a full tag such as mongo:7.0.14, or give the release with version: '7.0.14'."));
    }

    /** A mirror's tag may count something else; that of the official image is MongoDB's release. */
    private static void checkTag(String image, Release given) throws Failure {
        Optional<Release> tag = Image.parse(image).name().equals("mongo") ? Release.ofImage(image) : Optional.empty();
        if (tag.isPresent() && !tag.get().matches(given)) {
            throw new Failure(
                    "parameter 'version' is " + given + ", but the tag of image '" + image + "' says " + tag.get() + ".",
                    "Nothing was touched. Leave 'version' out, or name the image of " + given + ".");
        }
    }

    /** Refuses a target that no member of this set may go to. */
    static void check(Scene scene, Release target) throws Failure {
        if (!target.reachable()) {
            throw new Failure(
                    "parameter 'image' asks for MongoDB " + target + ", which is too old: 4.2 is the oldest release that this plugin reaches.",
                    "Nothing was touched. Where the image's tag does not count MongoDB's releases, give the release with the parameter 'version'.");
        }
        checkSilent(scene, target);
        for (int ordinal : scene.set().ordinals()) {
            Optional<MemberState> member = scene.member(ordinal);
            if (member.isPresent()) {
                check(scene.name(ordinal), member.get(), target);
            }
        }
    }

    /** Where no member can be asked (scaled to zero, all down), the image tells at least whether a release would be skipped. */
    private static void checkSilent(Scene scene, Release target) throws Failure {
        if (scene.members().values().stream().anyMatch(MemberState::answered)) {
            return;
        }
        Optional<Release> last = Release.ofImage(scene.set().image());
        if (last.isPresent() && !last.get().sameSeries(target) && last.get().olderThan(target) && !last.get().nextIs(target)) {
            throw new Failure(
                    "no member of " + scene.set().name() + " answers, and going from its image " + scene.set().image() + " to " + target
                            + " skips a release.",
                    "Nothing was touched: data files can be opened by the next series only.");
        }
    }

    private static void check(String pod, MemberState member, Release target) throws Failure {
        Release now = member.version();
        if (member.compatibilityTarget() != null) {
            throw new Failure(
                    pod + " is in the middle of a change of featureCompatibilityVersion to " + member.compatibilityTarget() + ".",
                    "Nothing was touched. Finish it on the primary: db.adminCommand({setFeatureCompatibilityVersion: '"
                            + member.compatibilityTarget() + "'}).");
        }
        if (now == null || now.sameSeries(target)) {
            return;
        }
        if (!target.known()) {
            throw new Failure(
                    "MongoDB " + target + " belongs to no release series that this plugin knows: " + Release.knownSeries() + ".",
                    "Nothing was touched. Name a release of one of them; where the image's tag does not count MongoDB's releases, give the release with"
                            + " the parameter 'version'.");
        }
        if (target.olderThan(now)) {
            throw new Failure(
                    "going from MongoDB " + now + " (" + pod + ") down to " + target + " is not possible.",
                    "Nothing was touched: the older release does not open the newer one's data.",
                    "To go back, restore a backup taken with " + target.series() + " into a new set.");
        }
        if (!now.nextIs(target)) {
            throw new Failure(
                    "going from MongoDB " + now + " (" + pod + ") to " + target + " skips a release.",
                    "Nothing was touched: data files can be opened by the next series only.",
                    now.nextSeries().map(s -> "Update to the newest " + s + " first, then raise featureCompatibilityVersion (featureCompatibilityVersion: 'raise').")
                            .orElse(null));
        }
        if (member.compatibility() != null && !member.compatibility().equals(now.series())) {
            throw new Failure(
                    pod + " runs MongoDB " + now + " with featureCompatibilityVersion " + member.compatibility() + ": "
                            + target + " does not open such data.",
                    "Nothing was touched. Set it to " + now.series() + " on the primary first: run rollingImageUpdate with the present image and featureCompatibilityVersion: 'raise'.");
        }
    }
}
