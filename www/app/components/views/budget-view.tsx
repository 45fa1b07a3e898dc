// Does the daemon keep to its budget, and what does that cost in freshness? The measures of the last half hour, as far as this page
// was there to read them.
import { useMemo } from 'react';
import type { Reading } from '../../feeds/feed';
import type { StatusReading } from '../../feeds/status-feed';
import { type Sample, series } from '../../model/samples';
import { type DaemonStatus, isOverBudget } from '../../model/daemon-status';
import { counted } from '../../format/text';
import { duration } from '../../format/time';
import { bytes, percent } from '../../format/units';
import { TimePlot } from '../plots/time-plot';
import { Skeleton } from '../text/skeleton';

/** A pace that is as often as configured, in permille. */
const FULL_PACE = 1_000;
const MIB = 1_024 * 1_024;

export function BudgetView({ reading }: { readonly reading: Reading<StatusReading> }) {
  return (
    <section className="view" aria-labelledby="budget-title">
      <h2 id="budget-title">Budget</h2>
      <p className="view-intro">What the daemon takes of this machine, and how old its verdicts become because of that. Checks are what it paces; a gap is time in which this page did not ask.</p>
      {reading.value !== null && <Measures reading={reading.value} />}
      {reading.value === null && reading.lostSince === null && <Skeleton className="budget-skeleton" lines={6} />}
      {reading.value === null && reading.lostSince !== null && <p className="empty-note">The daemon does not answer. Its budget is shown here as soon as it does.</p>}
    </section>
  );
}

function Measures({ reading: { status, samples } }: { readonly reading: StatusReading }) {
  const { budgetPermille } = status.budget;
  const { ceilingBytes } = status.memory;
  const plots = useMemo(() => plotsOf(samples), [samples]);
  return (
    <>
      <Advice status={status} />
      <MemoryAdvice memory={status.memory} />
      <div className="time-plots">
        <TimePlot title="CPU, mean of a minute" series={plots.used} say={percent} limit={budgetPermille} />
        <TimePlot title="Oldest verdict" series={plots.oldest} say={duration} />
        <TimePlot title="Pace of the checks" series={plots.pace} say={percent} atLeast={FULL_PACE} />
        {ceilingBytes === null
          ? <TimePlot title="Resident memory" series={plots.resident} say={mebibytes} />
          : <TimePlot title="Memory in use" series={plots.held} say={mebibytes} limit={ceilingBytes / MIB} />}
      </div>
    </>
  );
}

function plotsOf(samples: readonly Sample[]) {
  return {
    used: series(samples, ({ usedPermille }) => usedPermille),
    oldest: series(samples, ({ oldestVerdictMs }) => oldestVerdictMs),
    pace: series(samples, ({ pacePermille }) => pacePermille),
    resident: series(samples, ({ rssBytes }) => inMib(rssBytes)),
    held: series(samples, ({ heldBytes }) => inMib(heldBytes)),
  };
}

/** What the figures mean, where something can be done about them. */
function Advice({ status: { budget } }: Pick<StatusReading, 'status'>) {
  if (isOverBudget(budget)) {
    return <p className="budget-advice is-over">More than the budget was used in the last minute. Serving clients is not held back: many open pages can take it there.</p>;
  }
  const overdue = budget.overdue ?? 0;
  if (overdue === 0) return <p className="budget-advice">Every check is made when it is due.</p>;
  return (
    <p className="budget-advice is-short">
      {counted(overdue, 'check')} {overdue === 1 ? 'is' : 'are'} due and {overdue === 1 ? 'waits' : 'wait'} for budget. If the oldest verdict is older than you like, raise <code>budget.cpu_percent</code> or lengthen <code>checks.interval</code> in the settings.
    </p>
  );
}

/** What the memory ceiling takes away, and what to do. */
function MemoryAdvice({ memory: { level, ceilingBytes } }: Pick<DaemonStatus, 'memory'>) {
  if (ceilingBytes === null || level === null || level === 'full') return null;
  const toDo = <>Raise <code>budget.memory</code> in the settings, or let the daemon know of fewer services.</>;
  if (level === 'no_history') {
    return <p className="budget-advice is-short">The memory in use is near its ceiling of {bytes(ceilingBytes)}: histories have the last few checks only. {toDo}</p>;
  }
  return <p className="budget-advice is-over">The memory in use is at its ceiling of {bytes(ceilingBytes)}: nothing new is found or registered, and histories are short. What is known stays. {toDo}</p>;
}

const inMib = (value: number | null): number | null => (value === null ? null : value / MIB);
const mebibytes = (value: number): string => bytes(value * MIB);
