package io.jenkins.plugins.statefulmongo.testing;

/** What befalls pods without anybody asking for it. Where nothing runs in the pod just now, nothing happens. */
public interface Mishaps {
    /** SIGKILL for its containers, which their node starts again: what a restart of the node does to them. */
    void kill(String namespace, String pod) throws Exception;

    /** Its containers end as the kernel ends them for their memory; their node starts them again. */
    void outOfMemory(String namespace, String pod) throws Exception;

    /** Its node runs short of memory and ends the pod: it is Failed, for its controller to make again. */
    void evict(String namespace, String pod) throws Exception;
}
