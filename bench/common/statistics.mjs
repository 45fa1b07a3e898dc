// The few figures that the benchmarks make of many measurements.

const sorted = (values) => [...values].sort((a, b) => a - b);

/** The value below which the share `q` (0 to 1) of the measurements lies, between neighbours by proportion; NaN of none. */
export function quantile(values, q) {
  const all = sorted(values);
  const at = (all.length - 1) * q;
  const [below, above] = [all[Math.floor(at)], all[Math.ceil(at)]];
  return all.length === 0 ? NaN : below + (above - below) * (at - Math.floor(at));
}

/** The middle of the measurements (p50). */
export const median = (values) => quantile(values, 0.5);

/** Three significant digits: more than a benchmark knows would only look exact. */
export const rounded = (value) => (Number.isFinite(value) ? Number(value.toPrecision(3)) : null);
