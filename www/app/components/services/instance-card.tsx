// One instance of a service: its address, its verdict with the verdict's age, and the history of both measures.
import { memo } from 'react';
import type { InstanceEntry } from '../../model/services';
import type { Verdict } from '../../model/verdict';
import { sourceText } from '../../model/sources';
import { clip, whole } from '../../format/text';
import { latency } from '../../format/units';
import { HistoryPlot } from '../plots/history-plot';
import { ClassGlyph } from '../plots/class-glyph';
import { Age, Since } from '../text/age';
import { LinkOrText } from '../text/link-or-text';
import { UNKNOWN, known } from '../summary/tile';

interface InstanceCardProps {
  readonly instance: InstanceEntry;
  readonly verdict: Verdict | null;
  /** Whether pages are sent to this one. */
  readonly chosen: boolean;
}

export const InstanceCard = memo(function InstanceCard({ instance, verdict, chosen }: InstanceCardProps) {
  const healthClass = verdict?.healthClass ?? instance.healthClass;
  const source = verdict?.source ?? null;
  return (
    <li className="instance-card">
      <div className="instance-head">
        <LinkOrText url={instance.url} className="instance-url" />
        <span className={`class-label is-${healthClass}`}><ClassGlyph of={healthClass} />{healthClass}</span>
        {chosen && <span className="tag" title="Pages are sent to this instance">in use</span>}
        <span className="faint">weight {whole(instance.weight)}</span>
      </div>
      {healthClass !== 'healthy' && verdict !== null && (verdict.message !== null || verdict.changedAt !== null) && (
        <p className={`instance-why is-${healthClass}`}>
          {verdict.message !== null && <span className="why-words">{clip(verdict.message, 512)}</span>}
          {verdict.changedAt !== null && <span className="faint">{healthClass} since <Since at={verdict.changedAt} /></span>}
        </p>
      )}
      <div className="instance-plots">
        <figure className={`is-${healthClass}`}>
          <figcaption>Health <strong>{verdict?.health ?? UNKNOWN}</strong><span className="faint"> of 100</span></figcaption>
          <HistoryPlot kind="health" values={verdict?.healthHistory ?? []} />
        </figure>
        <figure>
          <figcaption>Latency <strong>{known(verdict?.latencyUs, latency)}</strong><span className="faint"> log scale</span></figcaption>
          <HistoryPlot kind="latency" values={verdict?.latencyHistory ?? []} />
        </figure>
      </div>
      <p className="faint instance-foot">Checked <Age at={verdict?.seenAt ?? null} />{source !== null && <> · {clip(sourceText(source), 40)}</>}</p>
    </li>
  );
});
