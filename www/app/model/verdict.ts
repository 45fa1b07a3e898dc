// The health report (/v1/health and the `health` events): one verdict per service instance, parsed at the border. A verdict that did
// not change keeps its identity from report to report, so that a thousand rows compare one reference instead of drawing again.
import { amount, list, number, object, text } from './wire';
import type { Value } from '../plot/line';

/** The health classes of the catalog, worst first: the order in which a reader wants to see them. */
export const HEALTH_CLASSES = ['unhealthy', 'degraded', 'unknown', 'healthy'] as const;
export type HealthClass = (typeof HEALTH_CLASSES)[number];

/** What the daemon knows of one instance. */
export interface Verdict {
  readonly service: string;
  readonly url: string;
  /** How the daemon knows of it: 'settings', 'registration', 'socket' or 'daemon'; null from a daemon that does not say. */
  readonly source: string | null;
  readonly healthClass: HealthClass;
  /** Unix time of the last change of the class in the *daemon's* clock; null from a daemon that does not say. */
  readonly classSince: number | null;
  /** When that was, in this page's `Date.now()`. */
  readonly changedAt: number | null;
  /** Why it is not healthy, in words; null while it is, and from a daemon that does not say. */
  readonly message: string | null;
  /** 0 (dead) to 100 (well); null before the first check. */
  readonly health: number | null;
  /** Unix time of the check in the *daemon's* clock, milliseconds: names the check, never compared with this machine's clock. */
  readonly checkedAt: number | null;
  /** When the check was, in this page's `Date.now()`; null before the first check. */
  readonly seenAt: number | null;
  readonly latencyUs: number | null;
  /** Oldest first. */
  readonly healthHistory: readonly Value[];
  readonly latencyHistory: readonly Value[];
}

/** Verdicts by {@link verdictKey}. */
export type HealthReport = ReadonlyMap<string, Verdict>;

const MAX_VERDICTS = 65_536;
const MAX_HISTORY = 64;

/** The key of an instance in a {@link HealthReport}. A line feed is in no name and no URL. */
export function verdictKey(service: string, url: string): string {
  return `${service}\n${url}`;
}

/** `value` as a health class; anything else, also a class of a newer daemon, is 'unknown'. */
export function healthClass(value: unknown): HealthClass {
  return HEALTH_CLASSES.find((known) => known === value) ?? 'unknown';
}

/**
 * Reads a health report received at `now` (`Date.now()`). Null if it is not one; entries that are not verdicts are left out.
 * Entries with the same check as in `previous` are taken from there.
 */
export function readHealthReport(body: unknown, now: number, previous: HealthReport | null): HealthReport | null {
  const report = object(body);
  if (report === null || !Array.isArray(report.services)) return null;
  const sent = amount(report.now);
  const verdicts = new Map<string, Verdict>();
  for (const entry of list(report.services, MAX_VERDICTS)) {
    const verdict = readVerdict(entry, now, sent);
    if (verdict === null) continue;
    const key = verdictKey(verdict.service, verdict.url);
    const before = previous?.get(key);
    verdicts.set(key, before !== undefined && sameCheck(before, verdict) ? before : verdict);
  }
  return verdicts;
}

function readVerdict(entry: unknown, now: number, sent: number | null): Verdict | null {
  const wire = object(entry);
  const service = text(wire?.service, 256);
  const url = text(wire?.url, 2_048);
  if (wire === null || service === null || url === null) return null;
  const age = amount(wire.age_ms);
  const classSince = amount(wire.class_since);
  const history = object(wire.history);
  return {
    service,
    url,
    source: text(wire.source, 32),
    healthClass: healthClass(wire.class),
    classSince,
    changedAt: classSince === null || sent === null ? null : now - Math.max(0, sent - classSince),
    message: text(wire.message, 512),
    health: number(wire.health, 0, 100),
    checkedAt: amount(wire.checked_at),
    seenAt: age === null ? null : now - age,
    latencyUs: amount(wire.latency_us),
    healthHistory: list(history?.health, MAX_HISTORY).map((value) => number(value, 0, 100)),
    latencyHistory: list(history?.latency_us, MAX_HISTORY).map(amount),
  };
}

function sameCheck(a: Verdict, b: Verdict): boolean {
  return a.checkedAt === b.checkedAt && a.healthClass === b.healthClass && a.health === b.health && a.source === b.source && a.latencyUs === b.latencyUs
    && a.classSince === b.classSince && a.message === b.message;
}
