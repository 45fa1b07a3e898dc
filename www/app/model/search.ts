// The search box: which services, and which of their endpoints, a few words mean. Every word must be found somewhere: in the service
// (name, title, address) or in one of its endpoints (method, path, name, operation, protocol). A word with a colon says where:
// `name:`, `class:`, `source:` and `label:` look at the service, `method:` and `path:` at its endpoints.
import type { Endpoint } from 'landfall';
import type { ServiceEntry } from './services';
import { methodsOf, protocolLabel } from './methods';

/** A service that was found, with the endpoints that were the reason; none when the service itself was meant. */
export interface Match {
  readonly service: ServiceEntry;
  readonly endpoints: readonly Endpoint[];
}

/** A service prepared for being searched. */
export interface SearchEntry {
  readonly service: ServiceEntry;
  readonly text: string;
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly text: string; readonly methods: readonly string[] }[];
}

/** What is known of a service beside the catalog, and changes more often. */
export interface Facts {
  readonly classOf: (service: ServiceEntry) => string;
  readonly sourcesOf: (service: ServiceEntry) => readonly string[];
  readonly labelsOf: (service: ServiceEntry) => readonly string[];
}

/** Longest query that is looked at, in UTF-16 units. */
export const MAX_QUERY = 200;

const OF_SERVICES = ['name', 'class', 'source', 'label'] as const;
const OF_ENDPOINTS = ['method', 'path'] as const;
type Qualifier = (typeof OF_SERVICES)[number] | (typeof OF_ENDPOINTS)[number];

interface Query {
  readonly words: readonly string[];
  readonly qualified: readonly { readonly qualifier: Qualifier; readonly value: string }[];
}

/** Prepares all services; done once per catalog, since lower-casing 65,536 endpoints at each key press would be felt. */
export function searchIndex(services: readonly ServiceEntry[]): readonly SearchEntry[] {
  return services.map((service) => ({
    service,
    text: [service.name, service.title ?? '', ...service.instances.map(({ url }) => url)].join(' ').toLowerCase(),
    endpoints: service.endpoints.map((endpoint) => ({ endpoint, text: endpointText(endpoint), methods: methodWords(endpoint) })),
  }));
}

/** Whether a query looks at the class of a service, which may change every second. */
export function looksAtClass(query: string): boolean {
  return readQuery(query).qualified.some(({ qualifier }) => qualifier === 'class');
}

/** The services that `query` means, in the order of the index; all of them for an empty query. */
export function search(index: readonly SearchEntry[], query: string, facts: Facts = NO_FACTS): readonly Match[] {
  const { words, qualified } = readQuery(query);
  const ofServices = qualified.filter(({ qualifier }) => isOfServices(qualifier));
  const ofEndpoints = qualified.filter(({ qualifier }) => !isOfServices(qualifier));
  return index.flatMap((entry): Match[] => {
    if (!ofServices.every(({ qualifier, value }) => serviceHas(entry.service, qualifier, value, facts))) return [];
    const open = words.filter((word) => !entry.text.includes(word));
    if (open.length === 0 && ofEndpoints.length === 0) return [{ service: entry.service, endpoints: [] }];
    const endpoints = entry.endpoints
      .filter((it) => open.every((word) => it.text.includes(word)) && ofEndpoints.every(({ qualifier, value }) => endpointHas(it, qualifier, value)))
      .map(({ endpoint }) => endpoint);
    return endpoints.length === 0 ? [] : [{ service: entry.service, endpoints }];
  });
}

const NO_FACTS: Facts = { classOf: () => '', sourcesOf: () => [], labelsOf: () => [] };

function readQuery(query: string): Query {
  const words: string[] = [];
  const qualified: { qualifier: Qualifier; value: string }[] = [];
  for (const word of query.slice(0, MAX_QUERY).toLowerCase().split(/\s+/)) {
    const [before, value] = split(word);
    const qualifier = [...OF_SERVICES, ...OF_ENDPOINTS].find((known) => known === before);
    // A qualifier without a value is one that is still being written. Any other colon is part of a word, as in an address.
    if (qualifier !== undefined) qualified.push({ qualifier, value });
    else if (word !== '') words.push(word);
  }
  return { words, qualified: qualified.filter(({ value }) => value !== '') };
}

function split(word: string): readonly [string, string] {
  const colon = word.indexOf(':');
  return colon < 0 ? ['', word] : [word.slice(0, colon), word.slice(colon + 1)];
}

function isOfServices(qualifier: Qualifier): boolean {
  return OF_SERVICES.some((known) => known === qualifier);
}

function serviceHas(service: ServiceEntry, qualifier: Qualifier, value: string, facts: Facts): boolean {
  if (qualifier === 'name') return service.name.toLowerCase().includes(value);
  if (qualifier === 'class') return facts.classOf(service).startsWith(value);
  if (qualifier === 'label') return facts.labelsOf(service).some((label) => label.toLowerCase().includes(value));
  return facts.sourcesOf(service).some((source) => source.startsWith(value));
}

function endpointHas({ endpoint, methods }: SearchEntry['endpoints'][number], qualifier: Qualifier, value: string): boolean {
  return qualifier === 'path' ? endpoint.path.toLowerCase().includes(value) : methods.some((method) => method.startsWith(value));
}

/** The methods of an endpoint, or its protocol where it has none, in lower case. */
function methodWords(endpoint: Endpoint): readonly string[] {
  const methods = endpoint.protocol === 'http' ? methodsOf(endpoint) : [protocolLabel(endpoint.protocol), endpoint.protocol];
  return methods.map((method) => method.toLowerCase());
}

function endpointText(endpoint: Endpoint): string {
  const operations = Object.values(endpoint.operations);
  return [...methodsOf(endpoint), endpoint.path, endpoint.name, endpoint.protocol, ...operations].join(' ').toLowerCase();
}
