import { expect, test } from 'vitest';
import { missingCount, readDriftReport } from './drift';

const ENTRY = { path: '/items/{id}', protocol: 'http', methods: ['PUT', 'DELETE'], whole: false, age_ms: 10_000 };
const read = (services: unknown) => readDriftReport({ now: 1, services }, 50_000);

test('what a service lacks is read, its age turned into a time of this page’s clock', () => {
  const report = read([{ service: 'items-api', omitted: 2, missing: [ENTRY] }]);
  expect(report?.get('items-api')).toEqual({
    service: 'items-api', omitted: 2, missing: [{ path: '/items/{id}', protocol: 'http', methods: ['PUT', 'DELETE'], whole: false, since: 40_000 }],
  });
  expect(missingCount(report?.get('items-api'))).toBe(3);
  expect(missingCount(undefined)).toBe(0);
});

test.each([null, 'text', {}, { services: {} }])('%j is no report', (body) => {
  expect(readDriftReport(body, 1)).toBeNull();
});

test('entries that are none are left out, and every number of them is bounded', () => {
  expect(read([null, 5, { service: 'a' }, { service: 'b', missing: [null, {}] }])?.size).toBe(0);
  const many = read([{ service: 'a', missing: Array.from({ length: 500 }, () => ({ ...ENTRY, methods: Array.from({ length: 99 }, () => 'GET') })) }]);
  expect(many?.get('a')?.missing).toHaveLength(64);
  expect(many?.get('a')?.missing[0]?.methods).toHaveLength(16);
  expect(read([{ service: 'x'.repeat(300), missing: [ENTRY] }])?.size).toBe(0);
});
