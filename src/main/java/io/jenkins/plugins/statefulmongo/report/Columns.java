package io.jenkins.plugins.statefulmongo.report;

import java.util.List;

/** Aligns rows of text in columns, two spaces apart. */
public final class Columns {
    private Columns() {}

    public static List<String> align(List<String[]> rows) {
        int columns = rows.stream().mapToInt(r -> r.length).max().orElse(0);
        int[] width = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        return rows.stream().map(row -> line(row, width)).toList();
    }

    private static String line(String[] row, int[] width) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            line.append(row[i]).append(" ".repeat(width[i] - row[i].length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
