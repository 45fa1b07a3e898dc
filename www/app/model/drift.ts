// What services had before and have no more (/v1/drift), parsed at the border.
import { amount, list, object, text } from './wire';

/** An endpoint, or methods of one, that a service said it had before, and now does not say. */
export interface Missing {
  readonly path: string;
  readonly protocol: string;
  readonly methods: readonly string[];
  /** Whether nothing is left of the endpoint. */
  readonly whole: boolean;
  /** Since when it is missing, in this page's `Date.now()`. */
  readonly since: number | null;
}

/** What one service lacks. */
export interface ServiceDrift {
  readonly service: string;
  readonly missing: readonly Missing[];
  /** How many more there are than the daemon keeps. */
  readonly omitted: number;
}

/** By name of service, in the daemon's order. */
export type DriftReport = ReadonlyMap<string, ServiceDrift>;

const MAX_SERVICES = 16_384;
const MAX_MISSING = 64;
const MAX_METHODS = 16;
const MAX_NAME = 256;
const MAX_PATH = 2_048;

/** Reads a report received at `now` (`Date.now()`). Null if it is not one; what is no entry is left out. */
export function readDriftReport(body: unknown, now: number): DriftReport | null {
  const report = object(body);
  if (report === null || !Array.isArray(report.services)) return null;
  const drift = new Map<string, ServiceDrift>();
  for (const entry of list(report.services, MAX_SERVICES)) {
    const wire = object(entry);
    const service = text(wire?.service, MAX_NAME);
    if (wire === null || service === null) continue;
    const missing = list(wire.missing, MAX_MISSING).map((it) => readMissing(it, now)).filter((it) => it !== null);
    if (missing.length > 0) drift.set(service, { service, missing, omitted: amount(wire.omitted) ?? 0 });
  }
  return drift;
}

/** How many endpoints a service lacks, in whole or in part. */
export function missingCount(drift: ServiceDrift | undefined): number {
  return drift === undefined ? 0 : drift.missing.length + drift.omitted;
}

function readMissing(entry: unknown, now: number): Missing | null {
  const wire = object(entry);
  const path = text(wire?.path, MAX_PATH);
  if (wire === null || path === null) return null;
  const age = amount(wire.age_ms);
  return {
    path,
    protocol: text(wire.protocol, 32) ?? 'http',
    methods: list(wire.methods, MAX_METHODS).map((method) => text(method, 32)).filter((method) => method !== null),
    whole: wire.whole === true,
    since: age === null ? null : now - age,
  };
}
