// Long lists begin short: how many entries are shown, and a step further on request.
import { useState } from 'react';

/** How many of `total` entries to show now, and the function that shows one step more. Starts over when `of` changes. */
export function useMore(total: number, step: number, of: unknown): readonly [shown: number, more: () => void] {
  const [state, setState] = useState({ of, limit: step });
  const limit = Object.is(state.of, of) ? state.limit : step;
  return [Math.min(total, limit), () => setState({ of, limit: limit + step })];
}
