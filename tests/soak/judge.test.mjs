// The soak's verdicts: what grows is found, and what only moves is not taken for growth.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { judge, windows } from './judge.mjs';

const HOW = { services: 10, clients: 2, inFlight: 4, cores: 2, budgetPercent: 1, windowMs: 60_000 };

/** Ten minutes, a sample a second: 6 MB that swing by 0.3, half of the budget. */
const samples = (change = () => ({})) => Array.from({ length: 600 }, (_, second) => ({
  at: second * 1_000, cpu: second * 5_000, rss: 6e6 + 3e5 * Math.sin(second), descriptors: 30, threads: 1, load: 1, ...change(second),
}));

const breaches = ({ leaks, budget }) => [...leaks, ...budget].filter(({ holds }) => !holds).map(({ what }) => what);

test('what swings around a level holds', () => {
  assert.deepEqual(breaches(judge(samples(), HOW)), []);
});

test('memory, descriptors and threads that grow are breaches', () => {
  assert.match(breaches(judge(samples((second) => ({ rss: 6e6 + second * 5_000 })), HOW))[0], /resident memory/);
  assert.match(breaches(judge(samples((second) => ({ descriptors: 30 + Math.floor(second / 10) })), HOW))[0], /descriptors/);
  assert.match(breaches(judge(samples((second) => ({ threads: second < 400 ? 1 : 3 })), HOW))[0], /threads/);
});

test('one full minute is a breach of the budget, and on an overloaded machine the budget is not judged', () => {
  const full = (second) => ({ cpu: second * 5_000 + Math.min(Math.max(0, second - 300), 60) * 6_000 });
  assert.match(breaches(judge(samples(full), HOW))[0], /fullest window/);
  const busy = judge(samples((second) => ({ ...full(second), load: 8 })), HOW);
  assert.deepEqual(breaches(busy), []);
  assert.match(busy.budget[0].what, /not judged: a load of 8/);
  assert.match(judge(samples(() => ({ load: 8 })), HOW).budget[0].what, /fullest window/);
});

test('a window is never shorter than it says, whenever the samples came', () => {
  const late = [0, 1_000, 30_000, 61_500, 90_000].map((at) => ({ at, cpu: at * 10 }));
  assert.deepEqual(windows(late, 60_000).map((it) => Math.round(it * 1_000)), [1_000, 1_000]);
});
