import { expect, test } from 'vitest';
import { bytes, latency, percent } from './units';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

test.each([
  [0, '0 µs'], [84, '84 µs'], [844, '840 µs'], [994, '990 µs'], [996, '1 ms'], [1_240, '1.2 ms'], [12_400, '12 ms'], [124_000, '120 ms'], [999_000, '1 s'], [1_200_000, '1.2 s'],
  [30_000_000, '30 s'],
])('a latency of %d µs is "%s"', (us, text) => {
  expect(plain(latency(us))).toBe(text);
});

test('a latency is never off by more than the half of its second digit', () => {
  const factor = { µs: 1, ms: 1_000, s: 1_000_000 };
  for (let us = 20; us < 60_000_000; us = us * 1.07 + 1) {
    const [value, unit] = latency(us).split('\u00A0') as [string, keyof typeof factor];
    expect(Math.abs(Number(value) * factor[unit] - us) / us).toBeLessThanOrEqual(0.0501);
  }
});

test.each([[0, '0 B'], [1_023, '1023 B'], [1_024, '1 KiB'], [4_530_000, '4.3 MiB'], [526 * 1_048_576, '526 MiB'], [3 * 1_073_741_824, '3 GiB'], [2 ** 41, '2 TiB']])('%d bytes are "%s"', (count, text) => {
  expect(plain(bytes(count))).toBe(text);
});

test.each([[0, '0 %'], [10, '1 %'], [6.4, '0.64 %'], [840, '84 %'], [1_000, '100 %'], [1_234, '123 %']])('%d permille are "%s"', (permille, text) => {
  expect(plain(percent(permille))).toBe(text);
});
