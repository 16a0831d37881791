package io.jenkins.plugins.statefulmongo.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 10: what the default build compiles against is what Jenkins is. Compiles {@code src/signatures/java} anew, loads each class
 * beside the real one, and compares all that a compiler, a linker or an annotation processor would see of it.
 */
class SignaturesTest {
    private static final Path SOURCES = Path.of(System.getProperty("basedir"), "src/signatures/java");
    private static final int OF_TYPES = Modifier.PUBLIC
            | Modifier.PROTECTED
            | Modifier.STATIC
            | Modifier.FINAL
            | Modifier.ABSTRACT
            | Modifier.INTERFACE;
    private static final int OF_MEMBERS =
            Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT | Modifier.TRANSIENT;

    /** Supertypes that a signature leaves out on purpose, because nobody uses the class as one. */
    private static final Map<String, Set<String>> LEFT_OUT = Map.of(
            "jenkins.model.Jenkins", Set.of("hudson.ExtensionPoint", "hudson.model.Describable"),
            "hudson.model.AbstractBuild", Set.of("java.lang.Runnable"),
            "hudson.security.PermissionGroup", Set.of("java.lang.Iterable", "java.lang.Comparable"),
            "net.sf.json.JSONArray", Set.of("java.util.List", "java.util.Collection", "java.lang.Comparable"));

    @TempDir
    static Path compiled;

    private static Signatures signatures;
    private static final ClassLoader REAL = SignaturesTest.class.getClassLoader();

    @BeforeAll
    static void compile() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-parameters", "-d", compiled.toString()));
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
        }
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).as("javac").isZero();
        signatures = new Signatures();
    }

    @AfterAll
    static void forget() {
        signatures = null;
    }

    @TestFactory
    Stream<DynamicTest> rule10_eachSignatureIsThatOfTheRealClass() throws Exception {
        List<Class<?>> visible = signatures.visible();
        assertThat(visible).hasSizeGreaterThan(80);
        return visible.stream().map(signature -> DynamicTest.dynamicTest(signature.getName(), () -> compare(signature)));
    }

    private static void compare(Class<?> signature) throws Exception {
        Class<?> real = Class.forName(signature.getName(), false, REAL);
        assertThat(real.getProtectionDomain().getCodeSource())
                .as("where the real class comes from")
                .isNotEqualTo(signature.getProtectionDomain().getCodeSource());

        List<String> differences = new ArrayList<>();
        type(signature, real, differences);
        supertypes(signature, real, differences);
        annotations(signature, real, signature.getName(), differences);
        for (Field field : declared(signature.getDeclaredFields())) {
            field(field, real, differences);
        }
        for (Constructor<?> constructor : declared(signature.getDeclaredConstructors())) {
            constructor(constructor, real, differences);
        }
        for (Method method : declared(signature.getDeclaredMethods())) {
            method(method, real, differences);
        }
        assertThat(differences).as(signature.getName()).isEmpty();
    }

    private static void type(Class<?> signature, Class<?> real, List<String> differences) {
        same("kind", kind(signature), kind(real), differences);
        int modifiers = signature.isEnum() ? OF_TYPES & ~Modifier.FINAL & ~Modifier.ABSTRACT : OF_TYPES;
        same(
                "modifiers",
                Modifier.toString(signature.getModifiers() & modifiers),
                Modifier.toString(real.getModifiers() & modifiers),
                differences);
        same("type parameters", parameters(signature.getTypeParameters()), parameters(real.getTypeParameters()), differences);
        if (signature.isEnum()) {
            same("constants", constants(signature), constants(real), differences);
        }
    }

    /** Of the real supertypes those that have a signature or are Java's own: no other can be named in the signature. */
    private static void supertypes(Class<?> signature, Class<?> real, List<String> differences) {
        Set<String> ours = supertypes(signature);
        Set<String> theirs = supertypes(real);
        Set<String> expected = theirs.stream()
                .filter(name -> name.startsWith("java.") || signatures.has(name) || ours.contains(name))
                .filter(name -> !LEFT_OUT.getOrDefault(real.getName(), Set.of()).contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        same("supertypes", ours, expected, differences);

        Set<String> generic = genericSupertypes(real);
        Set<Class<?>> direct = Stream.concat(Stream.ofNullable(real.getSuperclass()), Arrays.stream(real.getInterfaces()))
                .collect(Collectors.toSet());
        Set<String> directNames = direct.stream().map(Class::getName).collect(Collectors.toSet());
        for (String supertype : genericSupertypes(signature)) {
            String raw = supertype.replaceAll("<.*", "");
            if (directNames.contains(raw) && !generic.contains(supertype)) {
                differences.add("supertype " + supertype + " is not among " + generic);
            }
        }
    }

    private static void field(Field field, Class<?> real, List<String> differences) {
        try {
            Field theirs = real.getDeclaredField(field.getName());
            same(field.getName(), describe(field), describe(theirs), differences);
            annotations(field, theirs, field.getName(), differences);
        } catch (NoSuchFieldException e) {
            differences.add("no field " + field.getName());
        }
    }

    private static void constructor(Constructor<?> constructor, Class<?> real, List<String> differences) {
        Stream.of(real.getDeclaredConstructors())
                .filter(candidate -> erasures(candidate).equals(erasures(constructor)))
                .findFirst()
                .ifPresentOrElse(
                        theirs -> {
                            same("constructor", describe(constructor, ""), describe(theirs, ""), differences);
                            annotations(constructor, theirs, constructor.toString(), differences);
                        },
                        () -> differences.add("no constructor with " + erasures(constructor)));
    }

    private static void method(Method method, Class<?> real, List<String> differences) {
        Method theirs = find(method, real);
        if (theirs == null) {
            differences.add("no method " + method.getReturnType().getName() + ' ' + method.getName() + erasures(method));
            return;
        }
        boolean inherited = theirs.getDeclaringClass() != real;
        if (!inherited || method.getGenericReturnType() instanceof Class) {
            same(
                    method.getName(),
                    describe(method, method.getGenericReturnType().getTypeName()),
                    describe(theirs, theirs.getGenericReturnType().getTypeName()),
                    differences);
        }
        annotations(method, theirs, method.getName(), differences);
        same(
                "default of " + method.getName(),
                text(method.getDefaultValue()),
                text(theirs.getDefaultValue()),
                differences);
    }

    /** The method of this very descriptor, as the linker would find it: in the class, else in a supertype. */
    private static Method find(Method wanted, Class<?> real) {
        for (Class<?> type : hierarchy(real)) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(wanted.getName())
                        && erasures(method).equals(erasures(wanted))
                        && method.getReturnType().getName().equals(wanted.getReturnType().getName())
                        && !Modifier.isPrivate(method.getModifiers())) {
                    return method;
                }
            }
        }
        return null;
    }

    /** Annotations that have a signature or are Java's own, with their values; retention, targets and indexing among them. */
    private static void annotations(AnnotatedElement ours, AnnotatedElement theirs, String of, List<String> differences) {
        same("annotations of " + of, annotations(ours), annotations(theirs), differences);
    }

    private static Set<String> annotations(AnnotatedElement element) {
        Set<String> texts = new TreeSet<>();
        for (Annotation annotation : element.getDeclaredAnnotations()) {
            String name = annotation.annotationType().getName();
            boolean indexing = name.startsWith("net.java.sezpoz.") || name.startsWith("org.jvnet.hudson.annotation_indexer.");
            if (name.startsWith("java.lang.") && !name.equals(SafeVarargs.class.getName())
                    || signatures.has(name) && element instanceof Class<?> type && type.isAnnotation()
                    || indexing) {
                texts.add(annotation.toString());
            }
        }
        return texts;
    }

    private static Set<String> supertypes(Class<?> type) {
        return hierarchy(type).stream()
                .filter(supertype -> supertype != type)
                .map(Class::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<Class<?>> hierarchy(Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>();
        if (type != null) {
            all.add(type);
            all.addAll(hierarchy(type.getSuperclass()));
            for (Class<?> supertype : type.getInterfaces()) {
                all.addAll(hierarchy(supertype));
            }
        }
        return all;
    }

    private static Set<String> genericSupertypes(Class<?> type) {
        return Stream.concat(Stream.ofNullable(type.getGenericSuperclass()), Arrays.stream(type.getGenericInterfaces()))
                .map(Type::getTypeName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static <M extends java.lang.reflect.Member> List<M> declared(M[] members) {
        return Arrays.stream(members)
                .filter(member -> !member.isSynthetic())
                .filter(member -> Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()))
                .toList();
    }

    private static String describe(Field field) {
        return Modifier.toString(field.getModifiers() & OF_MEMBERS) + ' ' + field.getGenericType().getTypeName();
    }

    private static String describe(Executable executable, String returned) {
        return String.join(
                " ",
                // The bit of a transient field means varargs here, which isVarArgs tells below.
                Modifier.toString(executable.getModifiers() & OF_MEMBERS & ~Modifier.TRANSIENT),
                parameters(executable.getTypeParameters()),
                returned,
                Arrays.stream(executable.getGenericParameterTypes()).map(Type::getTypeName).toList().toString(),
                executable.isVarArgs() ? "varargs" : "",
                "throws",
                Arrays.stream(executable.getGenericExceptionTypes()).map(Type::getTypeName).sorted().toList().toString());
    }

    private static List<String> erasures(Executable executable) {
        return Arrays.stream(executable.getParameterTypes()).map(Class::getName).toList();
    }

    private static String parameters(TypeVariable<?>[] parameters) {
        return Arrays.stream(parameters)
                .map(parameter -> parameter.getName() + " extends "
                        + Arrays.stream(parameter.getBounds()).map(Type::getTypeName).toList())
                .toList()
                .toString();
    }

    private static String kind(Class<?> type) {
        return type.isAnnotation() ? "annotation" : type.isInterface() ? "interface" : type.isEnum() ? "enum" : "class";
    }

    private static List<String> constants(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(Field::isEnumConstant)
                .map(Field::getName)
                .toList();
    }

    private static String text(Object value) {
        return value instanceof Object[] values
                ? Arrays.toString(values)
                : value instanceof Enum<?> constant ? constant.name() : String.valueOf(value);
    }

    private static void same(String what, Object ours, Object theirs, List<String> differences) {
        if (!ours.equals(theirs)) {
            differences.add(what + ": " + ours + " instead of " + theirs);
        }
    }

    /** Defines the signatures itself and leaves all else to the test's class path: the same names as Jenkins' own classes. */
    private static final class Signatures extends ClassLoader {
        Signatures() {
            super(REAL);
        }

        boolean has(String name) {
            return Files.exists(file(name));
        }

        List<Class<?>> visible() throws IOException, ClassNotFoundException {
            List<Class<?>> classes = new ArrayList<>();
            List<String> names;
            try (Stream<Path> files = Files.walk(compiled)) {
                names = files.filter(file -> file.toString().endsWith(".class"))
                        .map(file -> compiled.relativize(file).toString())
                        .map(name -> name.replace(".class", "").replace(File.separatorChar, '.'))
                        .sorted()
                        .toList();
            }
            for (String name : names) {
                Class<?> type = loadClass(name);
                if (isVisible(type)) {
                    classes.add(type);
                }
            }
            return classes;
        }

        private static boolean isVisible(Class<?> type) {
            return !type.isAnonymousClass()
                    && !type.isLocalClass()
                    && (type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
                    && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
        }

        private Path file(String name) {
            return compiled.resolve(name.replace('.', '/') + ".class");
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null) {
                    loaded = has(name) ? define(name) : super.loadClass(name, resolve);
                }
                return loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try {
                byte[] bytes = Files.readAllBytes(file(name));
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
