// The endpoints of one service: where, which methods, how that is known, what they speak.
import type { Endpoint } from 'landfall';
import { namesOf } from '../../model/methods';
import { useMore } from '../../hooks/use-more';
import { type Column, DataTable } from '../text/data-table';
import { Clip } from '../text/clip';
import { MoreButton } from '../text/more-button';
import { EndpointMethods } from './endpoint-methods';

interface EndpointTableProps {
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
}

const STEP = 100;
const PROTOCOLS: Readonly<Record<Endpoint['protocol'], string>> = { http: 'HTTP', websocket: 'WebSocket', sse: 'Server-sent events' };

const COLUMNS: readonly Column<Endpoint>[] = [
  { key: 'path', label: 'Path', heading: true, kind: 'wide', cell: (endpoint) => <EndpointPath endpoint={endpoint} /> },
  { key: 'methods', label: 'Methods and evidence', cell: (endpoint) => <EndpointMethods endpoint={endpoint} /> },
  { key: 'protocol', label: 'Protocol', cell: (endpoint) => <span className={`protocol is-${endpoint.protocol}`}>{PROTOCOLS[endpoint.protocol]}</span> },
];

export function EndpointTable({ service, endpoints }: EndpointTableProps) {
  const [shown, more] = useMore(endpoints.length, STEP, endpoints);
  if (endpoints.length === 0) return <p className="empty-note">No endpoint is known: the service publishes no OpenAPI document and none is registered.</p>;
  return (
    <>
      <DataTable caption={`Endpoints of ${service}`} columns={COLUMNS} rows={endpoints.slice(0, shown)} rowKey={({ name, path, protocol }) => `${name} ${path} ${protocol}`} />
      <MoreButton shown={shown} total={endpoints.length} noun="endpoints" onMore={more} />
    </>
  );
}

function EndpointPath({ endpoint }: { readonly endpoint: Endpoint }) {
  const names = namesOf(endpoint);
  return (
    <>
      <Clip className="path" text={endpoint.path} />
      {names.length > 0 && <Clip className="names" text={names.join(', ')} />}
    </>
  );
}
