package io.jenkins.plugins.statefulmongo.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The views as a browser under a strict content security policy takes them, and as Jelly will look into our objects. */
class ViewsTest {
    private static final Path RESOURCES = Path.of("src/main/resources");
    private static final Path PAGE = RESOURCES.resolve("io/jenkins/plugins/statefulmongo/page/BuildPage");
    /** What each variable of the page's views holds. */
    private static final Map<String, Class<?>> VARIABLES = Map.of(
            "it", BuildPage.class, "view", SectionView.class, "section", Section.class, "line", TimeLine.class, "lane", TimeLine.Lane.class,
            "bar", TimeLine.Bar.class, "dot", TimeLine.Dot.class, "pod", PodView.class, "member", MemberRow.class, "event", SectionView.Event.class);
    /** Words of JEXL, which are no properties in an expression. */
    private static final Set<String> RESERVED =
            Set.of("size", "empty", "and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "div", "mod", "if", "else", "foreach", "while", "in", "new");
    private static final Pattern PROPERTIES = Pattern.compile("(?<![\\w.'])(" + String.join("|", VARIABLES.keySet()) + ")((?:\\.\\w+\\b(?!\\())+)");

    static List<Path> views() throws IOException {
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            return files.filter(f -> f.toString().matches(".*\\.(jelly|html)")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("views")
    void jenkins19_noViewHasAScriptAStyleOrAHandlerInIt(Path view) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Element element : elements(view)) {
            String name = element.getTagName();
            if (Set.of("script", "style").contains(name) || name.equals("iframe")) {
                wrong.add("<" + name + ">");
            }
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                String attribute = element.getAttributes().item(i).getNodeName();
                String value = element.getAttributes().item(i).getNodeValue();
                if (attribute.matches("style|on\\w+|srcdoc") || value.stripLeading().toLowerCase().startsWith("javascript:")) {
                    wrong.add(name + " " + attribute + "=" + value);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatTheViewsReadIsThere() throws Exception {
        int read = 0;
        for (Path view : pages()) {
            String expressions = Pattern.compile("\\$\\{[^}]*}").matcher(Files.readString(view)).results()
                    .map(MatchResult::group)
                    .collect(Collectors.joining("\n"));
            Matcher found = PROPERTIES.matcher(expressions);
            while (found.find()) {
                Class<?> type = VARIABLES.get(found.group(1));
                for (String property : found.group(2).substring(1).split("\\.")) {
                    assertThat(type).as(view + ": " + found.group()).isNotNull();
                    assertThat(RESERVED).as(view + ": " + found.group()).doesNotContain(property);
                    type = typeOf(type, property);
                }
                read++;
            }
        }
        assertThat(read).isGreaterThan(50);
    }

    /** Jelly calls through public methods of public classes only. */
    @Test
    void whatTheViewsReadIsPublic() {
        assertThat(VARIABLES.values()).allSatisfy(type -> assertThat(type).isPublic());
    }

    @Test
    void eachTextOfAViewIsInItsPropertiesOrIsWhatItSays() throws Exception {
        for (Path view : pages()) {
            Matcher text = Pattern.compile("\\$\\{%([^}(]+)(\\([^}]*\\))?}").matcher(Files.readString(view));
            Set<String> used = new TreeSet<>();
            while (text.find()) {
                used.add(text.group(1));
                boolean itself = Character.isUpperCase(text.group(1).charAt(0)) && text.group(2) == null;
                assertThat(itself || texts(view).containsKey(text.group(1))).as(view.getFileName() + ": " + text.group()).isTrue();
            }
            assertThat(used).as(view.getFileName() + " uses each of its texts").containsAll(texts(view).stringPropertyNames());
        }
    }

    @Test
    void whatIsTakenOverLiveCanBeFoundAgain() throws Exception {
        int live = 0;
        for (Path view : pages()) {
            for (Element element : elements(view)) {
                if (element.hasAttribute("data-live")) {
                    assertThat(element.getAttribute("id")).as(view + " " + element.getTagName()).isNotBlank();
                    live++;
                }
                if (element.getTagName().equals("details")) {
                    assertThat(element.getAttribute("data-part")).as(view.toString()).isNotBlank();
                    assertThat(element.getElementsByTagName("summary").getLength()).isEqualTo(1);
                }
            }
        }
        assertThat(live).isEqualTo(6);
    }

    @Test
    void thePageIsForKeyboardsAndScreenReadersToo() throws Exception {
        for (Path view : pages()) {
            for (Element element : elements(view)) {
                if (element.getTagName().equals("svg")) {
                    assertThat(element.getAttribute("aria-label")).isNotBlank();
                    assertThat(element.getAttribute("role")).isEqualTo("img");
                }
                if (element.getTagName().equals("th")) {
                    assertThat(element.getAttribute("scope")).isIn("row", "col");
                }
                if (element.hasAttribute("tabindex")) {
                    assertThat(element.getAttribute("tabindex")).isEqualTo("0");
                    assertThat(element.getAttribute("aria-label")).isNotBlank();
                }
            }
        }
    }

    /** Colours of its own would not follow a theme; those after a comma are for a Jenkins without the variable. */
    @Test
    void theStylesTakeTheirColoursFromTheTheme() throws Exception {
        String css = Files.readString(PAGE.resolve("page.css")).replaceAll("var\\([^)]*\\)", "var");
        assertThat(css).doesNotContainPattern("#[0-9a-fA-F]{3}|rgb|hsl|white(?!-)|black");
        Set<String> classes = new TreeSet<>();
        for (Path view : pages()) {
            Matcher used = Pattern.compile("stateful-mongo-[a-z]+(?=[\" ])").matcher(Files.readString(view));
            while (used.find()) {
                classes.add(used.group());
            }
        }
        Set<String> styled = Pattern.compile("\\.(stateful-mongo[a-z-]*)").matcher(css).results().map(m -> m.group(1)).collect(Collectors.toSet());
        classes.removeAll(Set.of("stateful-mongo-summary"));
        assertThat(styled).containsAll(classes);
    }

    @Test
    void theScriptOnlyReadsAndEndsWithTheBuild() throws Exception {
        String script = Files.readString(PAGE.resolve("page.js"));
        assertThat(script).contains("fetch(\"fragment\"").contains("dataset.building === \"true\"")
                .doesNotContain("POST", "eval", "innerHTML = ", "insertAdjacentHTML", "document.write", "localStorage", "cookie", ".style");
        assertThat(Files.readString(PAGE.resolve("fragment.jelly"))).as("dispatched by itself").contains("<l:ajax>");
    }

    private static List<Path> pages() throws IOException {
        return views().stream().filter(v -> v.startsWith(PAGE)).toList();
    }

    private static Class<?> typeOf(Class<?> type, String property) {
        String end = Character.toUpperCase(property.charAt(0)) + property.substring(1);
        Method getter = Stream.of(type.getMethods())
                .filter(m -> m.getParameterCount() == 0 && (m.getName().equals("get" + end) || m.getName().equals("is" + end) || m.getName().equals(property)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type.getSimpleName() + " has no " + property));
        return getter.getReturnType();
    }

    private static Properties texts(Path view) throws IOException {
        Properties texts = new Properties();
        Path file = Path.of(view.toString().replace(".jelly", ".properties"));
        if (Files.exists(file)) {
            try (Reader in = Files.newBufferedReader(file)) {
                texts.load(in);
            }
        }
        return texts;
    }

    private static List<Element> elements(Path view) throws Exception {
        String text = Files.readString(view);
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(
                new java.io.ByteArrayInputStream((view.toString().endsWith(".html") ? "<html>" + text.replace("&nbsp;", " ") + "</html>" : text)
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        NodeList all = document.getElementsByTagName("*");
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            elements.add((Element) all.item(i));
        }
        return elements;
    }
}
