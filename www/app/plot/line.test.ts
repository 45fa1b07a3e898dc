import { describe, expect, test } from 'vitest';
import { type Frame, areaPath, gaps, linePath, xAt, yAt } from './line';
import { healthScale } from './scale';

const frame: Frame = { width: 100, height: 20, slots: 5, inset: 0 };

describe('places', () => {
  test('the newest value is at the right edge, and a short history grows from there', () => {
    expect(xAt(4, 5, frame)).toBe(100);
    expect(xAt(0, 5, frame)).toBe(0);
    expect(xAt(1, 2, frame)).toBe(100);
    expect(xAt(0, 2, frame)).toBe(75);
    expect(xAt(0, 1, { ...frame, slots: 1 })).toBe(100);
  });

  test('the scale runs upwards within the insets, and holds what lies outside', () => {
    expect(yAt(0, healthScale, frame)).toBe(20);
    expect(yAt(100, healthScale, frame)).toBe(0);
    expect(yAt(250, healthScale, frame)).toBe(0);
    expect(yAt(-5, healthScale, { ...frame, inset: 2 })).toBe(18);
  });
});

describe('linePath', () => {
  test('joins values and breaks at gaps', () => {
    expect(linePath([0, 100, null, 50, 50], healthScale, frame)).toBe('M0 20L25 0M75 10L100 10');
  });

  test('shows a value that stands alone', () => {
    expect(linePath([null, 100, null], healthScale, frame)).toBe('M73.5 0H75');
  });

  test('is empty without values', () => {
    expect(linePath([], healthScale, frame)).toBe('');
    expect(linePath([null, null], healthScale, frame)).toBe('');
  });
});

test('areaPath closes each run at the bottom and leaves single values to the line', () => {
  expect(areaPath([0, 100, null, 50], healthScale, frame)).toBe('M25 20L25 20L50 0L50 20Z');
});

test('gaps are where the answers are missing', () => {
  expect(gaps([0, null, 100, null, 5], frame)).toEqual([25, 75]);
});
