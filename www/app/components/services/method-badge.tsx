// One method (or a protocol without methods) as a badge. The edge of the badge shows how well it is known: whole, said, hoped.
import { clip } from '../../format/text';

interface MethodBadgeProps {
  readonly method: string;
  readonly strength?: 'whole' | 'said' | 'hoped';
  readonly title?: string;
}

export function MethodBadge({ method, strength = 'whole', title }: MethodBadgeProps) {
  const name = clip(method, 12);
  return (
    <span className={`method-badge is-${name.toLowerCase()} is-${strength}`} title={title}>{name}</span>
  );
}
