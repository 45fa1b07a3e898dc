import { expect, test } from 'vitest';
import { serviceEntry, verdict } from '../testing/fixtures';
import { ordered } from './order';
import { type HealthClass, verdictKey } from './verdict';

const matches = ['a', 'b', 'c', 'd'].map((name) => ({ service: serviceEntry(name), endpoints: [] }));
const report = new Map(([['a', 'healthy', 100, 900], ['b', 'degraded', 60, null], ['c', 'healthy', 100, 40_000], ['d', 'unhealthy', 10, 5_000]] as const)
  .map(([service, healthClass, health, latencyUs]: readonly [string, HealthClass, number, number | null]) => {
    const entry = verdict({ service, healthClass, health, latencyUs });
    return [verdictKey(entry.service, entry.url), entry];
  }));
const names = (order: 'name' | 'attention' | 'latency'): string => ordered(matches, order, report).map(({ service }) => service.name).join('');

test('by name is as it comes', () => expect(names('name')).toBe('abcd'));
test('worst first, equals by name', () => expect(names('attention')).toBe('dbac'));
test('slowest first, without a latency last', () => expect(names('latency')).toBe('cdab'));
test('works before the first report', () => expect(ordered(matches, 'latency', null)).toHaveLength(4));
