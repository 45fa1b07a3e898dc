// Durations and points in time in words short enough for a table cell.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in milliseconds with at most two units: "0.4 s", "12 s", "3 min", "2 h 10 min", "5 d 3 h". Negative counts as zero. */
export function duration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 9_950) return `${(span / SECOND).toFixed(1)} s`;
  if (span < 99_500) return `${Math.round(span / SECOND)} s`;
  if (span < HOUR) return `${Math.round(span / MINUTE)} min`;
  if (span < DAY) return two(span, HOUR, 'h', MINUTE, 'min');
  return two(span, DAY, 'd', HOUR, 'h');
}

/** How long ago something was: "just now" under a second, else "12 s ago". */
export function ago(ms: number): string {
  return ms < SECOND ? 'just now' : `${ms < 9_950 ? `${Math.floor(ms / SECOND)} s` : duration(ms)} ago`;
}

/** The time of day, `14:03:09`, of a Unix time in milliseconds, in the reader's time zone. */
export function clock(unixMs: number): string {
  const date = new Date(unixMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Time since the page's client was created, as a trace says it: "+104 ms", "+2.31 s", "+12 min". */
export function offset(ms: number): string {
  if (ms < SECOND) return `+${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `+${(ms / SECOND).toFixed(2)} s`;
  return `+${duration(ms)}`;
}

function two(span: number, big: number, bigName: string, small: number, smallName: string): string {
  const rounded = Math.round(span / small) * small;
  const whole = Math.floor(rounded / big);
  const rest = Math.round((rounded - whole * big) / small);
  return rest === 0 ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`;
}
