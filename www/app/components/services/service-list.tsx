// The list of services: as many rows as fit the screen, whatever their number. Tab leads to one row, the arrow keys to the others.
import { type FocusEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { HealthReport } from '../../model/verdict';
import type { Match } from '../../model/search';
import { type DriftReport, missingCount } from '../../model/drift';
import { serviceClass, serviceVerdict } from '../../model/services';
import { rowOffsets, useWindowedRows } from '../../hooks/use-windowed-rows';
import { useElementWidth } from '../../hooks/use-element-width';
import { ServiceRow } from './service-row';
import { rowHeight, rowLayout } from './row-layout';
import { rowAfterKey, scrollToRow } from './row-keys';

interface ServiceListProps {
  readonly matches: readonly Match[];
  readonly report: HealthReport | null;
  readonly drift: DriftReport | null;
  readonly selected: string | null;
}

export function ServiceList({ matches, report, drift, selected }: ServiceListProps) {
  const body = useRef<HTMLDivElement>(null);
  const layout = rowLayout(useElementWidth(body));
  const offsets = useMemo(() => rowOffsets(matches.map((match) => rowHeight(match, layout))), [matches, layout]);
  const { start, end } = useWindowedRows(body, offsets);
  const [active, setActive] = useState<string | null>(null);
  const focusNext = useRef<number | null>(null);

  useEffect(() => {
    if (focusNext.current === null) return;
    const link = body.current?.querySelector<HTMLElement>(`[data-index="${focusNext.current}"]`);
    if (link === null || link === undefined) return; // Not drawn yet: the scrolling that it needs draws it.
    focusNext.current = null;
    link.focus({ preventScroll: true });
  });

  const drawn = matches.slice(start, end);
  const stop = drawn.find(({ service }) => service.name === active) ?? drawn.find(({ service }) => service.name === selected) ?? drawn[0];

  const onKeyDown = (event: KeyboardEvent): void => {
    const link = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-index]') : null;
    if (link === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = rowAfterKey(event.key, Number(link.dataset.index), matches.length);
    if (next === null) return;
    event.preventDefault();
    focusNext.current = next;
    setActive(matches[next]?.service.name ?? null);
    scrollToRow(body.current, offsets, next);
  };

  // A row that got the focus by a click is where the arrow keys go on from.
  const onFocus = (event: FocusEvent): void => {
    const index = event.target instanceof HTMLElement ? event.target.dataset.index : undefined;
    if (index !== undefined) setActive(matches[Number(index)]?.service.name ?? null);
  };

  return (
    <div role="table" aria-label="Services" aria-rowcount={matches.length + 1} className="service-list" data-layout={layout}>
      <div role="rowgroup" className="list-head">
        <div role="row" aria-rowindex={1}>
          <span role="columnheader" className="cell-name">Service</span>
          <span role="columnheader" className="cell-methods">Methods</span>
          <span role="columnheader" className="cell-health">Health</span>
          <span role="columnheader" className="cell-latency">Latency, age</span>
        </div>
      </div>
      <div role="rowgroup" className="list-body" ref={body} style={{ height: offsets[offsets.length - 1] ?? 0 }} onKeyDown={onKeyDown} onFocus={onFocus}>
        {drawn.map((match, place) => {
          const index = start + place;
          const top = offsets[index] ?? 0;
          return (
            <ServiceRow
              key={match.service.name}
              match={match}
              verdict={serviceVerdict(report, match.service)}
              healthClass={serviceClass(report, match.service)}
              missing={missingCount(drift?.get(match.service.name))}
              index={index}
              top={top}
              height={(offsets[index + 1] ?? top) - top}
              selected={match.service.name === selected}
              tabStop={match === stop}
            />
          );
        })}
      </div>
    </div>
  );
}
