// Numbers with their units: latency, memory, shares of a core.

/** A latency in microseconds with three significant digits and its unit: "840 µs", "1.24 ms", "12.4 ms", "1.2 s". */
export function latency(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 999_500) return `${digits(us / 1_000)} ms`;
  return `${digits(us / 1_000_000)} s`;
}

/** Bytes in the largest binary unit that leaves a number of at least one: "512 B", "4.1 MiB". */
export function bytes(count: number): string {
  let value = count;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1_024) return `${unit === 'B' ? String(Math.round(value)) : digits(value)} ${unit}`;
    value /= 1_024;
  }
  return `${digits(value)} TiB`;
}

/** A permille as a percentage: 10 is "1 %", 6.4 is "0.64 %", 0 is "0 %". */
export function percent(permille: number): string {
  const share = permille / 10;
  return `${share === 0 || share >= 100 ? String(Math.round(share)) : trimmed(share, share < 10 ? 2 : 1)} %`;
}

function digits(value: number): string {
  return value < 10 ? trimmed(value, 2) : trimmed(value, value < 100 ? 1 : 0);
}

function trimmed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, '');
}
