package io.jenkins.plugins.statefulmongo.deploy;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kubernetes' quantities ({@code 2Gi}, {@code 500m}, {@code 1e3}) as numbers. */
final class Quantity {
    private static final Pattern FORM = Pattern.compile("([+-]?\\d*\\.?\\d+)(?:[eE]([+-]?\\d{1,3})|([numkMGTPE]|[KMGTPE]i))?");
    private static final Map<String, BigDecimal> SUFFIXES = Map.ofEntries(
            Map.entry("n", new BigDecimal("1e-9")),
            Map.entry("u", new BigDecimal("1e-6")),
            Map.entry("m", new BigDecimal("1e-3")),
            Map.entry("k", new BigDecimal("1e3")),
            Map.entry("M", new BigDecimal("1e6")),
            Map.entry("G", new BigDecimal("1e9")),
            Map.entry("T", new BigDecimal("1e12")),
            Map.entry("P", new BigDecimal("1e15")),
            Map.entry("E", new BigDecimal("1e18")),
            Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
            Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
            Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
            Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
            Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
            Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

    private Quantity() {}

    /** Empty for anything that is no quantity, null included. */
    static Optional<BigDecimal> of(Object value) {
        Matcher m = FORM.matcher(value == null ? "" : value.toString());
        if (!m.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(m.group(1));
        if (m.group(2) != null) {
            return Optional.of(number.scaleByPowerOfTen(Integer.parseInt(m.group(2).replace("+", ""))));
        }
        return Optional.of(m.group(3) == null ? number : number.multiply(SUFFIXES.get(m.group(3))));
    }
}
