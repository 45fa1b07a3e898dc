// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HealthFeed } from './health-feed';

const BODY = { now: 1, services: [{ service: 'a', url: 'http://h', class: 'healthy', health: 90, checked_at: 1, age_ms: 0, latency_us: 5, history: {} }] };

/** An EventSource that is told by the test what happens. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 1;
  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
  tell(data: string): void {
    this.dispatchEvent(new MessageEvent('health', { data }));
  }
}

let visibility: DocumentVisibilityState = 'visible';
let answer: () => Promise<Response>;
const asked = vi.fn(() => answer());

function show(state: DocumentVisibilityState): void {
  visibility = state;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  visibility = 'visible';
  FakeSource.all = [];
  asked.mockClear();
  answer = () => Promise.resolve(new Response(JSON.stringify(BODY)));
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('fetch', asked);
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
});
afterEach(() => vi.useRealTimers());

test('the first report comes from the resource, the next from the stream, and then the resource is left alone', async () => {
  const feed = new HealthFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.reading().value?.size).toBe(1);
  expect(FakeSource.all[0]?.url).toBe('/.well-known/landfall/events?topics=health');
  FakeSource.all[0]?.tell(JSON.stringify({ ...BODY, services: [] }));
  expect(feed.reading().value?.size).toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(1);
  off();
});

test('nothing is held while the page is hidden or nobody listens', async () => {
  const feed = new HealthFeed();
  const off = feed.subscribe(() => undefined);
  show('hidden');
  expect(FakeSource.all.map(({ readyState }) => readyState)).toEqual([FakeSource.CLOSED]);
  show('visible');
  expect(FakeSource.all).toHaveLength(2);
  off();
  expect(FakeSource.all[1]?.readyState).toBe(FakeSource.CLOSED);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('a daemon that is gone is noted once, keeps the last report, and is forgiven when it is back', async () => {
  const feed = new HealthFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  answer = () => Promise.reject(new TypeError('Failed to fetch'));
  FakeSource.all[0]?.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(6_000);
  const { lostSince, value } = feed.reading();
  expect(lostSince).not.toBeNull();
  expect(value?.size).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(feed.reading().lostSince).toBe(lostSince);
  FakeSource.all[0]?.tell(JSON.stringify(BODY));
  expect(feed.reading().lostSince).toBeNull();
  off();
});

test('a stream that the browser gave up on is opened again', async () => {
  const feed = new HealthFeed();
  const off = feed.subscribe(() => undefined);
  const [first] = FakeSource.all;
  first?.close();
  first?.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(11_000);
  expect(FakeSource.all).toHaveLength(2);
  off();
});

test.each(['not json', '[]', '{"services":5}'])('an event that is no report (%s) changes nothing', async (data) => {
  const feed = new HealthFeed();
  const off = feed.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  const before = feed.reading();
  FakeSource.all[0]?.tell(data);
  expect(feed.reading()).toBe(before);
  off();
});
