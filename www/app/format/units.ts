// Numbers with their units: latency, memory, shares of a core. The space before a unit does not break.

/** Between a number and its unit. */
export const NBSP = '\u00A0';

/** A latency in microseconds as finely as the daemon keeps it (within 4 %, so two digits): "840 µs", "1.2 ms", "12 ms", "1.2 s". */
export function latency(us: number): string {
  if (us < 995) return `${us < 100 ? Math.round(us) : twoDigits(us)}${NBSP}µs`;
  if (us < 995_000) return `${twoDigits(us / 1_000)}${NBSP}ms`;
  return `${twoDigits(us / 1_000_000)}${NBSP}s`;
}

/** Bytes in the largest binary unit that leaves a number of at least one: "512 B", "4.1 MiB". */
export function bytes(count: number): string {
  let value = count;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1_024) return `${unit === 'B' ? Math.round(value) : trimmed(value, value < 100 ? 1 : 0)}${NBSP}${unit}`;
    value /= 1_024;
  }
  return `${trimmed(value, 1)}${NBSP}TiB`;
}

/** A permille as a percentage: 10 is "1 %", 6.4 is "0.64 %", 0 is "0 %". */
export function percent(permille: number): string {
  const share = permille / 10;
  return `${trimmed(share, share < 10 ? 2 : share < 100 ? 1 : 0)}${NBSP}%`;
}

function twoDigits(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
