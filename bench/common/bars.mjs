// Bars: what was hoped for beside what was measured. A bar that is missed is reported, never a failure: a benchmark
// measures, and a busy machine is no bug.
import { rounded } from './statistics.mjs';

/**
 * A bar that holds when `measured` is at most `limit`.
 * @param {string} what in words
 * @param {number | null} measured null when it could not be measured, or never happened
 * @param {number} limit
 * @param {string} unit
 */
export function atMost(what, measured, limit, unit) {
  const known = measured !== null && Number.isFinite(measured);
  return { what, bar: `<= ${limit} ${unit}`.trim(), measured: known ? rounded(measured) : null, holds: known && measured <= limit };
}

/** A bar that holds when something is so. */
export const isSo = (what, holds) => ({ what, bar: 'yes', measured: holds ? 'yes' : 'no', holds });

/** Prints bars for people; what was measured briefly says nothing about them. */
export function printBars(bars, { smoke }) {
  if (smoke) return console.error('\nA brief run: its figures mean nothing.');
  console.error('\nBars');
  for (const { what, bar, measured, holds } of bars) console.error(`  ${holds ? 'holds ' : 'MISSED'}  ${what}: ${measured ?? 'nothing measured'} (bar: ${bar})`);
}
