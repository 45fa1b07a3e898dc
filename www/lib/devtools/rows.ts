/** The endpoint map as rows of a console table. */
import type { Snapshot } from '../types.js';

/** One endpoint: methods with the evidence of each, as `GET (openapi), PUT (openapi)`. */
export interface EndpointRow {
  readonly service: string;
  readonly name: string;
  readonly path: string;
  readonly protocol: string;
  readonly methods: string;
  readonly operations: string;
  /** What some evidence names and other evidence denies, as `PUT: allow, not openapi`. */
  readonly contradictions: string;
}

/** One row per endpoint of the snapshot, in its order. */
export function endpointRows({ endpoints }: Snapshot): EndpointRow[] {
  return endpoints.map(({ service, name, path, protocol, methods, operations, contradictions }) => ({
    service: service ?? '',
    name,
    path,
    protocol,
    methods: Object.entries(methods).map(([method, evidence]) => `${method} (${evidence})`).join(', '),
    operations: Object.values(operations).join(', '),
    contradictions: contradictions.map(({ method, claimed, denied }) => `${method}: ${claimed}, not ${denied}`).join('; '),
  }));
}
