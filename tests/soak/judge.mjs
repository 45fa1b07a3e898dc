// What a run must show: nothing grows, and the CPU budget holds. Pure: samples in, verdicts out.
import { atMost, isSo } from '../../bench/common/bars.mjs';
import { median, rounded } from '../../bench/common/statistics.mjs';

/** By how much the daemon may grow from the second fifth of a run to the last one. */
const GROWTH = { rssShare: 0.1, rssBytes: 1e6, threads: 1 };
/** Descriptors beyond a kept connection for each service, the requests in flight and the clients: its own. */
const OWN_DESCRIPTORS = 32;
/** By how much of the budget a window may be over it. */
const BAND = 0.05;
/** From this load on, by core, the time that a process is charged with says more of its neighbours than of itself. */
const OVERLOADED = 1.5;

const fifth = (samples, index) => samples.slice(Math.floor((samples.length * index) / 5), Math.ceil((samples.length * (index + 1)) / 5));
const medianOf = (samples, key) => median(samples.map((it) => it[key]));

/** Bytes a minute by which the memory grew, by least squares over the last four fifths. */
function slope(samples) {
  const points = samples.slice(Math.floor(samples.length / 5)).map(({ at, rss }) => [at / 60_000, rss]);
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [at, rss]) => sum + (at - x) * (rss - y), 0) / spread;
}

/** The share of a core, in percent, of every window of so many milliseconds. */
export function windows(samples, milliseconds) {
  const shares = [];
  let first = 0;
  for (const last of samples) {
    while (first + 1 < samples.length && last.at - samples[first + 1].at >= milliseconds) first += 1;
    const span = last.at - samples[first].at;
    if (span >= milliseconds) shares.push(((last.cpu - samples[first].cpu) / 1_000 / span) * 100);
  }
  return shares;
}

/** Whether the budget was kept. A window within it holds on any machine; one beyond it counts only where the machine was not overloaded. */
function budgetBar(shares, { load, cores, wanted, windowMs }) {
  if (shares.length === 0) return isSo('the CPU budget was not judged: the run is shorter than a window', true);
  const fullest = Math.max(...shares);
  if (fullest > wanted && load > OVERLOADED * cores) {
    return isSo(`the CPU budget was not judged: a load of ${rounded(load)} on ${cores} cores (the fullest window: ${rounded(fullest)} %)`, true);
  }
  return atMost(`the fullest window of ${windowMs / 1_000} s`, fullest, wanted, '% of a core');
}

/**
 * @param {{at: number, cpu: number, rss: number, descriptors: number, threads: number, load: number}[]} samples
 *   milliseconds, microseconds and bytes
 * @param {{services: number, clients: number, inFlight: number, cores: number, budgetPercent: number, windowMs: number}} how
 */
export function judge(samples, { services, clients, inFlight, cores, budgetPercent, windowMs }) {
  const [early, late] = [fifth(samples, 1), fifth(samples, 4)];
  const [before, after] = [early, late].map((it) => ({
    rss: medianOf(it, 'rss'), descriptors: medianOf(it, 'descriptors'), threads: medianOf(it, 'threads'),
  }));
  const shares = windows(samples, windowMs);
  const load = samples.reduce((sum, it) => sum + it.load, 0) / samples.length;
  const most = services + clients + inFlight + OWN_DESCRIPTORS;
  return {
    measured: {
      rss_mb: { early: rounded(before.rss / 1e6), late: rounded(after.rss / 1e6), highest: rounded(Math.max(...samples.map((it) => it.rss)) / 1e6), kb_per_minute: rounded(slope(samples) / 1e3) },
      descriptors: { early: before.descriptors, late: after.descriptors, highest: Math.max(...samples.map((it) => it.descriptors)) },
      threads: { early: before.threads, late: after.threads },
      cpu_percent: shares.length === 0 ? null : { windows: shares.length, lowest: rounded(Math.min(...shares)), median: rounded(median(shares)), highest: rounded(Math.max(...shares)) },
      load: { mean: rounded(load), highest: Math.max(...samples.map((it) => it.load)) },
    },
    leaks: [
      atMost('resident memory in the last fifth', after.rss / 1e6, rounded((before.rss * (1 + GROWTH.rssShare) + GROWTH.rssBytes) / 1e6), 'MB'),
      atMost('file descriptors at any time', Math.max(...samples.map((it) => it.descriptors)), most, ''),
      atMost('threads in the last fifth', after.threads, before.threads + GROWTH.threads, ''),
    ],
    budget: [budgetBar(shares, { load, cores, wanted: budgetPercent * (1 + BAND), windowMs })],
  };
}
