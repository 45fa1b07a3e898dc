import { describe, expect, test } from 'vitest';
import { endpoint, service, serviceEntry, snapshot, verdict } from '../testing/fixtures';
import { classCounts, serviceClass, serviceEntries, serviceVerdict } from './services';
import { type HealthReport, type Verdict, verdictKey } from './verdict';

const reportOf = (...verdicts: Verdict[]): HealthReport => new Map(verdicts.map((entry) => [verdictKey(entry.service, entry.url), entry]));

test('services are sorted by name, each with its own endpoints sorted by path', () => {
  const { services, endpoints } = snapshot(
    [service('b'), service('a', { title: 'A' })],
    [endpoint({ service: 'a', path: '/z' }), endpoint({ service: 'b', path: '/m' }), endpoint({ service: 'a', path: '/c' }), endpoint({ service: null, path: '/hoped' })],
  );
  const entries = serviceEntries(services, endpoints);
  expect(entries.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(entries[0]?.endpoints.map(({ path }) => path)).toEqual(['/c', '/z']);
});

test('a title that only repeats the name is none', () => {
  const { services } = snapshot([service('a', { title: 'a' })]);
  expect(serviceEntries(services, [])[0]?.title).toBeNull();
});

describe('the verdict that speaks for a service', () => {
  const entry = serviceEntry('items-api', {
    url: 'http://127.0.0.1:8001',
    instances: [{ url: 'http://127.0.0.1:8000', weight: 1, healthClass: 'unhealthy' }, { url: 'http://127.0.0.1:8001', weight: 1, healthClass: 'degraded' }],
  });

  test('is that on the instance that pages are sent to', () => {
    const report = reportOf(verdict({ healthClass: 'unhealthy' }), verdict({ url: 'http://127.0.0.1:8001', healthClass: 'healthy' }));
    expect(serviceVerdict(report, entry)?.url).toBe('http://127.0.0.1:8001');
    expect(serviceClass(report, entry)).toBe('healthy');
  });

  test('is the catalog’s class while no report has come', () => {
    expect(serviceClass(null, entry)).toBe('degraded');
  });

  test('is unknown without an instance', () => {
    expect(serviceClass(null, serviceEntry('x', { url: null, instances: [] }))).toBe('unknown');
  });
});

test('classes are counted', () => {
  const entries = [serviceEntry('a'), serviceEntry('b'), serviceEntry('items-api')];
  expect(classCounts(entries, reportOf(verdict({ healthClass: 'unhealthy' })))).toEqual({ healthy: 2, unhealthy: 1, degraded: 0, unknown: 0 });
});
