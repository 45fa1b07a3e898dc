// A table with headers that turns into labelled cards where it has no room. The roles are written out, because CSS that lays a table
// out as blocks would otherwise take its meaning from screen readers.
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** The cell that names its row. */
  readonly heading?: boolean;
  /** 'number' sets figures against the right edge; 'wide' takes what room is left. */
  readonly kind?: 'number' | 'wide';
}

interface DataTableProps<Row> {
  /** What the table holds, for those who cannot see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly rowClass?: (row: Row) => string;
}

export function DataTable<Row>({ caption, columns, rows, rowKey, rowClass }: DataTableProps<Row>) {
  return (
    <table className="data-table" role="table">
      <caption className="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ key, label, kind }) => <th key={key} scope="col" role="columnheader" className={kind}>{label}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, index) => (
          <tr key={rowKey(row, index)} role="row" className={rowClass?.(row)}>
            {columns.map(({ key, label, cell, heading, kind }) => {
              const value = cell(row);
              // A cell without content is left empty, so that a card does not show its label.
              const content = value === null || value === '' ? null : <div className="cell">{value}</div>;
              return heading === true
                ? <th key={key} scope="row" role="rowheader" className={kind} data-label={label}>{content}</th>
                : <td key={key} role="cell" className={kind} data-label={label}>{content}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
