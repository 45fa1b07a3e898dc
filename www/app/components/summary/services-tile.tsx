// How many services there are, and how they are.
import { memo } from 'react';
import { ClassBar } from '../plots/class-bar';
import { ClassGlyph } from '../plots/class-glyph';
import { HEALTH_CLASSES, type HealthClass } from '../../model/verdict';
import { counted, whole } from '../../format/text';
import { Tile } from './tile';

interface ServicesTileProps {
  readonly total: number;
  readonly endpoints: number;
  readonly counts: Readonly<Record<HealthClass, number>>;
}

export const ServicesTile = memo(function ServicesTile({ total, endpoints, counts }: ServicesTileProps) {
  return (
    <Tile id="services" title="Services" figure={whole(total)} note={counted(endpoints, 'endpoint')}>
      <ClassBar counts={counts} />
      <ul className="class-legend">
        {[...HEALTH_CLASSES].reverse().map((name) => (
          <li key={name} className={counts[name] === 0 ? 'is-none' : undefined}><ClassGlyph of={name} />{whole(counts[name])} {name}</li>
        ))}
      </ul>
    </Tile>
  );
});
