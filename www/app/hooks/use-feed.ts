// A feed's reading as a React value.
import { useSyncExternalStore } from 'react';
import type { Feed, Reading } from '../feeds/feed';

export function useFeed<T>(feed: Feed<T>): Reading<T> {
  return useSyncExternalStore(feed.subscribe, feed.reading);
}
