// A measure of the daemon over the last minutes: a line with round values beside it and the time below it, and where there is one a
// dashed line for what is allowed.
import { memo } from 'react';
import { type Frame, areaPath, linePath, yAt } from '../../plot/line';
import { roundTicks } from '../../plot/scale';
import { SLOT_MS, type Series } from '../../model/samples';
import { coarse } from '../../format/time';

interface TimePlotProps {
  readonly title: string;
  readonly series: Series;
  /** A value in words. */
  readonly say: (value: number) => string;
  /** What is allowed, if anything is. */
  readonly limit?: number | null;
  /** The least that the scale reaches up to. */
  readonly atLeast?: number;
}

export const TimePlot = memo(function TimePlot({ title, series: { spanMs, values }, say, limit = null, atLeast = 0 }: TimePlotProps) {
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  const ticks = roundTicks(Math.max(most, (limit ?? 0) * 1.1, atLeast));
  const top = ticks[ticks.length - 1] ?? 1;
  const scale = (value: number): number => value / top;
  const frame: Frame = { width: 640, height: 130, slots: spanMs / SLOT_MS, inset: 5 };
  const now = values[values.length - 1] ?? null;
  const label = `${title} over the last ${coarse(spanMs)}: ${now === null ? 'not known now' : `${say(now)} now`}, at most ${say(most)}${limit === null ? '' : `, ${say(limit)} allowed`}.`;
  return (
    <figure className="time-plot">
      <figcaption>{title} <strong>{now === null ? '–' : say(now)}</strong>{limit !== null && <span className="faint"> of {say(limit)} allowed</span>}</figcaption>
      <div className="time-plot-body" role="img" aria-label={label}>
        <svg viewBox={`0 0 ${frame.width} ${frame.height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {ticks.map((value) => <path key={value} className="plot-grid" d={`M0 ${yAt(value, scale, frame)}H${frame.width}`} />)}
          <path className="spark-area" d={areaPath(values, scale, frame)} />
          <path className="spark-line" d={linePath(values, scale, frame)} />
          {limit !== null && <path className="plot-limit" d={`M0 ${yAt(limit, scale, frame)}H${frame.width}`} />}
        </svg>
        <div className="plot-scale" aria-hidden="true">
          {ticks.map((value) => <span key={value} style={{ top: `${(yAt(value, scale, frame) / frame.height) * 100}%` }}>{say(value)}</span>)}
        </div>
        <div className="plot-times" aria-hidden="true">
          <span>{coarse(spanMs)} ago</span><span>now</span>
        </div>
      </div>
    </figure>
  );
});
