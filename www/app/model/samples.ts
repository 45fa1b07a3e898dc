// What the daemon said of itself over time: one sample for each reading of /v1/status, kept in the page, and laid out in even spans
// of time for a plot. A page that was hidden has read nothing, and its plot has a gap there.
import type { DaemonStatus } from './daemon-status';
import type { Value } from '../plot/line';

/** One reading, as far as it is plotted. */
export interface Sample {
  /** `Date.now()`. */
  readonly at: number;
  readonly usedPermille: Value;
  readonly budgetPermille: Value;
  readonly pacePermille: Value;
  readonly overdue: Value;
  readonly oldestVerdictMs: Value;
  readonly rssBytes: Value;
  readonly heldBytes: Value;
}

/** A measure over the span of a plot. */
export interface Series {
  /** The whole span, milliseconds. */
  readonly spanMs: number;
  /** One value for each {@link SLOT_MS}, oldest first; null where nothing was read. */
  readonly values: readonly Value[];
}

const MINUTE = 60_000;
/** The spans that a plot can have: the shortest that shows everything. */
const SPANS = [2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE];
/** The time of one value. Longer than the time between two readings, so that an even stream of them leaves no gap. */
export const SLOT_MS = 6_000;
/** The most samples that are kept: more than half an hour of readings. */
export const MAX_SAMPLES = 640;

/** The sample of a status that was read at `at`. */
export function sampleOf({ budget, memory: { rssBytes, heldBytes } }: DaemonStatus, at: number): Sample {
  const { usedPermille, budgetPermille, pacePermille, overdue, oldestVerdictMs } = budget;
  return { at, usedPermille, budgetPermille, pacePermille, overdue, oldestVerdictMs, rssBytes, heldBytes };
}

/** One measure of `samples`, up to the newest of them. */
export function series(samples: readonly Sample[], pick: (sample: Sample) => Value): Series {
  const first = samples[0]?.at ?? 0;
  const last = samples[samples.length - 1]?.at ?? 0;
  const spanMs = SPANS.find((span) => last - first < span) ?? 30 * MINUTE;
  const values: Value[] = Array.from({ length: spanMs / SLOT_MS }, () => null);
  for (const sample of samples) {
    const slot = values.length - 1 - Math.floor((last - sample.at) / SLOT_MS);
    // The newest of a slot stands for it. A clock that was set back puts samples after the last one; they have no place.
    if (slot >= 0 && slot < values.length) values[slot] = pick(sample);
  }
  return { spanMs, values };
}
