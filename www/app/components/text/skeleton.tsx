// The shape of what is still being loaded. Says nothing to screen readers: the status line does.

interface SkeletonProps {
  readonly lines: number;
  readonly className?: string;
}

export function Skeleton({ lines, className = '' }: SkeletonProps) {
  return (
    <div className={`skeleton ${className}`} aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => <span key={line} />)}
    </div>
  );
}
