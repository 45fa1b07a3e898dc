// What a method badge and its evidence stand for, and how what contradicts itself is said.
import type { Contradiction, Endpoint, Evidence } from 'landfall';

/** Evidence, best first, with what it means in words. */
export const EVIDENCE = [
  { key: 'catalog', label: 'catalog', strength: 'whole', meaning: 'Stated by the catalog: registration or settings. All methods are named.' },
  { key: 'openapi', label: 'OpenAPI', strength: 'whole', meaning: 'Read from the service’s OpenAPI document. All methods are named.' },
  { key: 'options', label: 'OPTIONS', strength: 'said', meaning: 'The service said so when asked with OPTIONS.' },
  { key: 'allow', label: 'Allow', strength: 'said', meaning: 'A 405 answer allowed at least these; there may be more.' },
  { key: 'get', label: 'GET', strength: 'said', meaning: 'A GET was answered: this one exists.' },
  { key: 'declared', label: 'declared', strength: 'hoped', meaning: 'Hoped for by the page; nobody has confirmed it.' },
] as const;

export type EvidenceInfo = (typeof EVIDENCE)[number];

/** The methods of one endpoint that share their evidence. */
export interface EvidenceGroup {
  readonly evidence: EvidenceInfo;
  readonly methods: readonly string[];
}

const METHOD_ORDER = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'CONNECT', 'WS', 'SSE'];

/** The methods of an endpoint in their usual order. */
export function methodsOf(endpoint: Endpoint): readonly string[] {
  return Object.keys(endpoint.methods).sort(byMethod);
}

/** The names that an endpoint has beside its path, its operations in the usual order of their methods. */
export function namesOf(endpoint: Endpoint): readonly string[] {
  const operations = Object.entries(endpoint.operations).sort(([a], [b]) => byMethod(a, b)).map(([, name]) => name);
  return endpoint.name === endpoint.path ? operations : [endpoint.name, ...operations];
}

/** The methods of an endpoint by evidence, best evidence first. */
export function evidenceGroups(endpoint: Endpoint): readonly EvidenceGroup[] {
  const found = Object.entries(endpoint.methods);
  return EVIDENCE.flatMap((evidence) => {
    const methods = found.filter(([, kind]) => kind === evidence.key).map(([method]) => method).sort(byMethod);
    return methods.length === 0 ? [] : [{ evidence, methods }];
  });
}

/** One badge of a service's summary: a method, or a protocol that has none, and how many endpoints have it. */
export interface MethodCount {
  readonly method: string;
  readonly count: number;
}

/** How many endpoints a service has per method, WebSocket and SSE endpoints counted as such. */
export function methodCounts(endpoints: readonly Endpoint[]): readonly MethodCount[] {
  const counts = new Map<string, number>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const endpoint of endpoints) {
    if (endpoint.protocol === 'http') methodsOf(endpoint).forEach(add);
    else add(protocolLabel(endpoint.protocol));
  }
  return [...counts].map(([method, count]) => ({ method, count })).sort((a, b) => byMethod(a.method, b.method));
}

/** The methods and protocols that some endpoint has, in their usual order. */
export function methodsPresent(endpoints: readonly Endpoint[]): readonly string[] {
  return methodCounts(endpoints).map(({ method }) => method);
}

/** The badge of a protocol other than http. */
export function protocolLabel(protocol: Endpoint['protocol']): string {
  return protocol === 'websocket' ? 'WS' : protocol.toUpperCase();
}

/** A contradiction in a sentence. */
export function contradictionText({ method, claimed, denied }: Contradiction): string {
  return `${evidenceLabel(claimed)} names ${method}, ${evidenceLabel(denied)} leaves it out`;
}

function evidenceLabel(key: Evidence): string {
  return EVIDENCE.find((known) => known.key === key)?.label ?? key;
}

function byMethod(a: string, b: string): number {
  return rank(a) - rank(b);
}

function rank(method: string): number {
  const index = METHOD_ORDER.indexOf(method);
  return index < 0 ? METHOD_ORDER.length : index;
}
