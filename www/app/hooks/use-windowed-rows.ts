// Which rows of a long list are on screen. Rows have known heights, so that a list of thousands is a few dozen elements and two spacers.
import { type RefObject, useEffect, useState } from 'react';

/** Rows `start` to `end` (exclusive) are drawn. */
export interface RowWindow {
  readonly start: number;
  readonly end: number;
}

/** Rows beyond the edges of the screen that are drawn all the same, in pixels, so that scrolling shows no blanks. */
const MARGIN = 400;

/** The top of each row and, as the last element, the height of all of them. */
export function rowOffsets(heights: readonly number[]): readonly number[] {
  const offsets = [0];
  let top = 0;
  for (const height of heights) offsets.push((top += height));
  return offsets;
}

/** The rows between `top` and `bottom`, which are in pixels from the top of the list. */
export function rowsBetween(offsets: readonly number[], top: number, bottom: number): RowWindow {
  const count = offsets.length - 1;
  return { start: Math.max(0, Math.min(count, firstBelow(offsets, top) - 1)), end: Math.max(0, Math.min(count, firstBelow(offsets, bottom))) };
}

/** Follows the page's scrolling; `list` is the element whose top edge is the top of row 0. */
export function useWindowedRows(list: RefObject<HTMLElement | null>, offsets: readonly number[]): RowWindow {
  const [rows, setRows] = useState<RowWindow>(() => rowsBetween(offsets, 0, 1_000));
  useEffect(() => {
    let frame = 0;
    const measure = (): void => {
      frame = 0;
      const top = -(list.current?.getBoundingClientRect().top ?? 0);
      const next = rowsBetween(offsets, top - MARGIN, top + window.innerHeight + MARGIN);
      setRows((before) => (before.start === next.start && before.end === next.end ? before : next));
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener('scroll', schedule, { passive: true });
    window.addEventListener('resize', schedule);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', schedule);
      window.removeEventListener('resize', schedule);
    };
  }, [list, offsets]);
  return rows;
}

/** The index of the first offset greater than `y`, by bisection. */
function firstBelow(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? Infinity) > y) high = middle;
    else low = middle + 1;
  }
  return low;
}
