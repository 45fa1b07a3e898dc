// What the words beside the methods mean.
import { EVIDENCE } from '../../model/methods';
import { MethodBadge } from './method-badge';

export function EvidenceLegend() {
  return (
    <details className="evidence-legend">
      <summary>How a method is known</summary>
      <dl>
        {EVIDENCE.map(({ key, label, strength, meaning }) => (
          <div key={key}>
            <dt><MethodBadge method="GET" strength={strength} /><span className={`evidence-label is-${strength}`}>{label}</span></dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
