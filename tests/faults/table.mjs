// The matrix for people: a line for each cell as it comes, and a table of all.
/** What was measured beside that, e.g. `takeover 35 ms`. */
const figuresOf = ({ figures = {} }) => Object.entries(figures).map(([name, value]) =>
  (name.endsWith('_ms') ? `${name.slice(0, -3)} ${value} ms` : `${name.replaceAll('_', ' ')} ${value}`));

/** What stands in a cell. */
function content(cell) {
  if (cell.outcome === 'n/a') return 'n/a';
  if (cell.outcome === 'FAILED') return 'FAILED';
  return [`${Math.round(cell.settled_ms)} ms`, `${cell.requests} request${cell.requests === 1 ? '' : 's'}`, ...figuresOf(cell)].join(', ');
}

/** One line, as soon as a cell is known. */
export function cellLine(cell) {
  const text = `  ${cell.outcome.padEnd(6)} ${cell.engine.padEnd(8)} ${cell.case}`;
  if (cell.outcome === 'ok') return `${text}: ${content(cell)}`;
  return `${text}: ${cell.reason}${cell.at ? ` (${cell.at})` : ''}`;
}

/** A Markdown table: cases down, engines across; then why cells are n/a. */
export function table(cells, versions) {
  const engines = Object.keys(versions);
  const names = [...new Set(cells.map((cell) => cell.case))];
  const rows = [
    ['case', ...engines.map((name) => versions[name])],
    ['---', ...engines.map(() => '---')],
    ...names.map((name) => [name, ...engines.map((engine) => {
      const cell = cells.find((it) => it.case === name && it.engine === engine);
      return cell ? content(cell) : '';
    })]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => `| ${row.map((text, column) => text.padEnd(widths[column], text === '---' ? '-' : ' ')).join(' | ')} |`);
  const reasons = cells.filter(({ outcome }) => outcome === 'n/a').map((cell) => `- n/a: ${cell.case} in ${cell.engine}: ${cell.reason}.`);
  return [...lines, ...(reasons.length > 0 ? ['', ...reasons] : [])].join('\n');
}
