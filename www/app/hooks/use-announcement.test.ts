// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { connectionOf } from '../model/connection';
import { serviceEntry, verdict } from '../testing/fixtures';
import { type HealthReport, verdictKey } from '../model/verdict';
import { healthNews, useAnnouncement } from './use-announcement';

const services = [serviceEntry('items-api')];
const live = connectionOf({ status: 'live', reason: 'read' }, false);
const lost = connectionOf({ status: 'stale', reason: 'nobody answers' }, true);
const report = (healthClass: 'healthy' | 'unhealthy'): HealthReport => {
  const entry = verdict({ healthClass });
  return new Map([[verdictKey(entry.service, entry.url), entry]]);
};

describe('healthNews', () => {
  test('names what changed and is silent about what did not, or is new', () => {
    expect(healthNews(new Map([['a', 'healthy'], ['b', 'healthy']]), new Map([['a', 'unhealthy'], ['b', 'healthy'], ['c', 'degraded']]))).toBe('a is now unhealthy.');
  });

  test('counts many changes', () => {
    const names = ['a', 'b', 'c', 'd'];
    expect(healthNews(new Map(names.map((name) => [name, 'healthy'])), new Map(names.map((name) => [name, 'unknown'])))).toBe('4 services changed their health.');
  });
});

test('changes are announced, the state at the start is not', () => {
  const { result, rerender } = renderHook(({ connection, health }) => useAnnouncement(connection, services, health), {
    initialProps: { connection: live, health: null as HealthReport | null },
  });
  expect(result.current).toBe('');
  rerender({ connection: live, health: report('unhealthy') });
  expect(result.current).toBe('');
  rerender({ connection: live, health: report('healthy') });
  expect(result.current).toBe('items-api is now healthy.');
  rerender({ connection: lost, health: report('healthy') });
  expect(result.current).toBe('Lost: Nobody answers.');
});
