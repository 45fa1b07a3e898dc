// The route in the URL's hash as a React value.
import { useMemo, useSyncExternalStore } from 'react';
import { type Route, readRoute } from '../model/route';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => readRoute(hash), [hash]);
}
