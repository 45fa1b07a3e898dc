// Durations and points in time in words short enough for a table cell.
import { NBSP } from './units';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in milliseconds with at most two units: "350 ms", "2.4 s", "12 s", "3 min", "2 h 10 min", "5 d 3 h". Negative counts as zero. */
export function duration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < SECOND) return `${Math.round(span)}${NBSP}ms`;
  if (span < 9_950) return `${(span / SECOND).toFixed(1)}${NBSP}s`;
  return coarse(span);
}

/** A duration that is counted on as it is read: whole seconds below a minute and a half, else as {@link duration}. */
export function coarse(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 90 * SECOND) return `${Math.floor(span / SECOND)}${NBSP}s`;
  if (span < HOUR - MINUTE / 2) return `${Math.round(span / MINUTE)}${NBSP}min`;
  if (span < DAY - MINUTE / 2) return inTwo(span, HOUR, 'h', MINUTE, 'min');
  return inTwo(span, DAY, 'd', HOUR, 'h');
}

/** How long ago something was: "just now" under a second, else "12 s ago". */
export function ago(ms: number): string {
  return ms < SECOND ? 'just now' : `${coarse(ms)} ago`;
}

/** The time of day, `14:03:09`, of a Unix time in milliseconds, in the reader's time zone. */
export function clock(unixMs: number): string {
  const date = new Date(unixMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Time since the page's client was created, as a trace says it: "+104 ms", "+2.3 s", "+12 min". */
export function offset(ms: number): string {
  return `+${duration(ms)}`;
}

function inTwo(span: number, big: number, bigName: string, small: number, smallName: string): string {
  const smalls = Math.round(span / small);
  const perBig = big / small;
  const rest = smalls % perBig;
  const whole = `${(smalls - rest) / perBig}${NBSP}${bigName}`;
  return rest === 0 ? whole : `${whole} ${rest}${NBSP}${smallName}`;
}
