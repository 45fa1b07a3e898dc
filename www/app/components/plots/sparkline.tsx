// The small plots of health and latency: one line, a faint area, and a mark at the bottom for each check without an answer.
import { memo } from 'react';
import { type Frame, type Scale, type Value, areaPath, gaps, linePath, yAt } from '../../plot/line';
import { healthScale, latencyScale } from '../../plot/scale';
import { healthSummary, latencySummary } from '../../plot/summary';

interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly Value[];
}

interface LineProps extends SparklineProps {
  readonly kind: 'health' | 'latency';
  readonly scale: Scale;
  readonly label: string;
  readonly frame: Frame;
}

/** Places along x; a history is at most 64 checks, and a shorter one grows from the right. */
const MIN_SLOTS = 12;

export function sparkFrame(count: number, width: number, height: number): Frame {
  return { width, height, slots: Math.max(MIN_SLOTS, count), inset: 2 };
}

/** Draws one line with its area. The last value is marked, since it is the one that is also said in figures. */
function Line({ values, kind, scale, label, frame }: LineProps) {
  const last = values[values.length - 1] ?? null;
  return (
    <svg className={`spark is-${kind}`} viewBox={`0 0 ${frame.width} ${frame.height}`} width={frame.width} height={frame.height} role="img" aria-label={label}>
      <path className="spark-area" d={areaPath(values, scale, frame)} />
      <path className="spark-line" d={linePath(values, scale, frame)} />
      {gaps(values, frame).map((x) => <path key={x} className="spark-gap" d={`M${x} ${frame.height - 4}v4`} />)}
      {last !== null && <circle className="spark-last" cx={frame.width} cy={yAt(last, scale, frame)} r="2" />}
    </svg>
  );
}

/** Health, 0 at the bottom and 100 at the top. */
export const HealthSparkline = memo(function HealthSparkline({ values }: SparklineProps) {
  return <Line values={values} kind="health" scale={healthScale} label={healthSummary(values)} frame={sparkFrame(values.length, 76, 26)} />;
});

/** Latency on a logarithmic scale. */
export const LatencySparkline = memo(function LatencySparkline({ values }: SparklineProps) {
  const { scale } = latencyScale(values);
  return <Line values={values} kind="latency" scale={scale} label={latencySummary(values)} frame={sparkFrame(values.length, 76, 26)} />;
});
