// Tables for people, on stderr: stdout carries the JSON.

const shown = (value) => {
  if (value === null || value === undefined) return '-';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
};

/**
 * Prints rows that have the same keys, numbers to the right.
 * @param {string} title
 * @param {object[]} rows
 */
export function printTable(title, rows) {
  const keys = Object.keys(rows[0] ?? {});
  const lines = [keys, ...rows.map((row) => keys.map((key) => shown(row[key])))];
  const widths = keys.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isNumber = keys.map((key) => rows.every((row) => row[key] === null || typeof row[key] === 'number'));
  console.error(`\n${title}`);
  for (const line of lines) {
    console.error(`  ${line.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd()}`);
  }
}
