/** From a snapshot to the config object of hand-written config services. */
import { share } from '../core/share.js';
import type { Endpoint, Method, Service, Snapshot } from '../types.js';
import type { ServiceConfig, ServiceEndpoint, ServiceEntry } from './types.js';

/** The config of a snapshot; what did not change is taken from `before`. */
export function configOf(snapshot: Snapshot, before?: ServiceConfig): ServiceConfig {
  const isKnown = snapshot.status !== 'pending';
  return share<ServiceConfig>(before, {
    API_BASE_URL: isKnown ? snapshot.baseUrl : null,
    WS_BASE_URL: isKnown ? snapshot.wsBaseUrl : null,
    ENDPOINTS: endpointsOf(snapshot),
    SERVICES: servicesOf(snapshot),
    discovered: isDiscovered(snapshot),
  });
}

/** Live, or live until it was lost; and the base is a place that the backend gave, not the fallback. */
function isDiscovered({ status, baseUrl, services, config }: Snapshot): boolean {
  return (status === 'live' || status === 'stale')
    && (Object.values(services).some(({ url }) => url === baseUrl) || typeof config.API_BASE_URL === 'string');
}

/** Every name that means one endpoint. */
function endpointsOf({ names, endpoints }: Snapshot): Record<string, ServiceEndpoint> {
  const known: [string, ServiceEndpoint][] = [];
  for (const [name, entry] of Object.entries(names)) {
    const endpoint = 'choices' in entry ? undefined : endpoints[entry.endpoint];
    if (endpoint && !('choices' in entry)) known.push([name, toEndpoint(endpoint, entry.method)]);
  }
  return Object.fromEntries(known);
}

function servicesOf({ services, endpoints }: Snapshot): Record<string, ServiceEntry> {
  const of = new Map<string | null, [string, ServiceEndpoint][]>();
  for (const endpoint of endpoints) {
    const list = of.get(endpoint.service) ?? [];
    of.set(endpoint.service, list);
    list.push([endpoint.name, toEndpoint(endpoint)]);
  }
  return Object.fromEntries(Object.values(services).map((service) =>
    [service.name, toService(service, Object.fromEntries(of.get(service.name) ?? []))]));
}

function toService({ name, url, instances }: Service, endpoints: ServiceEntry['endpoints']): ServiceEntry {
  const health = instances.find((it) => it.url === url)?.health ?? 'unknown';
  return { type: name, url, port: url === null ? null : portOf(new URL(url)), health, endpoints };
}

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);

function toEndpoint({ path, methods }: Endpoint, named?: Method): ServiceEndpoint {
  const [only, ...others] = Object.keys(methods) as Method[];
  return { path, method: named ?? (others.length ? undefined : only) ?? 'GET' };
}
