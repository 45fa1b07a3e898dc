// Nothing fits the search or the filter.
import type { HealthClass } from '../../model/verdict';
import { clip } from '../../format/text';

interface NoMatchProps {
  readonly query: string;
  readonly only: HealthClass | null;
  /** Whether a source, a label or a method is chosen. */
  readonly filtered: boolean;
  readonly onClear: () => void;
}

export function NoMatch({ query, only, filtered, onClear }: NoMatchProps) {
  return (
    <div className="no-match">
      <p>No{only === null ? '' : ` ${only}`} service{filtered ? ' of this choice' : ''}{query === '' ? '' : <> or endpoint matches “{clip(query, 60)}”</>}.</p>
      <button type="button" className="button" onClick={onClear}>Show all services</button>
    </div>
  );
}
