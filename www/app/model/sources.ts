// How the daemon knows of a service, in words, and what there is to choose from.
import type { HealthReport } from './verdict';

const WORDS: Readonly<Record<string, string>> = {
  settings: 'from the settings',
  registration: 'registered',
  socket: 'found by its socket',
  daemon: 'the daemon itself',
};

/** A source in words; that of a newer daemon as it is. */
export function sourceText(source: string): string {
  return Object.hasOwn(WORDS, source) ? WORDS[source] ?? source : source;
}

/** The sources of each service, by name. */
export type Sources = ReadonlyMap<string, readonly string[]>;

/** The sources that a report tells of. `previous` is returned while they are the same: they change seldom, reports every second. */
export function sourcesOf(report: HealthReport | null, previous: Sources): Sources {
  const sources = new Map<string, string[]>();
  for (const { service, source } of report?.values() ?? []) {
    if (source === null) continue;
    const known = sources.get(service);
    if (known === undefined) sources.set(service, [source]);
    else if (!known.includes(source)) known.push(source);
  }
  return same(sources, previous) ? previous : sources;
}

/** Every source that some service has, in order. */
export function allSources(sources: Sources): readonly string[] {
  return [...new Set([...sources.values()].flat())].sort();
}

function same(a: Sources, b: Sources): boolean {
  return a.size === b.size && [...a].every(([service, of]) => of.join() === b.get(service)?.join());
}
