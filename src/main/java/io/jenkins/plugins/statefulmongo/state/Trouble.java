package io.jenkins.plugins.statefulmongo.state;

/**
 * Why a pod does not become ready.
 *
 * @param pod the pod's name, also where the pod does not exist
 * @param ordinal the number at its end, or -1 for a pod that has none
 * @param container null where no single container is to blame
 * @param hopeless no passing of time can heal it
 * @param what what is wrong, with the names that matter
 * @param why what Kubernetes or the container said of it; may be empty
 * @param remedy what to do
 */
public record Trouble(
        String pod, int ordinal, String container, Cause cause, boolean hopeless, String what, String why, String remedy) {

    /** What keeps a pod from becoming ready. */
    public enum Cause {
        IMAGE_NAME,
        IMAGE_NOT_FOUND,
        IMAGE_UNAUTHORIZED,
        IMAGE_PULL,
        OPTION,
        OTHER_DATA,
        CONFIG,
        START,
        CRASH,
        OUT_OF_MEMORY,
        EVICTED,
        PROBE,
        NO_STORAGE_CLASS,
        CLAIM,
        VOLUME,
        UNSCHEDULABLE,
        NOT_CREATED,
        TERMINATING,
        /** Nothing says what is missing. */
        UNKNOWN,
        /** Somebody is at work on it, as far as the cluster tells: a node, a volume or an image is on its way. */
        UNDER_WAY
    }

    public static Trouble hopeless(PodState pod, String container, Cause cause, String what, String why, String remedy) {
        return new Trouble(pod.name(), pod.ordinal(), container, cause, true, what, why, remedy);
    }

    public static Trouble passing(PodState pod, String container, Cause cause, String what, String why, String remedy) {
        return new Trouble(pod.name(), pod.ordinal(), container, cause, false, what, why, remedy);
    }

    /** Counts as progress, however long it takes. */
    public boolean underWay() {
        return cause == Cause.UNDER_WAY;
    }

    /** The same with one more line of what to know. */
    public Trouble remark(String line) {
        return new Trouble(pod, ordinal, container, cause, hopeless, what, why, remedy + "\n" + line);
    }

    /** All of it, for the console: several lines. */
    public String text() {
        return what + "." + (why.isEmpty() ? "" : "\n" + why) + "\n" + remedy;
    }
}
