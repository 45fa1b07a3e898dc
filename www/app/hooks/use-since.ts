// Since when a value has been what it is.
import { useState } from 'react';
import { useClock } from './use-clock';

/** The time, by the page's clock, at which `value` was first seen as it is now; in `Date.now()`, to the second. */
export function useSince(value: unknown): number {
  const now = useClock();
  const [state, setState] = useState({ value, since: now });
  if (Object.is(state.value, value)) return state.since;
  setState({ value, since: now }); // Set while rendering, it takes effect before anything is drawn.
  return now;
}
