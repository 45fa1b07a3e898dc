import { expect, test } from 'vitest';
import { rowOffsets, rowsBetween } from './use-windowed-rows';

const offsets = rowOffsets([10, 20, 10, 10]);

test('offsets are the tops of the rows and the height of all', () => {
  expect(offsets).toEqual([0, 10, 30, 40, 50]);
  expect(rowOffsets([])).toEqual([0]);
});

test('rows that the stretch touches are drawn, the others are not', () => {
  expect(rowsBetween(offsets, 0, 10)).toEqual({ start: 0, end: 2 });
  expect(rowsBetween(offsets, 12, 29)).toEqual({ start: 1, end: 2 });
  expect(rowsBetween(offsets, 30, 35)).toEqual({ start: 2, end: 3 });
  expect(rowsBetween(offsets, -500, 5_000)).toEqual({ start: 0, end: 4 });
});

test('beyond the list there is nothing to draw', () => {
  expect(rowsBetween(offsets, 500, 900)).toEqual({ start: 4, end: 4 });
  expect(rowsBetween(offsets, -900, -500)).toEqual({ start: 0, end: 0 });
  expect(rowsBetween(rowOffsets([]), 0, 100)).toEqual({ start: 0, end: 0 });
});
