// One tile of the summary: a heading, a figure, and facts in pairs of term and value.
import type { ReactNode } from 'react';

interface TileProps {
  readonly id: string;
  readonly title: string;
  /** The one figure that the tile is about. */
  readonly figure: ReactNode;
  /** What stands beside the figure, smaller. */
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}

export function Tile({ id, title, figure, note, children }: TileProps) {
  return (
    <section className={`tile tile-${id}`} aria-labelledby={`tile-${id}`}>
      <h2 id={`tile-${id}`}>{title}</h2>
      <p className="tile-figure">{figure}{note !== undefined && <span className="tile-note">{note}</span>}</p>
      {children}
    </section>
  );
}

export interface Fact {
  readonly term: string;
  readonly value: ReactNode;
  /** Draws the eye: something is not as it should be. */
  readonly alarming?: boolean;
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(({ term, value, alarming }) => (
        <div key={term} className={alarming === true ? 'is-alarming' : undefined}><dt>{term}</dt><dd>{value}</dd></div>
      ))}
    </dl>
  );
}

/** What stands where the daemon has said no number. */
export const UNKNOWN = '–';

/** `say(value)`, or a dash where there is no value: an unknown number is never shown as zero. */
export function known<T>(value: T | null | undefined, say: (value: T) => string): string {
  return value === null || value === undefined ? UNKNOWN : say(value);
}
