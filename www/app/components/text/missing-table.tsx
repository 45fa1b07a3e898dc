// What is missing of one service, or of all: the endpoint, what is gone of it, and for how long.
import type { Missing } from '../../model/drift';
import { routeHash } from '../../model/route';
import { clip } from '../../format/text';
import { MethodBadge } from '../services/method-badge';
import { Age } from './age';
import { Clip } from './clip';
import { type Column, DataTable } from './data-table';

/** Something missing, with the service that lacks it. */
export interface MissingRow extends Missing {
  readonly service: string;
}

const COLUMNS: readonly Column<MissingRow>[] = [
  { key: 'path', label: 'Path', heading: true, kind: 'wide', cell: ({ path }) => <Clip className="path" text={path} /> },
  { key: 'gone', label: 'Gone', cell: ({ methods, whole, protocol }) => (
    <div className="endpoint-methods">
      {methods.map((method) => <MethodBadge key={method} method={method} strength="hoped" />)}
      <span className="faint">{whole ? `the whole ${protocol === 'http' ? 'endpoint' : clip(protocol, 16)}` : 'the path is still there'}</span>
    </div>
  ) },
  { key: 'since', label: 'Since', kind: 'number', cell: ({ since }) => <Age at={since} none="" /> },
];

const WITH_SERVICE: readonly Column<MissingRow>[] = [
  { key: 'service', label: 'Service', cell: ({ service }) => <a href={routeHash('services', service)}>{clip(service, 60)}</a> },
  ...COLUMNS,
];

interface MissingTableProps {
  readonly caption: string;
  readonly rows: readonly MissingRow[];
  /** Whether the rows are of several services. */
  readonly ofMany?: boolean;
}

export function MissingTable({ caption, rows, ofMany = false }: MissingTableProps) {
  return <DataTable caption={caption} columns={ofMany ? WITH_SERVICE : COLUMNS} rows={rows} rowKey={({ service, path, protocol, whole }) => `${service} ${path} ${protocol} ${String(whole)}`} />;
}
