// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LabelsFeed } from './labels-feed';

const asked = vi.fn<typeof fetch>();

beforeEach(() => {
  asked.mockReset();
  vi.useFakeTimers();
  vi.stubGlobal('fetch', asked);
});
afterEach(() => vi.useRealTimers());

const answer = (team: string, etag: string) => new Response(JSON.stringify({ services: [{ name: 'a', labels: { team } }] }), { headers: { etag } });

test('the catalog is revalidated, and read again only when it is another one', async () => {
  const unread = answer('unread', '"1"');
  asked.mockResolvedValueOnce(answer('shop', '"1"')).mockResolvedValueOnce(unread).mockResolvedValueOnce(answer('search', '"2"'));
  const feed = new LabelsFeed();
  const off = feed.subscribe(() => undefined);
  const labels = () => feed.reading().value?.get('a');
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.mock.calls[0]).toMatchObject(['/.well-known/landfall', { cache: 'no-cache' }]);
  expect(labels()).toEqual(['team=shop']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(labels()).toEqual(['team=shop']);
  expect(unread.bodyUsed).toBe(true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(labels()).toEqual(['team=search']);
  off();
});
