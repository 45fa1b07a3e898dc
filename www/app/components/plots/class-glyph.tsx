// The sign of a health class. Each class has a shape of its own, so that no one has to tell green from red.
import type { HealthClass } from '../../model/verdict';

const SHAPES: Readonly<Record<HealthClass, string>> = {
  healthy: 'M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z',
  degraded: 'M6 1.2 11.2 10.4H.8z',
  unhealthy: 'M1.8 1.8h8.4v8.4H1.8z',
  unknown: 'M6 2.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z',
};

/** `label` says it in words where no words stand beside it. */
export function ClassGlyph({ of, label }: { readonly of: HealthClass; readonly label?: string }) {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg className={`class-glyph is-${of}`} viewBox="0 0 12 12" width="12" height="12" focusable="false" {...spoken}>
      <path d={SHAPES[of]} />
    </svg>
  );
}
