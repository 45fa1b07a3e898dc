import { expect, test } from 'vitest';
import { ago, clock, coarse, duration, offset } from './time';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  [-5, '0 ms'], [0, '0 ms'], [350, '350 ms'], [2_449, '2.4 s'], [9_949, '9.9 s'], [9_951, '9 s'], [12_000, '12 s'], [89_999, '89 s'], [90_000, '2 min'],
  [59 * MINUTE, '59 min'], [HOUR - 10_000, '1 h'], [2 * HOUR + 10 * MINUTE, '2 h 10 min'], [24 * HOUR, '1 d'], [5 * 24 * HOUR + 3 * HOUR, '5 d 3 h'],
])('a duration of %d ms is "%s"', (ms, text) => {
  expect(plain(duration(ms))).toBe(text);
});

test('a duration that rounds up to a whole unit never says 60 of the smaller one', () => {
  for (let ms = 0; ms < 30 * HOUR; ms += 7_919) expect(duration(ms)).not.toMatch(/\b60\D|\b24\Dh/);
});

test('an age counts whole seconds', () => {
  expect(ago(999)).toBe('just now');
  expect(plain(ago(4_999))).toBe('4 s ago');
  expect(plain(coarse(4_999))).toBe('4 s');
});

test('an offset carries its sign', () => {
  expect(plain(offset(104))).toBe('+104 ms');
  expect(plain(offset(2_310))).toBe('+2.3 s');
});

test('a time of day has two digits each', () => {
  expect(clock(new Date(2026, 0, 2, 4, 5, 6).getTime())).toBe('04:05:06');
});
