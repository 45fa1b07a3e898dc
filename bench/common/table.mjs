// Tables of what was measured: for people on stderr (stdout carries the JSON), and for docs/benchmarks.md.

/**
 * Rows that have the same keys.
 * @typedef {{title: string, rows: object[]}} Table
 */

const shown = (value) => {
  if (value === null || value === undefined) return '-';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
};

/** The cells of a table as text, the heads first, and which columns are numbers. */
function cells({ rows }) {
  const keys = Object.keys(rows[0] ?? {});
  const isNumber = keys.map((key) => rows.every((row) => row[key] === null || typeof row[key] === 'number'));
  return { lines: [keys, ...rows.map((row) => keys.map((key) => shown(row[key])))], isNumber };
}

/** Prints a table, numbers to the right. */
export function printTable(table) {
  const { lines, isNumber } = cells(table);
  const widths = isNumber.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  console.error(`\n${table.title}`);
  for (const line of lines) {
    console.error(`  ${line.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd()}`);
  }
}

/** A table in Markdown, with its title as a line of its own. */
export function markdownTable(table) {
  const { lines: [head, ...rest], isNumber } = cells(table);
  const line = (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [`${table.title}:`, '', line(head), line(isNumber.map((it) => (it ? '---:' : '---'))), ...rest.map(line)].join('\n');
}
