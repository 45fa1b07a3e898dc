// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { STATUS_BODY } from '../testing/fixtures';
import { MAX_SAMPLES } from '../model/samples';
import { StatusFeed } from './status-feed';

let answer: () => Promise<Response>;
const asked = vi.fn<typeof fetch>(() => answer());
const body = (used: number) => new Response(JSON.stringify({ ...STATUS_BODY, budget: { ...STATUS_BODY.budget, used_permille: used } }));

beforeEach(() => {
  asked.mockClear();
  vi.useFakeTimers();
  vi.stubGlobal('fetch', asked);
});
afterEach(() => vi.useRealTimers());

test('each reading is added to what led up to it', async () => {
  let used = 0;
  answer = () => Promise.resolve(body((used += 1)));
  const feed = new StatusFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(6_500);
  expect(feed.reading().value?.samples.map(({ usedPermille }) => usedPermille)).toEqual([1, 2, 3]);
  await vi.advanceTimersByTimeAsync(2_000_000);
  expect(feed.reading().value?.samples).toHaveLength(MAX_SAMPLES);
  off();
});

test.each([
  ['an error page', () => Promise.resolve(new Response('<h1>502</h1>', { status: 502 }))],
  ['another application', () => Promise.resolve(new Response('{"hello":"world"}'))],
  ['nobody', () => Promise.reject(new TypeError('Failed to fetch'))],
])('%s is not the daemon: it counts as lost', async (_who, reply) => {
  answer = reply;
  const feed = new StatusFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.reading()).toMatchObject({ value: null, lostSince: Date.now() });
  off();
});

test('an answer that never comes is given up, and asked for again', async () => {
  asked.mockImplementation((_path, init) => new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))));
  const feed = new StatusFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(feed.reading().lostSince).not.toBeNull();
  expect(asked).toHaveBeenCalledTimes(2);
  off();
  expect(asked.mock.calls[1]?.[1]?.signal?.aborted).toBe(true);
});
