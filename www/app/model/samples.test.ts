import { expect, test } from 'vitest';
import { status } from '../testing/fixtures';
import { type Sample, SLOT_MS, sampleOf, series } from './samples';

const at = (moment: number, usedPermille: number): Sample => ({ ...sampleOf(status(), moment), usedPermille });
const used = (samples: readonly Sample[]) => series(samples, ({ usedPermille }) => usedPermille);

test('a sample is what a status says, and unknown stays unknown', () => {
  expect(sampleOf(status(), 5)).toEqual({ at: 5, usedPermille: 6.2, budgetPermille: 10, pacePermille: 840, overdue: 4, oldestVerdictMs: 8_700, rssBytes: 4_530_000, heldBytes: null });
  expect(sampleOf(status({ budget: {} }), 5)).toMatchObject({ usedPermille: null, rssBytes: null });
});

test('readings that come evenly leave no gap, and the newest is the last', () => {
  const samples = Array.from({ length: 30 }, (_, index) => at(1_000_000 + index * 3_100, index));
  const { spanMs, values } = used(samples);
  expect(spanMs).toBe(120_000);
  const known = values.slice(values.findIndex((value) => value !== null));
  expect(known).not.toContain(null);
  expect(known[known.length - 1]).toBe(29);
});

test('time in which nothing was read is a gap', () => {
  const { values } = used([at(0, 1), at(10 * SLOT_MS, 2)]);
  expect(values.slice(-11)).toEqual([1, ...Array.from({ length: 9 }, () => null), 2]);
});

test('the span grows with what there is to show, up to half an hour', () => {
  expect(used([]).values.every((value) => value === null)).toBe(true);
  expect(used([at(0, 1), at(4 * 60_000, 1)]).spanMs).toBe(5 * 60_000);
  const long = used([at(0, 7), at(50 * 60_000, 1)]);
  expect(long.spanMs).toBe(30 * 60_000);
  expect(long.values).not.toContain(7);
});

test('a clock that was set back breaks nothing', () => {
  expect(used([at(500_000, 1), at(0, 2)]).values.filter((value) => value !== null)).toEqual([2]);
});
