// The strip of tiles at the top: the machine's services and the daemon that watches them, at a glance.
import { useState } from 'react';
import type { Reading } from '../../feeds/feed';
import type { StatusReading } from '../../feeds/status-feed';
import type { HealthClass } from '../../model/verdict';
import { BudgetTile } from './budget-tile';
import { ChecksTile } from './checks-tile';
import { DaemonTile } from './daemon-tile';
import { ServicesTile } from './services-tile';
import { Skeleton } from '../text/skeleton';

interface SummaryProps {
  readonly loading: boolean;
  /** Whether the services are known; an unknown number is not shown as zero. */
  readonly known: boolean;
  readonly services: number;
  readonly endpoints: number;
  readonly counts: Readonly<Record<HealthClass, number>>;
  readonly status: Reading<StatusReading>;
  readonly revision: number | null;
  readonly boot: number | null;
}

export function Summary({ loading, known, services, endpoints, counts, status, revision, boot }: SummaryProps) {
  // Small screens begin with the figures alone; the stylesheet decides what is small.
  const [open, setOpen] = useState(false);
  const reading = status.value;
  return (
    <div className="summary" data-open={open}>
      {loading && <Skeleton className="tile" lines={4} />}
      {known && <ServicesTile total={services} endpoints={endpoints} counts={counts} />}
      {reading !== null && (
        <>
          <BudgetTile reading={reading} />
          <ChecksTile status={reading.status} />
          <DaemonTile status={reading.status} revision={revision} boot={boot} />
        </>
      )}
      {reading === null && status.lostSince === null && [0, 1, 2].map((tile) => <Skeleton key={tile} className="tile" lines={4} />)}
      {reading !== null && (
        <button type="button" className="summary-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? 'Less' : 'More'} about the daemon</button>
      )}
      {reading === null && status.lostSince !== null && (
        <section className="tile tile-missing" aria-label="Daemon">
          <h2>Daemon</h2>
          <p>{known ? 'Its' : 'The services of this machine, and the daemon’s'} CPU budget, memory and checks are shown here as soon as it answers.</p>
        </section>
      )}
    </div>
  );
}
