// The search box: which services, and which of their endpoints, a few words mean. Every word must be found somewhere: in the service
// (name, title, address) or in one of its endpoints (method, path, name, operation, protocol).
import type { Endpoint } from 'landfall';
import type { ServiceEntry } from './services';
import { methodsOf } from './methods';

/** A service that was found, with the endpoints that were the reason; none when the service itself was meant. */
export interface Match {
  readonly service: ServiceEntry;
  readonly endpoints: readonly Endpoint[];
}

/** A service prepared for being searched. */
export interface SearchEntry {
  readonly service: ServiceEntry;
  readonly text: string;
  readonly endpoints: readonly { readonly endpoint: Endpoint; readonly text: string }[];
}

/** Longest query that is looked at, in UTF-16 units. */
export const MAX_QUERY = 200;

/** Prepares all services; done once per catalog, since lower-casing 65,536 endpoints at each key press would be felt. */
export function searchIndex(services: readonly ServiceEntry[]): readonly SearchEntry[] {
  return services.map((service) => ({
    service,
    text: [service.name, service.title ?? '', ...service.instances.map(({ url }) => url)].join(' ').toLowerCase(),
    endpoints: service.endpoints.map((endpoint) => ({ endpoint, text: endpointText(endpoint) })),
  }));
}

/** The services that `query` means, in the order of the index; all of them for an empty query. */
export function search(index: readonly SearchEntry[], query: string): readonly Match[] {
  const words = query.slice(0, MAX_QUERY).toLowerCase().split(/\s+/).filter((word) => word !== '');
  return index.flatMap((entry): Match[] => {
    const open = words.filter((word) => !entry.text.includes(word));
    if (open.length === 0) return [{ service: entry.service, endpoints: [] }];
    const endpoints = entry.endpoints.filter(({ text }) => open.every((word) => text.includes(word))).map(({ endpoint }) => endpoint);
    return endpoints.length === 0 ? [] : [{ service: entry.service, endpoints }];
  });
}

function endpointText(endpoint: Endpoint): string {
  const operations = Object.values(endpoint.operations);
  return [...methodsOf(endpoint), endpoint.path, endpoint.name, endpoint.protocol, ...operations].join(' ').toLowerCase();
}
