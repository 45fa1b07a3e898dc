// Serving the catalog: the daemon, with its Host and CORS checks, against nginx with the same document as a file.
//
// In many short rounds, in which the two take turns and change the order: what a machine does differs more from minute to minute than the two
// from each other. Each round has a ratio of its own, and their median is what counts.
import { cpus } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { setUp } from '../../scripts/setup/index.mjs';
import { WELL_KNOWN } from '../../tests/support/catalogs.mjs';
import { freePort } from '../../tests/support/ports.mjs';
import { atMost } from '../common/bars.mjs';
import { during, rssBytes } from '../common/processes.mjs';
import { median, rounded } from '../common/statistics.mjs';
import { everySoOften, startLandfall, withoutSockets } from './landfall.mjs';
import { generateLoad, wrk } from './load-generator.mjs';
import { cores, startNginx } from './nginx.mjs';

const FULL = { rounds: 12, seconds: 2, warmUpSeconds: 1 };
const BRIEF = { rounds: 2, seconds: 0.2, warmUpSeconds: 0.1 };
/** The size of the document, in bytes at least. */
const DOCUMENT = 20_000;
/** A page of another origin asks, so that the daemon has to look at it. */
const ORIGIN = { Origin: 'http://localhost:3000' };

/** Services with endpoints, and nobody there: they are not checked while this runs. */
const services = (count) => Array.from({ length: count }, (_, index) => `
[[services]]
name = "service-${index}"
title = "Service ${index}"
url = "http://127.0.0.1:${40_000 + index}"
[services.endpoints]
items = { path = "/api/items", methods = ["GET", "POST"] }
item = { path = "/api/items/{item_id}", methods = ["GET", "PUT", "DELETE"] }
`).join('');

const settings = (count) => everySoOften('24h') + withoutSockets + services(count);

/** A daemon whose catalog is as large as wanted. */
async function startDaemon(folder, core) {
  for (let count = 10; ; count += 10) {
    const daemon = await startLandfall(folder, { settings: settings(count), core });
    const json = await (await fetch(daemon.url + WELL_KNOWN)).arrayBuffer();
    if (json.byteLength >= DOCUMENT) return daemon;
    await daemon.stop();
  }
}

async function startFileServer(folder, json, core) {
  const own = (...parts) => folder('files', ...parts);
  mkdirSync(own('www/.well-known'), { recursive: true });
  writeFileSync(own(`www${WELL_KNOWN}`), json);
  writeFileSync(own(`www${WELL_KNOWN}.gz`), gzipSync(json, { level: 9 }));
  const port = await freePort();
  const server = await startNginx(own, `
    sendfile on; tcp_nopush on; open_file_cache max=100; gzip_static on;
    server { listen 127.0.0.1:${port}; root ${own('www')}; }`, { port, core });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

const tagOf = async (url, headers) => (await fetch(url, { headers })).headers.get('etag');

/** Every kind of request, with its headers for a server. */
const REQUESTS = {
  '200 plain': () => ({ ...ORIGIN, 'Accept-Encoding': 'identity' }),
  '200 gzip': () => ({ ...ORIGIN, 'Accept-Encoding': 'gzip' }),
  '304 not modified': async (url) => {
    const headers = { ...ORIGIN, 'Accept-Encoding': 'identity' };
    return { ...headers, 'If-None-Match': await tagOf(url, headers) };
  },
};

/** The servers in the order of this round. */
const inTurn = (servers, round) => (round % 2 === 0 ? Object.entries(servers) : Object.entries(servers).reverse());

async function measure(server, request, how) {
  const url = server.url + WELL_KNOWN;
  const headers = await REQUESTS[request](url);
  const { micros, result } = await during(server.pid, () => generateLoad(url, headers, how));
  return { us: micros / result.requests, perSecond: result.perSecond, p99: result.p99 };
}

export async function measureServing({ smoke, folder }) {
  const { server: core, asker } = cores(cpus().length);
  const how = { ...(smoke ? BRIEF : FULL), core: asker, useWrk: !smoke };
  if (how.useWrk) {
    try {
      await setUp([wrk]);
    } catch (error) {
      return { not_available: { wrk: error.message }, tables: [], bars: [] };
    }
  }
  const servers = {};
  try {
    servers.landfall = await startDaemon(folder, core);
    const json = await (await fetch(servers.landfall.url + WELL_KNOWN)).text();
    servers.nginx = await startFileServer(folder, json, core);
    const rounds = [];
    // The first requests of all find nothing where it will be.
    for (const request of Object.keys(REQUESTS)) {
      for (const server of Object.values(servers)) await measure(server, request, { ...how, seconds: how.warmUpSeconds });
    }
    for (let round = 0; round < how.rounds; round += 1) {
      for (const request of Object.keys(REQUESTS)) {
        const of = {};
        for (const [name, server] of inTurn(servers, round)) of[name] = await measure(server, request, how);
        rounds.push({ request, ...of });
      }
      console.error(`  done: serving, round ${round + 1} of ${how.rounds}`);
    }
    return summary(rounds, how, Buffer.byteLength(json), rssBytes(servers.landfall.pid));
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}

function summary(rounds, how, bytes, rss) {
  const rows = Object.keys(REQUESTS).map((request) => {
    const of = rounds.filter((it) => it.request === request);
    const middle = (value) => rounded(median(of.map(value)));
    return {
      request, landfall_us: middle((it) => it.landfall.us), nginx_us: middle((it) => it.nginx.us), ratio: middle((it) => it.landfall.us / it.nginx.us),
      landfall_per_s: middle((it) => it.landfall.perSecond), nginx_per_s: middle((it) => it.nginx.perSecond),
    };
  });
  const by = how.useWrk ? 'wrk' : 'a loop of our own';
  return {
    landfall_rss_mb: rounded(rss / 1e6),
    tables: [{ title: `Serving a catalog of ${bytes} bytes: CPU of the server per request (p50 of ${how.rounds} rounds of ${how.seconds} s by turns, asked by ${by}; the ratio is the p50 of those of the rounds)`, rows }],
    bars: rows.map(({ request, ratio }) => atMost(`CPU per request (${request}), of nginx in the same run`, ratio, 1, 'x')),
  };
}
