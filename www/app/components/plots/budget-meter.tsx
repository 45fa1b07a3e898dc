// What the daemon used against what it may use: a bar whose mark is the budget. Where it used more than it should, the part
// beyond the mark has another colour, and the words say so.
import { percent } from '../../format/units';

interface BudgetMeterProps {
  /** Permille of a core. */
  readonly used: number;
  /** Permille of a core. */
  readonly budget: number;
  /** Whether that is more than it should be; not every value above the mark is. */
  readonly over: boolean;
}

/** The share of the bar that the budget takes; the rest is room for what goes beyond it. */
const MARK = 0.75;

export function BudgetMeter({ used, budget, over }: BudgetMeterProps) {
  const share = budget > 0 ? used / budget : 0;
  const within = Math.min(1, share) * MARK * 100;
  const beyond = Math.min(1 - MARK, Math.max(0, share - 1) * MARK) * 100;
  const text = `${percent(used)} of a core used, ${percent(budget)} allowed${over ? ': over the budget' : ''}`;
  return (
    <div className={over ? 'budget-meter is-over' : 'budget-meter'} role="meter" aria-label="CPU used against the budget" aria-valuemin={0} aria-valuemax={Math.max(budget, used)} aria-valuenow={used} aria-valuetext={text}>
      <span className="meter-used" style={{ width: `${within}%` }} />
      <span className="meter-beyond" style={{ left: `${MARK * 100}%`, width: `${beyond}%` }} />
      <span className="meter-mark" style={{ left: `${MARK * 100}%` }} />
    </div>
  );
}
