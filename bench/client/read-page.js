// A page that measures reading inside itself, without a network: `fetch` gives the engine a document that is in memory.
/* global Response */
import { createClient } from 'landfall';
import { catalog } from './documents.js';

const WELL_KNOWN = '/.well-known/landfall';
let answered = 0;

/** Lets the engine read these bytes as the catalog of the page's origin; `answered` is when it got them. */
function answerWith(bytes) {
  globalThis.fetch = async (request) => {
    if (new URL(request.url ?? request, location.href).pathname !== WELL_KNOWN) return new Response('', { status: 404 });
    answered = performance.now();
    return new Response(bytes, { headers: { 'content-type': 'application/json' } });
  };
}

/** A client that is live, and the time from the bytes to its snapshot. */
function liveClient(options) {
  return new Promise((resolve) => {
    const client = createClient({ timeout: 60_000, ...options });
    client.subscribe(() => {
      if (client.snapshot().status === 'live') resolve({ client, ms: performance.now() - answered });
    });
  });
}

/** Nanoseconds per call of `read`, whose results are used so that nothing is optimised away. */
function timePerCall(read, names, calls) {
  const mask = names.length - 1;
  let used = 0;
  const began = performance.now();
  for (let call = 0; call < calls; call += 1) used += read(names[call & mask]).length;
  const ns = ((performance.now() - began) * 1e6) / calls;
  if (used === 0) throw new Error('nothing was read');
  return ns;
}

window.reads = {
  /** Reading one URL: the client, a table of ready URLs, and the expression that a service written by hand has. */
  async urls({ endpoints, rounds, calls }) {
    answerWith(new TextEncoder().encode(JSON.stringify(catalog(endpoints))));
    const { client } = await liveClient({ cache: false });
    // Paths without parameters: what a table can hold.
    const names = Array.from({ length: 64 }, (_, index) => `/plain/${index}`);
    const table = Object.fromEntries(names.map((name) => [name, client.url(name)]));
    const base = client.url();
    const paths = Object.fromEntries(names.map((name) => [name, { path: name, method: 'GET' }]));
    const ways = {
      client: (name) => client.url(name),
      table: (name) => table[name],
      expression: (name) => base + (paths[name]?.path ?? name),
      parameters: (name) => client.url(`service-0-thing-${name.length}`, { thing_id: 7 }),
    };
    const measured = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [way, read] of Object.entries(ways)) measured[way].push(timePerCall(read, names, calls));
    }
    client.close();
    return measured;
  },

  /** A large catalog: from its bytes to the published snapshot, beside `JSON.parse` of the same bytes. */
  async catalog({ endpoints, rounds }) {
    const measured = { bytes: 0, parse: [], engine: [], engineWithCache: [] };
    for (let round = 0; round < rounds; round += 1) {
      const bytes = new TextEncoder().encode(JSON.stringify(catalog(endpoints, round + 1)));
      measured.bytes = bytes.length;
      const began = performance.now();
      if (JSON.parse(new TextDecoder().decode(bytes)).services.length === 0) throw new Error('nothing was parsed');
      measured.parse.push(performance.now() - began);
      answerWith(bytes);
      for (const [way, cache] of [['engine', false], ['engineWithCache', true]]) {
        const { client, ms } = await liveClient({ cache, name: `round-${round}` });
        measured[way].push(ms);
        if (client.snapshot().endpoints.length !== endpoints) throw new Error('the snapshot is not whole');
        client.close();
        localStorage.clear();
      }
    }
    return measured;
  },
};
