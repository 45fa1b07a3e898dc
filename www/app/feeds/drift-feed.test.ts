// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DriftFeed } from './drift-feed';

const asked = vi.fn<typeof fetch>();

beforeEach(() => {
  asked.mockReset();
  vi.useFakeTimers();
  vi.stubGlobal('fetch', asked);
});
afterEach(() => vi.useRealTimers());

test('it follows what the daemon says, and keeps it when the daemon is gone', async () => {
  const body = { services: [{ service: 'a', missing: [{ path: '/x', methods: ['GET'] }] }] };
  asked.mockResolvedValueOnce(new Response(JSON.stringify(body))).mockRejectedValue(new TypeError('Failed to fetch'));
  const feed = new DriftFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect([...feed.reading().value?.keys() ?? []]).toEqual(['a']);
  expect(asked.mock.calls[0]?.[0]).toBe('/v1/drift');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(feed.reading()).toMatchObject({ lostSince: Date.now() });
  expect(feed.reading().value?.size).toBe(1);
  off();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(2);
});
