// Values for the dashboard's tests, each whole and valid; a test says only what it is about.
import type { Endpoint, Service, Snapshot } from 'landfall';
import type { Reading } from '../feeds/feed';
import type { StatusReading } from '../feeds/status-feed';
import { type DaemonStatus, readDaemonStatus } from '../model/daemon-status';
import { sampleOf } from '../model/samples';
import type { ServiceEntry } from '../model/services';
import type { Verdict } from '../model/verdict';

export function endpoint(part: Partial<Endpoint> = {}): Endpoint {
  return { service: 'items-api', name: '/items', path: '/items', protocol: 'http', methods: { GET: 'openapi' }, operations: {}, contradictions: [], ...part };
}

export function service(name: string, part: Partial<Service> = {}): Service {
  const url = 'http://127.0.0.1:8000';
  return { name, title: null, url, instances: [{ url, weight: 100, health: 'healthy' }], ...part };
}

export function serviceEntry(name: string, part: Partial<ServiceEntry> = {}): ServiceEntry {
  const url = 'http://127.0.0.1:8000';
  return { name, title: null, url, instances: [{ url, weight: 100, healthClass: 'healthy' }], endpoints: [], ...part };
}

export function verdict(part: Partial<Verdict> = {}): Verdict {
  return {
    service: 'items-api',
    url: 'http://127.0.0.1:8000',
    source: 'socket',
    healthClass: 'healthy',
    classSince: 500,
    changedAt: Date.now() - 600_000,
    message: null,
    health: 100,
    checkedAt: 1_000,
    seenAt: Date.now() - 3_000,
    latencyUs: 1_200,
    healthHistory: [100, 100],
    latencyHistory: [1_100, 1_200],
    ...part,
  };
}

export function snapshot(services: readonly Service[], endpoints: readonly Endpoint[] = [], part: Partial<Snapshot> = {}): Snapshot {
  return {
    status: 'live',
    source: 'live',
    code: 'live',
    reason: 'read from the backend itself (http://127.0.0.1:7420)',
    subject: 'http://127.0.0.1:7420',
    origin: 'http://127.0.0.1:7420',
    rung: 'catalog',
    epoch: { registry: 'r', boot: 3 },
    revision: 42,
    baseUrl: 'http://127.0.0.1:7420',
    wsBaseUrl: 'ws://127.0.0.1:7420',
    config: {},
    services: Object.fromEntries(services.map((entry) => [entry.name, entry])),
    endpoints,
    names: {},
    ...part,
  };
}

/** A body of /v1/status as the daemon sends it. */
export const STATUS_BODY = {
  name: 'workshop',
  version: '0.1.0',
  epoch: { registry: 'r', boot: 3 },
  revision: 42,
  uptime_ms: 11_520_000,
  budget: { policy: 'tokens', budget_permille: 10, used_permille: 6.2, pace_permille: 840, window_ms: 10_000, forgiven_us: 0, overdue: 4, oldest_verdict_ms: 8_700 },
  memory: { rss_bytes: 4_530_000, held_bytes: null as number | null, ceiling_bytes: null as number | null, level: 'full' },
  checks: { total: 48_213, failed: 97, in_flight: 3, in_flight_limit: 10, per_host_limit: 2 },
  services: 2,
  streams: 2,
};

export function status(body: unknown = STATUS_BODY): DaemonStatus {
  const read = readDaemonStatus(body);
  if (read === null) throw new Error('the fixture is not a status');
  return read;
}

export function reading<T>(value: T | null, part: Partial<Reading<T>> = {}): Reading<T> {
  return { value, receivedAt: value === null ? null : Date.now(), lostSince: null, ...part };
}

export function statusReading(part: Partial<Reading<StatusReading>> = {}): Reading<StatusReading> {
  const samples = [5, 6, 6.2].map((usedPermille, index) => ({ ...sampleOf(status(), 1_000_000 + index * 3_000), usedPermille }));
  return reading({ status: status(), samples }, part);
}
