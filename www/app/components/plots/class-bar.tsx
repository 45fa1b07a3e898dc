// How many services are in each health class, as one divided bar. The figures stand beside it; the bar itself is decoration.
import { HEALTH_CLASSES, type HealthClass } from '../../model/verdict';

export function ClassBar({ counts }: { readonly counts: Readonly<Record<HealthClass, number>> }) {
  return (
    <div className="class-bar" aria-hidden="true">
      {[...HEALTH_CLASSES].reverse().map((name) => counts[name] > 0 && <span key={name} className={`is-${name}`} style={{ flexGrow: counts[name] }} />)}
    </div>
  );
}
