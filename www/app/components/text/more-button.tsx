// The button under a list that began short.
import { whole } from '../../format/text';

interface MoreButtonProps {
  readonly shown: number;
  readonly total: number;
  readonly noun: string;
  readonly onMore: () => void;
}

export function MoreButton({ shown, total, noun, onMore }: MoreButtonProps) {
  if (shown >= total) return null;
  return (
    <button type="button" className="button more-button" onClick={onMore}>
      Show more <span className="faint">({whole(shown)} of {whole(total)} {noun})</span>
    </button>
  );
}
