// The share of a core that the daemon used at the last readings, with its budget as a line: does it keep to it, and for how long?
import { memo } from 'react';
import { type Value, areaPath, linePath, yAt } from '../../plot/line';
import { fromZero } from '../../plot/scale';
import { percent } from '../../format/units';
import { counted } from '../../format/text';
import { sparkFrame } from './sparkline';

interface UsedPlotProps {
  /** Permille of a core, oldest first. */
  readonly values: readonly Value[];
  /** Permille of a core. */
  readonly budget: number | null;
}

export const UsedPlot = memo(function UsedPlot({ values, budget }: UsedPlotProps) {
  const frame = sparkFrame(values.length, 200, 34);
  const scale = fromZero([...values, budget]);
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return (
    <svg className="used-plot" viewBox={`0 0 ${frame.width} ${frame.height}`} preserveAspectRatio="none" role="img" aria-label={`CPU used over the last ${counted(values.length, 'reading')}: at most ${percent(most)} of a core.`}>
      <path className="spark-area" d={areaPath(values, scale, frame)} />
      <path className="spark-line" d={linePath(values, scale, frame)} />
      {budget !== null && <path className="used-budget" d={`M0 ${yAt(budget, scale, frame)}H${frame.width}`} />}
    </svg>
  );
});
