// Catalog documents for the read benchmarks, made inside the page.

/** Of the catalog's bounds: at most 4,096 endpoints in a service. */
const PER_SERVICE = 1_000;
const METHODS = { GET: 'openapi', PUT: 'openapi', DELETE: 'openapi' };

const endpointsOf = (service, count) => Object.fromEntries(Array.from({ length: count }, (_, index) => {
  const name = `service-${service}-thing-${index}`;
  return [name, { path: `/api/things-${index}/{thing_id}/parts`, methods: METHODS, operations: { GET: `read_${service}_${index}` } }];
}));

/** A catalog with so many endpoints; the revision tells one from the next. */
export const catalog = (endpoints, revision = 1) => ({
  landfall: 1,
  name: 'bench',
  epoch: { registry: 'bench', boot: 1 },
  revision,
  ttl: 30,
  config: { greeting: 'ahoy' },
  services: Array.from({ length: Math.ceil(endpoints / PER_SERVICE) }, (_, service) => ({
    name: `service-${service}`,
    instances: [{ url: `http://127.0.0.1:${8_000 + service}`, health: 'healthy' }],
    endpoints: endpointsOf(service, Math.min(PER_SERVICE, endpoints - service * PER_SERVICE)),
  })),
});
