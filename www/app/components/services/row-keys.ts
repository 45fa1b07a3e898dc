// Which row a key leads to, and scrolling there.

const PAGE = 10;

/** The row that `key` leads to from row `from` of `count`; null for a key that leads nowhere. */
export function rowAfterKey(key: string, from: number, count: number): number | null {
  const last = count - 1;
  const to = { ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + PAGE, PageUp: from - PAGE, Home: 0, End: last }[key];
  return to === undefined || count === 0 ? null : Math.min(last, Math.max(0, to));
}

/** Room kept free above and below the row that is scrolled to, for the toolbar that stays on top. */
const CLEARANCE = 96;

/** Scrolls the page as little as needed to show a row; `list` is the element whose top edge is the top of row 0. */
export function scrollToRow(list: HTMLElement | null, offsets: readonly number[], row: number): void {
  if (list === null) return;
  const origin = list.getBoundingClientRect().top;
  const top = origin + (offsets[row] ?? 0) - CLEARANCE;
  const bottom = origin + (offsets[row + 1] ?? 0) + 16 - window.innerHeight;
  if (top < 0) window.scrollBy({ top, behavior: 'instant' });
  else if (bottom > 0) window.scrollBy({ top: bottom, behavior: 'instant' });
}
