// Text of a service on the page: cleaned, bounded, set apart from the direction of its surroundings, with an ellipsis where it has no room.
import { memo } from 'react';
import { MAX_TEXT, clip } from '../../format/text';

interface ClipProps {
  readonly text: string;
  /** Most code points that are put into the page. */
  readonly max?: number;
  readonly className?: string;
}

export const Clip = memo(function Clip({ text, max = MAX_TEXT, className }: ClipProps) {
  const shown = clip(text, max);
  return <bdi className={className === undefined ? 'clip' : `clip ${className}`} title={shown}>{shown}</bdi>;
});
