// A small catalog document (version 1) for servers that stand for a backend.

export const WELL_KNOWN = '/.well-known/landfall';

/** A catalog with one service at `url`. */
export const catalog = (url, revision = 1) => ({
  landfall: 1,
  name: 'harbour',
  epoch: { registry: 'page-tests', boot: 1 },
  revision,
  ttl: 30,
  config: { greeting: 'ahoy' },
  services: [{
    name: 'boats',
    instances: [{ url, health: 'healthy' }],
    endpoints: { '/boats/{boat}': { path: '/boats/{boat}', methods: { GET: 'openapi', PUT: 'openapi' } } },
  }],
});
