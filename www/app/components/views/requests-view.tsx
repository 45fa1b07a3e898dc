// The audit: every request that the client made in order to find something out.
import { type RequestRow, readRequests } from '../../model/records';
import { useRecords } from '../../hooks/use-records';
import { clip, counted } from '../../format/text';
import { offset } from '../../format/time';
import { type Column, DataTable } from '../text/data-table';
import { Clip } from '../text/clip';
import { MethodBadge } from '../services/method-badge';
import { latency } from '../../format/units';

const COLUMNS: readonly Column<RequestRow>[] = [
  { key: 'at', label: 'When', kind: 'number', cell: ({ at }) => offset(at) },
  { key: 'method', label: 'Method', cell: ({ method }) => <MethodBadge method={method} /> },
  { key: 'url', label: 'URL', heading: true, kind: 'wide', cell: ({ url }) => <Clip className="path" text={url} max={400} /> },
  { key: 'purpose', label: 'Purpose', cell: ({ purpose }) => clip(purpose, 60) },
  { key: 'outcome', label: 'Outcome', cell: ({ outcome, status }) => <>{clip(outcome, 80)}{status !== null && status > 0 && <span className="faint"> {status}</span>}</> },
  { key: 'ms', label: 'Took', kind: 'number', cell: ({ ms }) => ms === null ? null : latency(ms * 1_000) },
];

export function RequestsView({ client }: { readonly client: string }) {
  const requests = useRecords(() => readRequests(client));
  return (
    <section className="view" aria-labelledby="requests-title">
      <h2 id="requests-title">Requests audit</h2>
      <p className="view-intro">Every request that the engine has sent in order to find something out, newest first. It can send GET and OPTIONS only: the type of a probe holds no other method.</p>
      {requests.length === 0
        ? <p className="empty-note">No request yet.</p>
        : <DataTable caption={`Requests audit, ${counted(requests.length, 'request')}`} columns={COLUMNS} rows={requests} rowKey={(row, index) => `${requests.length - index} ${row.at}`} />}
    </section>
  );
}
