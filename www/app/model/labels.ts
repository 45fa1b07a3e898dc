// The labels of the services, as the catalog document has them: short texts by which services are told apart, such as `team=shop`.
import { type JsonObject, list, object, text } from './wire';

/** The labels of each service that has any, by name: `KEY=VALUE` in the order of the keys. */
export type Labels = ReadonlyMap<string, readonly string[]>;

const MAX_SERVICES = 65_536;
const MAX_LABELS = 16;
/** The most labels that are offered as a choice; the search finds by all of them. */
export const MAX_CHOICES = 100;

/** Reads a catalog document; null if it is not one. `previous` is returned while the labels are the same: they change seldom. */
export function readLabels(body: unknown, previous: Labels | null): Labels | null {
  const wire = object(body);
  if (wire === null || !Array.isArray(wire.services)) return null;
  const labels = new Map<string, readonly string[]>();
  for (const entry of list(wire.services, MAX_SERVICES)) {
    const service = object(entry);
    const name = text(service?.name, 256);
    const of = labelsOf(object(service?.labels));
    if (name !== null && of.length > 0) labels.set(name, of);
  }
  return previous !== null && same(labels, previous) ? previous : labels;
}

/** The labels that there are to choose from, in order: those of most services, where there are very many. */
export function labelChoices(labels: Labels): readonly string[] {
  const counts = new Map<string, number>();
  for (const label of [...labels.values()].flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, MAX_CHOICES).map(([label]) => label).sort();
}

function labelsOf(wire: JsonObject | null): readonly string[] {
  const labels = Object.entries(wire ?? {}).slice(0, MAX_LABELS).flatMap(([key, value]) => {
    const said = text(value, 128);
    return said === null || key.length > 64 ? [] : `${key}=${said}`;
  });
  return labels.sort();
}

function same(a: Labels, b: Labels): boolean {
  return a.size === b.size && [...a].every(([service, of]) => of.join('\n') === b.get(service)?.join('\n'));
}
