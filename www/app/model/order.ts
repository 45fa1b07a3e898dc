// The orders in which services can be listed.
import { HEALTH_CLASSES, type HealthReport } from './verdict';
import { type ServiceEntry, serviceClass, serviceVerdict } from './services';
import type { Match } from './search';

export const ORDERS = [
  { key: 'name', label: 'Name' },
  { key: 'attention', label: 'Worst first' },
  { key: 'latency', label: 'Slowest first' },
] as const;
export type Order = (typeof ORDERS)[number]['key'];

/** `matches`, which are in order of name, in the order asked for; equals stay in order of name. */
export function ordered(matches: readonly Match[], order: Order, report: HealthReport | null): readonly Match[] {
  if (order === 'name') return matches;
  const weight = order === 'attention' ? attention : slowness;
  return matches
    .map((match) => ({ match, weight: weight(match.service, report) }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ match }) => match);
}

function attention(service: ServiceEntry, report: HealthReport | null): number {
  return HEALTH_CLASSES.indexOf(serviceClass(report, service)) * 1_000 + (serviceVerdict(report, service)?.health ?? 0);
}

function slowness(service: ServiceEntry, report: HealthReport | null): number {
  return -(serviceVerdict(report, service)?.latencyUs ?? -1);
}
