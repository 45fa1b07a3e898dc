// Everything known of one service.
import type { HealthReport } from '../../model/verdict';
import { type ServiceEntry, instanceVerdict, serviceClass } from '../../model/services';
import { type ServiceDrift, missingCount } from '../../model/drift';
import type { Match } from '../../model/search';
import { useMore } from '../../hooks/use-more';
import { routeHash } from '../../model/route';
import { clip, counted } from '../../format/text';
import { ClassGlyph } from '../plots/class-glyph';
import { Icon } from '../icons';
import { Clip } from '../text/clip';
import { MissingTable } from '../text/missing-table';
import { MoreButton } from '../text/more-button';
import { EndpointTable } from './endpoint-table';
import { EvidenceLegend } from './evidence-legend';
import { InstanceCard } from './instance-card';

interface ServiceDetailProps {
  readonly service: ServiceEntry;
  /** What the search found in it; its endpoints come first while there is a search. */
  readonly match: Match | null;
  readonly report: HealthReport | null;
  /** What it lacks, if anything. */
  readonly drift: ServiceDrift | undefined;
  /** `KEY=VALUE` */
  readonly labels: readonly string[];
  /** Whether the reader chose it; else it is a preview, which cannot be closed. */
  readonly chosen: boolean;
}

const INSTANCES_STEP = 8;

export function ServiceDetail({ service, match, report, drift, labels, chosen }: ServiceDetailProps) {
  const [shownInstances, moreInstances] = useMore(service.instances.length, INSTANCES_STEP, service.name);
  const healthClass = serviceClass(report, service);
  const found = match !== null && match.endpoints.length > 0 ? match.endpoints : null;
  return (
    <article className="service-detail" aria-labelledby="service-detail-name">
      {chosen && <a className="detail-close" href={routeHash('services')}><Icon name="back" /><span className="detail-back-label">All services</span><span className="detail-close-icon"><Icon name="close" /></span></a>}
      <div className="detail-head">
        <span className={`class-label is-${healthClass}`}><ClassGlyph of={healthClass} />{healthClass}</span>
        <h2 id="service-detail-name" tabIndex={-1}><Clip text={service.name} /></h2>
        {service.title !== null && <p className="detail-title"><Clip text={service.title} /></p>}
        {labels.length > 0 && <ul className="labels" aria-label="Labels">{labels.map((label) => <li key={label}>{label}</li>)}</ul>}
      </div>

      <section aria-labelledby="detail-instances">
        <h3 id="detail-instances">{counted(service.instances.length, 'instance')}</h3>
        {service.instances.length === 0 && <p className="empty-note">No instance runs at the moment. It is shown again as soon as one is found.</p>}
        <ul className="instances">
          {service.instances.slice(0, shownInstances).map((instance) => (
            <InstanceCard key={instance.url} instance={instance} chosen={service.instances.length > 1 && instance.url === service.url} verdict={instanceVerdict(report, service.name, instance.url)} />
          ))}
        </ul>
        <MoreButton shown={shownInstances} total={service.instances.length} noun="instances" onMore={moreInstances} />
      </section>

      {drift !== undefined && (
        <section aria-labelledby="detail-drift">
          <h3 id="detail-drift"><Icon name="alert" /> {missingCount(drift)} missing of what it had</h3>
          <MissingTable caption={`Missing endpoints of ${clip(service.name)}`} rows={drift.missing.map((it) => ({ ...it, service: service.name }))} />
        </section>
      )}

      <section aria-labelledby="detail-endpoints">
        <h3 id="detail-endpoints">{found === null ? counted(service.endpoints.length, 'endpoint') : `${found.length} of ${counted(service.endpoints.length, 'endpoint')} found`}</h3>
        <EndpointTable service={clip(service.name)} endpoints={found ?? service.endpoints} />
        <EvidenceLegend />
      </section>
    </article>
  );
}
