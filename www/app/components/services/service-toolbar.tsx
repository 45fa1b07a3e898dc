// Search, filter by health class, and order of the list.
import type { KeyboardEvent, RefObject } from 'react';
import { HEALTH_CLASSES, type HealthClass } from '../../model/verdict';
import { ORDERS, type Order } from '../../model/order';
import { MAX_QUERY } from '../../model/search';
import { whole } from '../../format/text';
import { ClassGlyph } from '../plots/class-glyph';
import { Icon } from '../icons';

interface ServiceToolbarProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly only: HealthClass | null;
  readonly onOnly: (only: HealthClass | null) => void;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  /** How many of the found services are in each class. */
  readonly counts: Readonly<Record<HealthClass, number>>;
  readonly input: RefObject<HTMLInputElement | null>;
}

export function ServiceToolbar({ query, onQuery, only, onOnly, order, onOrder, counts, input }: ServiceToolbarProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (query === '') input.current?.blur();
    else onQuery('');
  };
  const total = HEALTH_CLASSES.reduce((sum, name) => sum + counts[name], 0);
  return (
    <div className="service-toolbar">
      <div role="search" className="search-box">
        <Icon name="search" />
        <input ref={input} type="search" value={query} maxLength={MAX_QUERY} onChange={(event) => onQuery(event.target.value)} onKeyDown={onKeyDown} placeholder="Search services and endpoints" aria-label="Search services and endpoints" aria-keyshortcuts="/" autoComplete="off" spellCheck={false} />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <label className="order">
        <span className="visually-hidden">Order</span>
        <select value={order} onChange={(event) => onOrder(ORDERS.find(({ key }) => key === event.target.value)?.key ?? 'name')}>
          {ORDERS.map(({ key, label }) => <option key={key} value={key}>{label}</option>)}
        </select>
      </label>
      <div className="class-filter" role="group" aria-label="Show only services that are">
        <button type="button" aria-pressed={only === null} onClick={() => onOnly(null)}>All <span className="tab-count">{whole(total)}</span></button>
        {[...HEALTH_CLASSES].reverse().map((name) => (counts[name] > 0 || only === name) && (
          <button key={name} type="button" aria-pressed={only === name} onClick={() => onOnly(only === name ? null : name)}>
            <ClassGlyph of={name} /><span className="filter-word">{name}</span> <span className="tab-count">{whole(counts[name])}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
