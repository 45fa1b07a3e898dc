// Search, filters, and order of the list.
import type { KeyboardEvent, RefObject } from 'react';
import { HEALTH_CLASSES, type HealthClass } from '../../model/verdict';
import { ORDERS, type Order } from '../../model/order';
import { MAX_QUERY } from '../../model/search';
import { sourceText } from '../../model/sources';
import { clip, whole } from '../../format/text';
import { ClassGlyph } from '../plots/class-glyph';
import { Icon } from '../icons';
import { FilterSelect } from './filter-select';

interface ServiceToolbarProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly only: HealthClass | null;
  readonly onOnly: (only: HealthClass | null) => void;
  readonly source: string | null;
  readonly onSource: (source: string | null) => void;
  /** The sources that some service has. */
  readonly sources: readonly string[];
  readonly label: string | null;
  readonly onLabel: (label: string | null) => void;
  /** The labels that there are to choose from. */
  readonly labels: readonly string[];
  readonly method: string | null;
  readonly onMethod: (method: string | null) => void;
  /** The methods that some endpoint has. */
  readonly methods: readonly string[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  /** How many of the found services are in each class. */
  readonly counts: Readonly<Record<HealthClass, number>>;
  readonly input: RefObject<HTMLInputElement | null>;
}

const HINT = 'A word with a colon says where to look: name: class: source: label: method: path:';

export function ServiceToolbar({ query, onQuery, only, onOnly, source, onSource, sources, label, onLabel, labels, method, onMethod, methods, order, onOrder, counts, input }: ServiceToolbarProps) {
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
        <input ref={input} type="search" value={query} maxLength={MAX_QUERY} onChange={(event) => onQuery(event.target.value)} onKeyDown={onKeyDown} placeholder="Search services and endpoints" title={HINT} aria-description={HINT} aria-label="Search services and endpoints" aria-keyshortcuts="/" autoComplete="off" spellCheck={false} />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <label className="order">
        <span className="visually-hidden">Order</span>
        <select value={order} onChange={(event) => onOrder(ORDERS.find(({ key }) => key === event.target.value)?.key ?? 'name')}>
          {ORDERS.map(({ key, label }) => <option key={key} value={key}>{label}</option>)}
        </select>
      </label>
      <div className="filters">
        <div className="class-filter" role="group" aria-label="Show only services that are">
          <button type="button" aria-pressed={only === null} onClick={() => onOnly(null)}>All <span className="tab-count">{whole(total)}</span></button>
          {[...HEALTH_CLASSES].reverse().map((name) => (counts[name] > 0 || only === name) && (
            <button key={name} type="button" aria-pressed={only === name} onClick={() => onOnly(only === name ? null : name)}>
              <ClassGlyph of={name} /><span className="filter-word">{name}</span> <span className="tab-count">{whole(counts[name])}</span>
            </button>
          ))}
        </div>
        <div className="filter-selects">
          {(sources.length > 1 || source !== null) && <FilterSelect noun="sources" value={source} onValue={onSource} options={sources.map((value) => ({ value, label: clip(sourceText(value), 32) }))} />}
          {(labels.length > 0 || label !== null) && <FilterSelect noun="labels" value={label} onValue={onLabel} options={labels.map((value) => ({ value, label: clip(value, 40) }))} />}
          {(methods.length > 1 || method !== null) && <FilterSelect noun="methods" value={method} onValue={onMethod} options={methods.map((value) => ({ value, label: clip(value, 12) }))} />}
        </div>
      </div>
    </div>
  );
}
