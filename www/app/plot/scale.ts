// Scales: health is linear from 0 to 100, latency is logarithmic, since 1 ms and 2 ms differ as much as 100 ms and 200 ms do.
import type { Scale, Value } from './line';

/** Health 0..100. */
export const healthScale: Scale = (health) => health / 100;

/** A logarithmic scale in microseconds with whole decades as its ends. */
export interface LogScale {
  readonly scale: Scale;
  /** Lowest value of the scale, a power of ten. */
  readonly low: number;
  /** Highest value of the scale, a power of ten. */
  readonly high: number;
  /** Every power of ten in the scale, lowest first. */
  readonly decades: readonly number[];
}

/** Shortest latency that is told apart, in microseconds; log(0) has no place on a plot. */
const FLOOR_US = 10;
const CEILING_US = 100_000_000;

/** The smallest whole decades that hold all values; 1 ms..10 ms when there are none. At least one decade, so that noise stays small. */
export function latencyScale(values: readonly Value[]): LogScale {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least > most) return between(3, 4);
  const from = Math.floor(log10(least));
  return between(from, Math.max(from + 1, Math.ceil(log10(most))));
}

/** A linear scale from 0 to a little more than the largest value. */
export function fromZero(values: readonly Value[]): Scale {
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  return most === 0 ? () => 0 : (value) => value / (most * 1.15);
}

/** Two to five round values (1, 2 or 5 times a power of ten apart) from 0 up to at least `most`; 0 and 1 when that is nothing. */
export function roundTicks(most: number): readonly number[] {
  if (!(most > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2, 5].map((times) => times * power).find((width) => most / width <= 4) ?? 10 * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

function between(from: number, to: number): LogScale {
  const decades = Array.from({ length: to - from + 1 }, (_, step) => 10 ** (from + step));
  return { scale: (value) => (log10(value) - from) / (to - from), low: 10 ** from, high: 10 ** to, decades };
}

function log10(us: number): number {
  return Math.log10(Math.min(CEILING_US, Math.max(FLOOR_US, us)));
}
