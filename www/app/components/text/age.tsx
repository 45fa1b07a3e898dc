// How long ago something was, counted on by the page itself between two reports.
import { useClock } from '../../hooks/use-clock';
import { ago, clock, coarse } from '../../format/time';

/** "4 s ago"; `none` where there is no such moment. `at` is in `Date.now()`. */
export function Age({ at, none = 'never' }: { readonly at: number | null; readonly none?: string }) {
  const now = useClock();
  if (at === null) return <span className="faint">{none}</span>;
  return <time dateTime={new Date(at).toISOString()} title={clock(at)}>{ago(now - at)}</time>;
}

/** "14:03:09 (2 min)", to stand after the word "since". `at` is in `Date.now()`. */
export function Since({ at }: { readonly at: number }) {
  const now = useClock();
  return <time dateTime={new Date(at).toISOString()}>{clock(at)} ({coarse(now - at)})</time>;
}
