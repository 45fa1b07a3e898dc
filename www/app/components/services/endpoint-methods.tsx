// The methods of one endpoint, in groups of the same evidence, with what contradicts them.
import type { Endpoint } from 'landfall';
import { contradictionText, evidenceGroups, protocolLabel } from '../../model/methods';
import { clip } from '../../format/text';
import { Icon } from '../icons';
import { MethodBadge } from './method-badge';

export function EndpointMethods({ endpoint }: { readonly endpoint: Endpoint }) {
  const groups = evidenceGroups(endpoint);
  return (
    <div className="endpoint-methods">
      {endpoint.protocol !== 'http' && <span className="evidence-group"><MethodBadge method={protocolLabel(endpoint.protocol)} /></span>}
      {groups.map(({ evidence, methods }) => (
        <span key={evidence.key} className="evidence-group">
          {methods.map((method) => <MethodBadge key={method} method={method} strength={evidence.strength} />)}
          <span className={`evidence-label is-${evidence.strength}`} title={evidence.meaning}><span className="visually-hidden">known from </span>{evidence.label}</span>
        </span>
      ))}
      {groups.length === 0 && endpoint.protocol === 'http' && <span className="faint">no method known</span>}
      {endpoint.contradictions.map((contradiction) => (
        <span key={contradictionText(contradiction)} className="contradiction"><Icon name="alert" />{clip(contradictionText(contradiction))}</span>
      ))}
    </div>
  );
}
