// The larger plots of a service's page: the same lines with a scale beside them. Stretched to the room there is; the strokes are not.
import { memo } from 'react';
import { type Scale, type Value, areaPath, gaps, linePath, yAt } from '../../plot/line';
import { healthScale, latencyScale } from '../../plot/scale';
import { healthSummary, latencySummary } from '../../plot/summary';
import { latency } from '../../format/units';
import { sparkFrame } from './sparkline';

interface Tick {
  readonly value: number;
  readonly label: string;
}

interface HistoryPlotProps {
  readonly values: readonly Value[];
  readonly kind: 'health' | 'latency';
}

/** The history of health or latency with its scale. */
export const HistoryPlot = memo(function HistoryPlot({ values, kind }: HistoryPlotProps) {
  const { scale, ticks, label } = kind === 'health' ? healthPlot(values) : latencyPlot(values);
  const frame = { ...sparkFrame(values.length, 320, 72), inset: 4 };
  return (
    <div className={`history-plot is-${kind}`} role="img" aria-label={label}>
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {ticks.map(({ value }) => <path key={value} className="plot-grid" d={`M0 ${yAt(value, scale, frame)}H${frame.width}`} />)}
        <path className="spark-area" d={areaPath(values, scale, frame)} />
        <path className="spark-line" d={linePath(values, scale, frame)} />
        {gaps(values, frame).map((x) => <path key={x} className="spark-gap" d={`M${x} ${frame.height - 7}v7`} />)}
      </svg>
      <div className="plot-scale" aria-hidden="true">
        {ticks.map((tick) => <span key={tick.value} style={{ top: `${(yAt(tick.value, scale, frame) / frame.height) * 100}%` }}>{tick.label}</span>)}
      </div>
    </div>
  );
});

interface Plot {
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
  readonly label: string;
}

function healthPlot(values: readonly Value[]): Plot {
  return { scale: healthScale, ticks: [0, 50, 100].map((value) => ({ value, label: String(value) })), label: healthSummary(values) };
}

function latencyPlot(values: readonly Value[]): Plot {
  const { scale, decades } = latencyScale(values);
  return { scale, ticks: decades.map((value) => ({ value, label: latency(value) })), label: latencySummary(values) };
}
