// Why the page has the values it has: what raced, what won, what was refused; and what changed since.
import type { ChangeRow } from '../../model/changes';
import { type TraceRow, readTrace } from '../../model/records';
import { useRecords } from '../../hooks/use-records';
import { clip, sentence } from '../../format/text';
import { clock, duration, offset } from '../../format/time';
import { type Column, DataTable } from '../text/data-table';
import { Clip } from '../text/clip';
import { LinkOrText } from '../text/link-or-text';

interface TraceViewProps {
  /** The name of the client. */
  readonly client: string;
  readonly changes: readonly ChangeRow[];
}

const TRACE: readonly Column<TraceRow>[] = [
  { key: 'at', label: 'When', kind: 'number', cell: ({ at }) => offset(at) },
  { key: 'kind', label: 'What', heading: true, cell: ({ kind }) => <span className={`trace-kind is-${clip(kind, 24)}`}>{clip(kind, 24)}</span> },
  { key: 'source', label: 'Source', cell: ({ source }) => source === null ? null : clip(source, 24) },
  { key: 'reason', label: 'Why', kind: 'wide', cell: ({ reason, code }) => <>{reason !== null && <span>{sentence(reason)} </span>}<code className="faint">{clip(code, 60)}</code></> },
  { key: 'origin', label: 'Origin', cell: ({ origin }) => origin === null ? null : <LinkOrText url={origin} /> },
  { key: 'age', label: 'Age', kind: 'number', cell: ({ age }) => age === null ? null : duration(age) },
  { key: 'raced', label: 'Raced', cell: ({ raced }) => raced.map((source) => clip(source, 60)).join(', ') },
];

const CHANGES: readonly Column<ChangeRow>[] = [
  { key: 'at', label: 'When', kind: 'number', cell: ({ at }) => clock(at) },
  { key: 'type', label: 'Event', heading: true, cell: ({ type }) => <span className={`trace-kind is-${type}`}>{type}</span> },
  { key: 'text', label: 'What changed', kind: 'wide', cell: ({ text }) => <Clip className="wrap" text={text} max={600} /> },
];

export function TraceView({ client, changes }: TraceViewProps) {
  const trace = useRecords(() => readTrace(client));
  return (
    <>
      <section className="view" aria-labelledby="trace-title">
        <h2 id="trace-title">Settlement trace</h2>
        <p className="view-intro">How this page’s client came to what it shows, newest first: which sources raced, which won, and why.</p>
        {trace.length === 0
          ? <p className="empty-note">Nothing yet: the engine has not been loaded.</p>
          : <DataTable caption="Settlement trace" columns={TRACE} rows={trace} rowKey={(row, index) => `${trace.length - index} ${row.at}`} rowClass={({ kind }) => (kind === 'settled' ? 'is-key' : '')} />}
      </section>
      <section className="view" aria-labelledby="changes-title">
        <h2 id="changes-title">Changes since this page was opened</h2>
        {changes.length === 0
          ? <p className="empty-note">None yet. Services that move and methods that come or go are listed here.</p>
          : <DataTable caption="Changes" columns={CHANGES} rows={changes} rowKey={({ id }) => String(id)} />}
      </section>
    </>
  );
}
