// What a plot shows, in one sentence: the text alternative that a screen reader speaks instead of the picture.
import { latency } from '../format/units';
import { counted } from '../format/text';
import type { Value } from './line';

/** "Health over the last 64 checks: now 100, between 40 and 100; 2 checks without a verdict." */
export function healthSummary(values: readonly Value[]): string {
  return summary('Health', values, 'a verdict', (health) => String(health));
}

/** "Latency over the last 64 checks: now 1.2 ms, between 0.9 ms and 40 ms." */
export function latencySummary(values: readonly Value[]): string {
  return summary('Latency', values, 'an answer', latency);
}

function summary(what: string, values: readonly Value[], wanted: string, say: (value: number) => string): string {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return `${what}: no check has brought ${wanted} yet.`;
  const missing = values.length - known.length;
  const least = say(Math.min(...known));
  const most = say(Math.max(...known));
  const last = values[values.length - 1] ?? null;
  const now = last === null ? `without ${wanted} now` : `now ${say(last)}`;
  const range = least === most ? `always ${least}` : `between ${least} and ${most}`;
  const unanswered = missing === 0 ? '' : `; ${counted(missing, 'check')} without ${wanted}`;
  return `${what} over the last ${counted(values.length, 'check')}: ${now}, ${range}${unanswered}.`;
}
