import { describe, expect, test } from 'vitest';
import { fromZero, latencyScale } from './scale';

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
