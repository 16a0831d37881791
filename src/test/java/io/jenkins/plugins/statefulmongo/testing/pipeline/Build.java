package io.jenkins.plugins.statefulmongo.testing.pipeline;

/**
 * How a pipeline ended.
 *
 * @param result {@code SUCCESS}, {@code UNSTABLE}, {@code FAILURE} or {@code ABORTED}
 * @param log the console
 * @param error what ended the pipeline, or null
 */
public record Build(String result, String log, Throwable error) {
    public boolean successful() {
        return result.equals("SUCCESS");
    }
}
