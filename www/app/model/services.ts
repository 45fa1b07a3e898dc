// The catalog as the dashboard lists it: one entry per service with its endpoints, sorted by name. Built once per snapshot; health
// stands apart (model/verdict.ts), since it changes every second and the catalog seldom.
import type { Endpoint, Snapshot } from 'landfall';
import { type HealthClass, type HealthReport, type Verdict, healthClass, verdictKey } from './verdict';

/** One instance of a service as the catalog has it. */
export interface InstanceEntry {
  readonly url: string;
  readonly weight: number;
  readonly healthClass: HealthClass;
}

/** One service with its endpoints. */
export interface ServiceEntry {
  readonly name: string;
  readonly title: string | null;
  /** The instance that pages are sent to. */
  readonly url: string | null;
  readonly instances: readonly InstanceEntry[];
  readonly endpoints: readonly Endpoint[];
}

/** All services of a snapshot with their endpoints, by name. */
export function serviceEntries(services: Snapshot['services'], all: Snapshot['endpoints']): readonly ServiceEntry[] {
  const endpoints = new Map<string, Endpoint[]>();
  for (const endpoint of all) {
    if (endpoint.service === null) continue;
    const known = endpoints.get(endpoint.service);
    if (known === undefined) endpoints.set(endpoint.service, [endpoint]);
    else known.push(endpoint);
  }
  return Object.values(services)
    .map((service) => ({
      name: service.name,
      title: service.title === service.name ? null : service.title,
      url: service.url,
      instances: service.instances.map(({ url, weight, health }) => ({ url, weight, healthClass: healthClass(health) })),
      endpoints: (endpoints.get(service.name) ?? []).sort((a, b) => byText(a.path, b.path)),
    }))
    .sort((a, b) => byText(a.name, b.name));
}

/** The verdict on one instance of a service. */
export function instanceVerdict(report: HealthReport | null, service: string, url: string): Verdict | null {
  return report?.get(verdictKey(service, url)) ?? null;
}

/** The verdict that speaks for a service: the one on the instance that pages are sent to. */
export function serviceVerdict(report: HealthReport | null, service: ServiceEntry): Verdict | null {
  const url = service.url ?? service.instances[0]?.url;
  return url === undefined ? null : instanceVerdict(report, service.name, url);
}

/** The health class of a service: the newest verdict's, else what the catalog says of its chosen instance. */
export function serviceClass(report: HealthReport | null, service: ServiceEntry): HealthClass {
  const instance = service.instances.find(({ url }) => url === service.url) ?? service.instances[0];
  return serviceVerdict(report, service)?.healthClass ?? instance?.healthClass ?? 'unknown';
}

/** How many services are in each class. */
export function classCounts(services: readonly ServiceEntry[], report: HealthReport | null): Readonly<Record<HealthClass, number>> {
  const counts = { unhealthy: 0, degraded: 0, unknown: 0, healthy: 0 };
  for (const service of services) counts[serviceClass(report, service)] += 1;
  return counts;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
