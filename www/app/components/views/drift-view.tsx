// Drift: endpoints that services had before, and have no more.
import { useMemo } from 'react';
import type { Reading } from '../../feeds/feed';
import { type DriftReport, missingCount } from '../../model/drift';
import { useMore } from '../../hooks/use-more';
import { counted } from '../../format/text';
import { MissingTable } from '../text/missing-table';
import { MoreButton } from '../text/more-button';
import { Skeleton } from '../text/skeleton';

const STEP = 100;
const ACCEPT = 'curl -X DELETE http://127.0.0.1:7420/v1/drift/NAME \\\n  -H "Authorization: Bearer $(cat ~/.local/state/landfall/token)"';

export function DriftView({ reading: { value, lostSince } }: { readonly reading: Reading<DriftReport> }) {
  return (
    <section className="view" aria-labelledby="drift-title">
      <h2 id="drift-title">Drift</h2>
      <p className="view-intro">Endpoints and methods that a service said it had, and does not say any more. A page that calls one of them fails.</p>
      {value !== null && <Drift report={value} />}
      {value === null && lostSince === null && <Skeleton lines={4} />}
      {value === null && lostSince !== null && <p className="empty-note">The daemon has not said what is missing. It is shown here as soon as it does.</p>}
    </section>
  );
}

function Drift({ report }: { readonly report: DriftReport }) {
  const rows = useMemo(() => [...report.values()].flatMap(({ service, missing }) => missing.map((it) => ({ ...it, service }))), [report]);
  const [shown, more] = useMore(rows.length, STEP, report.size);
  if (rows.length === 0) return <p className="empty-note">Nothing is missing: every service still has what it had.</p>;
  const total = [...report.values()].reduce((sum, drift) => sum + missingCount(drift), 0);
  return (
    <>
      <p className="drift-count">{counted(total, 'endpoint')} of {counted(report.size, 'service')}</p>
      <MissingTable caption={`Missing endpoints, ${counted(rows.length, 'entry', 'entries')}`} rows={rows.slice(0, shown)} ofMany />
      <MoreButton shown={shown} total={rows.length} noun="entries" onMore={more} />
      <details className="drift-help">
        <summary>It is as it should be</summary>
        <p>Whoever has the daemon’s token can say so, and the daemon forgets what was there:</p>
        <pre tabIndex={0}>{ACCEPT}</pre>
      </details>
    </>
  );
}
