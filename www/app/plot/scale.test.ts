import { describe, expect, test } from 'vitest';
import { fromZero, latencyScale, roundTicks } from './scale';

describe('latencyScale', () => {
  test('is logarithmic: equal ratios are equal distances', () => {
    const { scale } = latencyScale([150, 40_000]);
    expect(scale(2_000) - scale(1_000)).toBeCloseTo(scale(20_000) - scale(10_000));
  });

  test('holds all values between whole decades', () => {
    const { low, high, decades, scale } = latencyScale([150, null, 40_000]);
    expect([low, high]).toEqual([100, 100_000]);
    expect(decades).toEqual([100, 1_000, 10_000, 100_000]);
    expect([scale(low), scale(high)]).toEqual([0, 1]);
  });

  test('shows a constant history within one decade, not as an empty range', () => {
    expect(latencyScale([1_000, 1_000])).toMatchObject({ low: 1_000, high: 10_000 });
  });

  test('is defined for no values, and for zero', () => {
    expect(latencyScale([null])).toMatchObject({ low: 1_000, high: 10_000 });
    expect(latencyScale([0]).scale(0)).toBe(0);
  });
});

describe('fromZero', () => {
  test('keeps room above the largest value', () => {
    expect(fromZero([5, null, 10])(10)).toBeLessThan(1);
    expect(fromZero([5, 10])(0)).toBe(0);
  });

  test('is flat when everything is zero', () => {
    expect(fromZero([0, null])(0)).toBe(0);
  });
});

describe('roundTicks', () => {
  test('are round, few, and hold the largest value', () => {
    expect(roundTicks(10)).toEqual([0, 5, 10]);
    expect(roundTicks(11)).toEqual([0, 5, 10, 15]);
    expect(roundTicks(1_000)).toEqual([0, 500, 1_000]);
    expect(roundTicks(0.7)).toHaveLength(5);
    for (const most of [0.03, 1, 3.9, 4.1, 99, 12_345]) {
      const ticks = roundTicks(most);
      expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(most);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }
  });

  test('are defined for nothing', () => {
    expect(roundTicks(0)).toEqual([0, 1]);
    expect(roundTicks(NaN)).toEqual([0, 1]);
  });
});
