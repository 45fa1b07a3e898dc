// The services: a list to search and filter, and beside it (on small screens: in its place) the chosen one.
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { HealthClass, HealthReport } from '../../model/verdict';
import { type ServiceEntry, classCounts, serviceClass } from '../../model/services';
import { type Match, looksAtClass, search, searchIndex } from '../../model/search';
import { methodsPresent } from '../../model/methods';
import { type Labels, labelChoices } from '../../model/labels';
import { allSources } from '../../model/sources';
import { type Order, ordered } from '../../model/order';
import type { DriftReport } from '../../model/drift';
import { routeHash } from '../../model/route';
import { clip } from '../../format/text';
import { AddService } from './add-service';
import { NoMatch } from './no-match';
import { ServiceDetail } from './service-detail';
import { ServiceList } from './service-list';
import { ServiceToolbar } from './service-toolbar';
import { useKeptScroll } from '../../hooks/use-kept-scroll';
import { useSearchKey } from '../../hooks/use-search-key';
import { useSelectionFocus } from '../../hooks/use-selection-focus';
import { useSources } from '../../hooks/use-sources';

interface ServicesViewProps {
  readonly services: readonly ServiceEntry[];
  readonly report: HealthReport | null;
  readonly drift: DriftReport | null;
  readonly labels: Labels | null;
  /** The service that the URL names. */
  readonly selected: string | null;
  /** The daemon's own entry in its catalog. */
  readonly daemon: string;
  /** Whether the daemon answers: without it, an empty list says nothing about the machine. */
  readonly reachable: boolean;
}

export function ServicesView({ services, report, drift, labels, selected, daemon, reachable }: ServicesViewProps) {
  const [query, setQuery] = useState('');
  const [only, setOnly] = useState<HealthClass | null>(null);
  const [source, setSource] = useState<string | null>(null);
  const [label, setLabel] = useState<string | null>(null);
  const [method, setMethod] = useState<string | null>(null);
  const [order, setOrder] = useState<Order>('name');
  const input = useRef<HTMLInputElement>(null);
  const words = useDeferredValue(query);
  useSearchKey(input);
  useKeptScroll(selected !== null);
  useSelectionFocus(selected);

  const index = useMemo(() => searchIndex(services), [services]);
  const sources = useSources(report);
  const asked = [words, source === null ? '' : `source:${source}`, method === null ? '' : `method:${method}`].join(' ').trim();
  // The list is searched anew for each report only where the answer may be another one.
  const classes = looksAtClass(asked) ? report : null;
  const found = useMemo(() => {
    const labelsOf = ({ name }: ServiceEntry): readonly string[] => labels?.get(name) ?? [];
    const matches = search(index, asked, { classOf: (service) => serviceClass(classes, service), sourcesOf: ({ name }) => sources.get(name) ?? [], labelsOf });
    return label === null ? matches : matches.filter(({ service }) => labelsOf(service).includes(label));
  }, [index, asked, classes, sources, labels, label]);
  const choices = useMemo(() => allSources(sources), [sources]);
  const labelled = useMemo(() => labelChoices(labels ?? new Map()), [labels]);
  const methods = useMemo(() => methodsPresent(services.flatMap(({ endpoints }) => endpoints)), [services]);
  const counts = useMemo(() => classCounts(found.map(({ service }) => service), report), [found, report]);
  const matches = useMemo(
    () => ordered(only === null ? found : found.filter(({ service }) => serviceClass(report, service) === only), order, report),
    [found, only, order, report],
  );

  const onlyDaemon = services.every(({ name }) => name === daemon);
  const chosen = services.find(({ name }) => name === selected);
  const preview = useMemo(() => previewOf(found, daemon), [found, daemon]);
  const shown = chosen ?? preview;

  useEffect(() => {
    if (selected === null) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) window.location.hash = routeHash('services');
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [selected]);

  return (
    <div className="services-view" data-chosen={selected !== null}>
      <div className="services-column">
        {!onlyDaemon && <ServiceToolbar query={query} onQuery={setQuery} only={only} onOnly={setOnly} source={source} onSource={setSource} sources={choices} label={label} onLabel={setLabel} labels={labelled} method={method} onMethod={setMethod} methods={methods} order={order} onOrder={setOrder} counts={counts} input={input} />}
        {matches.length > 0 && <ServiceList matches={matches} report={report} drift={drift} selected={shown?.name ?? null} />}
        {matches.length === 0 && services.length > 0 && <NoMatch query={query} only={only} filtered={source !== null || label !== null || method !== null} onClear={() => { setQuery(''); setOnly(null); setSource(null); setLabel(null); setMethod(null); }} />}
        {onlyDaemon && reachable && <AddService empty={services.length === 0} />}
        {services.length === 0 && !reachable && <NothingKnown />}
      </div>
      <div className="detail-column">
        {selected !== null && chosen === undefined && <MissingService name={selected} />}
        {(selected === null || chosen !== undefined) && shown !== undefined && (
          <ServiceDetail key={shown.name} service={shown} match={found.find(({ service }) => service === shown) ?? null} report={report} drift={drift?.get(shown.name)} labels={labels?.get(shown.name) ?? []} chosen={chosen !== undefined} />
        )}
      </div>
    </div>
  );
}

/**
 * What a wide screen shows while nothing is chosen: a service with endpoints rather than one without, and the daemon itself last.
 * It does not depend on the order of the list, which may change every second.
 */
function previewOf(found: readonly Match[], daemon: string): ServiceEntry | undefined {
  const others = found.filter(({ service }) => service.name !== daemon);
  return (others.find(({ service }) => service.endpoints.length > 0) ?? others[0] ?? found[0])?.service;
}

function NothingKnown() {
  return (
    <div className="no-match">
      <p>Nothing is known of this machine’s services: no daemon has answered, and this browser remembers none.</p>
    </div>
  );
}

function MissingService({ name }: { readonly name: string }) {
  return (
    <article className="service-detail is-missing">
      <h2>{clip(name, 80)} is not in the catalog</h2>
      <p>It may have stopped, or have another name now. It is shown here again as soon as the daemon finds it.</p>
      <a className="button" href={routeHash('services')}>All services</a>
    </article>
  );
}
