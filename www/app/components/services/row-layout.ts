// How high a row is. The list draws only the rows on screen, so heights are known here in numbers and nowhere else.
import type { Match } from '../../model/search';

export type RowLayout = 'wide' | 'medium' | 'narrow';

/** Most found endpoints that a row shows; the rest are counted. */
export const ROW_ENDPOINTS = 3;

const HEIGHTS: Readonly<Record<RowLayout, number>> = { wide: 64, medium: 64, narrow: 112 };
const FOUND_LINE = 26;
const FOUND_PADDING = 10;

/** The layout for a list of this width in CSS pixels. */
export function rowLayout(width: number): RowLayout {
  if (width >= 700) return 'wide';
  return width >= 500 ? 'medium' : 'narrow';
}

/** The height of a row in CSS pixels. */
export function rowHeight(match: Match, layout: RowLayout): number {
  const found = match.endpoints.length;
  const lines = Math.min(found, ROW_ENDPOINTS) + (found > ROW_ENDPOINTS ? 1 : 0);
  return HEIGHTS[layout] + (lines === 0 ? 0 : lines * FOUND_LINE + FOUND_PADDING);
}
