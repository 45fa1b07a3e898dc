// Since when a value has been what it is.
import { useState } from 'react';

/** The `Date.now()` at which `value` was first seen as it is now. */
export function useSince(value: unknown): number {
  const [state, setState] = useState(() => ({ value, since: Date.now() }));
  if (!Object.is(state.value, value)) {
    const next = { value, since: Date.now() };
    setState(next); // A state set while rendering takes effect before anything is drawn.
    return next.since;
  }
  return state.since;
}
