// The daemon's CPU: what it may use, what it used, and how that paces its checks.
import { memo } from 'react';
import type { StatusReading } from '../../feeds/status-feed';
import { clip } from '../../format/text';
import { duration } from '../../format/time';
import { percent } from '../../format/units';
import { BudgetMeter } from '../plots/budget-meter';
import { UsedPlot } from '../plots/used-plot';
import { isOverBudget } from '../../model/daemon-status';
import { Facts, Tile, known } from './tile';

/** Three minutes of readings; the view of the budget has more. */
const PLOTTED = 60;

export const BudgetTile = memo(function BudgetTile({ reading }: { readonly reading: StatusReading }) {
  const { budgetPermille, usedPermille, pacePermille, windowMs, policy, forgivenUs } = reading.status.budget;
  const over = isOverBudget(reading.status.budget);
  return (
    <Tile id="budget" title="CPU budget" figure={known(usedPermille, percent)} note={<>of a core, budget {known(budgetPermille, percent)}{over && <strong className="alarm"> · over budget</strong>}</>}>
      <UsedPlot values={reading.samples.slice(-PLOTTED).map((sample) => sample.usedPermille)} budget={budgetPermille} />
      {usedPermille !== null && budgetPermille !== null && <BudgetMeter used={usedPermille} budget={budgetPermille} over={over} />}
      <Facts facts={[
        { term: 'Pace', value: known(pacePermille, percent) },
        { term: 'Policy', value: known(policy, clip) },
        { term: 'Window', value: known(windowMs, duration) },
        { term: 'Serving beyond it', value: known(forgivenUs, (us) => duration(us / 1_000)) },
      ]} />
    </Tile>
  );
});
