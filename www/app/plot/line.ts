// The geometry of a small line plot: from values with gaps to SVG path data. Knows nothing of React, colours or units.

/** One plotted value; `null` is a check without an answer and leaves a gap. */
export type Value = number | null;

/** The box a plot is drawn in, in user units, and how many places for values stand side by side in it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Places along x. Values are set against the right edge: the newest is always at the same spot. */
  readonly slots: number;
  /** Room kept free above and below, so that a line at the edge keeps its full thickness. */
  readonly inset: number;
}

/** Maps a value to 0 (bottom) .. 1 (top). */
export type Scale = (value: number) => number;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The x of the value at `index` of `count` values. */
export function xAt(index: number, count: number, frame: Frame): number {
  if (frame.slots < 2) return frame.width;
  return frame.width - ((count - 1 - index) * frame.width) / (frame.slots - 1);
}

/** The y of a value, with 0 at the top as SVG has it. Values outside the scale are held at its ends. */
export function yAt(value: number, scale: Scale, frame: Frame): number {
  const share = Math.min(1, Math.max(0, scale(value)));
  return frame.inset + (1 - share) * (frame.height - 2 * frame.inset);
}

/** Path data of the line; a value alone between gaps becomes a short dash, or it would be invisible. */
export function linePath(values: readonly Value[], scale: Scale, frame: Frame): string {
  return runs(values, scale, frame).map((run) => {
    const [first] = run;
    if (first !== undefined && run.length === 1) return `M${n(Math.max(0, first.x - 1.5))} ${n(first.y)}H${n(first.x)}`;
    return `M${run.map(pair).join('L')}`;
  }).join('');
}

/** Path data of the area between the line and the bottom, one closed shape per run of values. */
export function areaPath(values: readonly Value[], scale: Scale, frame: Frame): string {
  return runs(values, scale, frame).filter((run) => run.length > 1).map((run) => {
    const first = run[0]?.x ?? 0;
    const last = run[run.length - 1]?.x ?? 0;
    return `M${n(first)} ${n(frame.height)}L${run.map(pair).join('L')}L${n(last)} ${n(frame.height)}Z`;
  }).join('');
}

/** The x of every gap: checks that got no answer. */
export function gaps(values: readonly Value[], frame: Frame): number[] {
  return values.flatMap((value, index) => (value === null ? [xAt(index, values.length, frame)] : []));
}

function runs(values: readonly Value[], scale: Scale, frame: Frame): Point[][] {
  const all: Point[][] = [];
  let run: Point[] = [];
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length > 0) all.push(run);
      run = [];
    } else {
      run.push({ x: xAt(index, values.length, frame), y: yAt(value, scale, frame) });
    }
  });
  if (run.length > 0) all.push(run);
  return all;
}

const pair = (point: Point): string => `${n(point.x)} ${n(point.y)}`;

/** Two decimals are finer than any screen and keep a thousand plots small. */
const n = (value: number): number => Math.round(value * 100) / 100;
