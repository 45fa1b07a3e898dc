// One row of the list of services. Draws again only when its service or its verdict is another one.
import { memo } from 'react';
import type { HealthClass, Verdict } from '../../model/verdict';
import type { Match } from '../../model/search';
import { methodCounts, methodsOf, protocolLabel } from '../../model/methods';
import { routeHash } from '../../model/route';
import { counted, shortUrl } from '../../format/text';
import { latency } from '../../format/units';
import { Icon } from '../icons';
import { ClassGlyph } from '../plots/class-glyph';
import { HealthSparkline, LatencySparkline } from '../plots/sparkline';
import { Age } from '../text/age';
import { Clip } from '../text/clip';
import { UNKNOWN, known } from '../summary/tile';
import { MethodBadge } from './method-badge';
import { ROW_ENDPOINTS } from './row-layout';

interface ServiceRowProps {
  readonly match: Match;
  readonly verdict: Verdict | null;
  readonly healthClass: HealthClass;
  /** How many endpoints it had before, and has no more. */
  readonly missing: number;
  /** Place in the whole list, from 0. */
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  /** Whether Tab leads to this row; the arrow keys lead to the others. */
  readonly tabStop: boolean;
}

/** Most badges of a row: two lines of them. */
const ROW_METHODS = 7;

const NO_VALUES: readonly number[] = [];

export const ServiceRow = memo(function ServiceRow({ match, verdict, healthClass, missing, index, top, height, selected, tabStop }: ServiceRowProps) {
  const { service, endpoints } = match;
  const counts = methodCounts(service.endpoints);
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={selected} className={`service-row${selected ? ' is-selected' : ''}`} style={{ top, height }}>
      <span role="rowheader" className="cell-name">
        <ClassGlyph of={healthClass} />
        <a href={routeHash('services', service.name)} data-index={index} tabIndex={tabStop ? 0 : -1} className="row-link"><Clip text={service.name} /></a>
        <span className="row-sub">
          {service.url === null ? <span className="faint">no instance</span> : <Clip className="row-url" text={shortUrl(service.url)} />}
          {service.instances.length > 1 && <span className="tag" title={counted(service.instances.length, 'instance')}>×{service.instances.length}<span className="visually-hidden"> instances</span></span>}
          {missing > 0 && <span className="tag is-drift" title={`${counted(missing, 'endpoint')} that it had before`}><Icon name="alert" />{missing}<span className="visually-hidden"> missing</span></span>}
        </span>
      </span>
      <span role="cell" className="cell-methods">
        {counts.slice(0, ROW_METHODS).map(({ method, count }) => <MethodBadge key={method} method={method} title={counted(count, 'endpoint')} />)}
        {counts.length > ROW_METHODS && <span className="faint">+{counts.length - ROW_METHODS}</span>}
        {service.endpoints.length === 0 && <span className="faint">no endpoints</span>}
      </span>
      <span role="cell" className={`cell-health is-${healthClass}`}>
        <HealthSparkline values={verdict?.healthHistory ?? NO_VALUES} />
        <span className="measure"><strong>{verdict?.health ?? UNKNOWN}</strong><span className={`class-word is-${healthClass}`}>{healthClass}</span></span>
      </span>
      <span role="cell" className="cell-latency">
        <LatencySparkline values={verdict?.latencyHistory ?? NO_VALUES} />
        <span className="measure"><strong>{known(verdict?.latencyUs, latency)}</strong><span className="faint"><Age at={verdict?.seenAt ?? null} none="never" /></span></span>
      </span>
      {endpoints.length > 0 && (
        <span role="cell" className="cell-found">
          {endpoints.slice(0, ROW_ENDPOINTS).map((endpoint) => (
            <span key={`${endpoint.name} ${endpoint.path} ${endpoint.protocol}`} className="found-endpoint">
              {endpoint.protocol !== 'http' && <MethodBadge method={protocolLabel(endpoint.protocol)} />}
              {endpoint.protocol === 'http' && methodsOf(endpoint).map((method) => <MethodBadge key={method} method={method} />)}
              <Clip className="path" text={endpoint.path} />
            </span>
          ))}
          {endpoints.length > ROW_ENDPOINTS && <span className="found-endpoint faint">and {endpoints.length - ROW_ENDPOINTS} more</span>}
        </span>
      )}
    </div>
  );
});
