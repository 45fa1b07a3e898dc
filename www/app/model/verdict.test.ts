import { describe, expect, test } from 'vitest';
import { type HealthReport, type Verdict, readHealthReport, verdictKey } from './verdict';

const ENTRY = {
  service: 'items-api', url: 'http://127.0.0.1:8000', source: 'socket', class: 'healthy', class_since: 2_500, health: 100, checked_at: 5_000, age_ms: 1_500, latency_us: 1_200,
  history: { health: [null, 50, 100], latency_us: [null, 1_100, 1_200] },
};
const KEY = verdictKey(ENTRY.service, ENTRY.url);

function read(services: readonly unknown[], now = 100_000, previous: HealthReport | null = null): HealthReport {
  const report = readHealthReport({ now: 6_500, services }, now, previous);
  if (report === null) throw new Error('not read');
  return report;
}

function readOne(part: object): Verdict | undefined {
  return read([{ ...ENTRY, ...part }]).get(KEY);
}

test('a verdict is read, its age turned into a time of this page’s clock', () => {
  expect(read([ENTRY]).get(KEY)).toEqual({
    service: 'items-api', url: 'http://127.0.0.1:8000', source: 'socket', healthClass: 'healthy', classSince: 2_500, changedAt: 96_000, message: null,
    health: 100, checkedAt: 5_000, seenAt: 98_500, latencyUs: 1_200,
    healthHistory: [null, 50, 100], latencyHistory: [null, 1_100, 1_200],
  });
});

test('an instance that was not checked yet has no figures', () => {
  expect(readOne({ class: 'unknown', health: null, checked_at: null, age_ms: null, latency_us: null, history: {} })).toMatchObject({
    healthClass: 'unknown', health: null, seenAt: null, latencyUs: null, healthHistory: [],
  });
});

test('why an instance is not healthy is read with since when', () => {
  expect(readOne({ class: 'unhealthy', reason: 'connection-refused', message: 'connection refused' })).toMatchObject({ healthClass: 'unhealthy', message: 'connection refused', changedAt: 96_000 });
  expect(readOne({ message: 'x'.repeat(600), class_since: 'then' })).toMatchObject({ message: null, changedAt: null });
  // A clock that was set back between the change and now.
  expect(readOne({ class_since: 9_000 })).toMatchObject({ changedAt: 100_000 });
});

describe('identity', () => {
  test('the same check is the same object in the next report, although its age has grown', () => {
    const before = read([ENTRY]);
    const next = read([{ ...ENTRY, age_ms: 2_500 }], 101_000, before);
    expect(next.get(KEY)).toBe(before.get(KEY));
  });

  test('another reason is a new object, although no check came between', () => {
    const before = read([ENTRY]);
    const next = read([{ ...ENTRY, message: 'not asked in time' }], 101_000, before);
    expect(next.get(KEY)).not.toBe(before.get(KEY));
  });

  test('a new check is a new object', () => {
    const before = read([ENTRY]);
    const next = read([{ ...ENTRY, checked_at: 6_000, age_ms: 0 }], 101_000, before);
    expect(next.get(KEY)).not.toBe(before.get(KEY));
  });
});

describe('what comes from outside', () => {
  test.each([null, 'text', [], {}, { services: {} }])('%j is no report', (body) => {
    expect(readHealthReport(body, 0, null)).toBeNull();
  });

  test('entries that are no verdicts are left out, the others stay', () => {
    expect(read([null, 5, { service: 'x' }, { service: 'y'.repeat(300), url: 'http://h' }, ENTRY]).size).toBe(1);
  });

  test('values are held within their bounds, and of the wrong type are unknown', () => {
    expect(readOne({ class: 'splendid', health: 900, latency_us: -4, history: { health: ['100', 1e9, {}], latency_us: 'x' } })).toMatchObject({
      healthClass: 'unknown', health: 100, latencyUs: 0, healthHistory: [null, 100, null], latencyHistory: [],
    });
  });

  test('a history is cut at 64 entries', () => {
    expect(readOne({ history: { health: Array.from({ length: 5_000 }, () => 1), latency_us: [] } })?.healthHistory).toHaveLength(64);
  });
});
