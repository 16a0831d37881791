package io.jenkins.plugins.statefulmongo.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.htmlunit.MockWebConnection;
import org.htmlunit.WebClient;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script of a build's page in a browser: what a reader sees while the build goes on. */
class PageScriptTest {
    private static final Path SCRIPT = Path.of("src/main/resources/io/jenkins/plugins/statefulmongo/page/BuildPage/page.js");
    private static final String URL = "http://jenkins.example/job/deploy/1/stateful-mongo/";
    /** Long pauses end when the test says so. */
    private static final String CLOCK = """
            window.realTimeout = window.setTimeout;
            window.setTimeout = function (task, pause) { return pause >= 1000 ? (window.due = task) && 1 : window.realTimeout(task, pause); };
            """;

    private final WebClient browser = new WebClient();
    private final MockWebConnection jenkins = new MockWebConnection();
    private HtmlPage page;

    @BeforeEach
    void prepare() {
        browser.setWebConnection(jenkins);
        browser.getOptions().setFetchPolyfillEnabled(true);
    }

    @AfterEach
    void close() {
        browser.close();
    }

    @Test
    void whatChangedIsReplacedAndTheRestIsLeftAlone() throws Exception {
        open(true, section("a", "running", "STARTUP2"), section("b", "running", "PRIMARY"));
        page.executeJavaScript("document.getElementById('b-members').firstChild.kept = true");
        look(true, section("a", "running", "SECONDARY"), section("b", "done", "PRIMARY"));
        assertThat(text("a-members")).isEqualTo("SECONDARY");
        assertThat(text("b-state")).isEqualTo("done");
        assertThat(result("document.getElementById('b-members').firstChild.kept")).isEqualTo(true);
        assertThat(follows()).isTrue();
    }

    @Test
    void aStepThatBeginsIsAddedBelow() throws Exception {
        open(true, section("a", "running", "STARTUP2"));
        look(true, section("a", "done", "PRIMARY"), section("b", "running", "PRIMARY"));
        assertThat(page.getByXPath("//section")).extracting(s -> ((DomElement) s).getId()).containsExactly("a", "b");
        look(true, section("a", "done", "PRIMARY"), section("b", "done", "SECONDARY"));
        assertThat(text("b-state") + " " + text("b-members")).isEqualTo("done SECONDARY");
    }

    @Test
    void whatTheReaderClosedStaysClosedAndTheFocusStaysWhereItIs() throws Exception {
        for (String place : List.of("summary", "[tabindex]")) {
            // HtmlUnit gives the focus only to what has a tabindex; a browser also to a summary.
            String tag = place.equals("summary") ? "<summary tabindex='0'>" : "<summary>";
            open(true, section("a", "running", "STARTUP2"), section("b", "running", "STARTUP2").replace("<summary>", tag));
            page.getElementById("a-members").getElementsByTagName("details").get(0).removeAttribute("open");
            page.executeJavaScript("document.querySelector('#b-members " + place + "').focus()");
            look(true, section("a", "running", "PRIMARY"), section("b", "running", "SECONDARY").replace("<summary>", tag));
            assertThat(text("a-members") + " " + text("b-members")).isEqualTo("PRIMARY SECONDARY");
            assertThat(result("document.querySelector('#a-members details').open")).isEqualTo(false);
            assertThat(result("document.querySelector('#b-members details').open")).isEqualTo(true);
            assertThat(result("document.activeElement === document.querySelector('#b-members " + place + "')")).as(place).isEqualTo(true);
        }
    }

    @Test
    void itStopsAskingWhenTheBuildIsOver() throws Exception {
        open(true, section("a", "running", "PRIMARY"));
        look(false, section("a", "done", "PRIMARY"));
        assertThat(text("a-state")).isEqualTo("done");
        assertThat(follows()).isFalse();
        open(false, section("a", "done", "PRIMARY"));
        assertThat(follows()).isFalse();
    }

    @Test
    void anAnswerThatIsAnErrorOrNoneDoesNotStopIt() throws Exception {
        open(true, section("a", "running", "STARTUP2"));
        for (int code : new int[] {500, 502, 503, 504}) {
            answer("<html>Jenkins restarts</html>", code);
            assertThat(follows()).as("after " + code).isTrue();
        }
        jenkins.setThrowable(new URL(URL + "fragment"), new IOException("connection refused"));
        tick();
        assertThat(follows()).isTrue();
        assertThat(text("a-members")).isEqualTo("STARTUP2");
        look(false, section("a", "done", "PRIMARY"));
        assertThat(text("a-members")).isEqualTo("PRIMARY");
    }

    @Test
    void itEndsForWhoIsSignedOutAndWhereTheBuildIsDeleted() throws Exception {
        for (int code : new int[] {200, 403, 404}) {
            open(true, section("a", "running", "PRIMARY"));
            answer("<html><form>Sign in</form></html>", code);
            assertThat(follows()).as("after " + code).isFalse();
            assertThat(text("a-state")).isEqualTo("running");
        }
    }

    private void open(boolean building, String... sections) throws Exception {
        String script = CLOCK + Files.readString(SCRIPT);
        jenkins.setResponse(new URL(URL), "<!DOCTYPE html><html><head><title>page</title><script>" + script + "</script></head><body>"
                + fragment(building, sections) + "</body></html>");
        page = browser.getPage(URL);
    }

    /** The pause is over, and this is what Jenkins has then. */
    private void look(boolean building, String... sections) throws Exception {
        answer("<!DOCTYPE html><html><body>" + fragment(building, sections) + "</body></html>", 200);
    }

    private void answer(String html, int code) throws Exception {
        jenkins.setResponse(new URL(URL + "fragment"), html, code, "some", "text/html", List.of());
        tick();
    }

    private void tick() {
        assertThat(follows()).isTrue();
        page.executeJavaScript("window.task = window.due; window.due = null; window.task();");
        assertThat(browser.waitForBackgroundJavaScript(20_000)).isZero();
    }

    /** Whether it will ask again. */
    private boolean follows() {
        return Boolean.TRUE.equals(result("!!window.due"));
    }

    private Object result(String script) {
        return page.executeJavaScript(script).getJavaScriptResult();
    }

    private String text(String id) {
        return page.getElementById(id).getTextContent();
    }

    /** As the views make it: what may change is in elements of their own, tables in details that can be closed. */
    private static String fragment(boolean building, String... sections) {
        return "<div id='stateful-mongo' data-building='" + building + "'>" + String.join("", sections) + "</div>";
    }

    private static String section(String id, String state, String member) {
        return """
                <section id="ID"><div id="ID-state" data-live="true"><p>STATE</p></div><div id="ID-members" data-live="true">\
                <details open="open" data-part="members"><summary></summary><div tabindex="0"><table><tbody><tr><td>MEMBER</td></tr></tbody></table></div>\
                </details></div></section>"""
                .replace("ID", id).replace("STATE", state).replace("MEMBER", member);
    }
}
