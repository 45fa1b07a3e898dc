import { expect, test } from 'vitest';
import { healthSummary, latencySummary } from './summary';

test('health in a sentence, with what is missing', () => {
  expect(healthSummary([100, null, 40, 80])).toBe('Health over the last 4 checks: now 80, between 40 and 100; 1 check without a verdict.');
  expect(healthSummary([100, 100])).toBe('Health over the last 2 checks: now 100, always 100.');
});

test('latency in a sentence, also when the last check had no answer', () => {
  expect(latencySummary([900, 40_000, null]).replaceAll('\u00A0', ' ')).toBe('Latency over the last 3 checks: without an answer now, between 900 µs and 40 ms; 1 check without an answer.');
});

test('nothing yet', () => {
  expect(healthSummary([])).toBe('Health: no check has brought a verdict yet.');
  expect(latencySummary([null])).toBe('Latency: no check has brought an answer yet.');
});
