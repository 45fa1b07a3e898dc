// What is wrong with the backend: the page settles all the same, says why, and is live as soon as there is a good one.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import { WELL_KNOWN, catalog } from '../../support/catalogs.mjs';
import { hang, json, reply } from '../../support/http-server.mjs';
import { freePort } from '../../support/ports.mjs';
import { clock } from '../clock.mjs';
import { startLighthouse } from '../lighthouse.mjs';
import { DEADLINE_MS } from '../stage.mjs';

/** From DESIGN.md, section 4, and YARDSTICKS: a retry comes within 350 ms; what has moved is found within two seconds. */
const RETRY_MS = 350;
const MOVED_MS = 2_000;
/** A request without an answer is given up after this, and then asked again. */
const REQUEST_MS = 2_000;
/** What a page settles on when it knows nothing. */
const FALLBACK = { status: 'fallback', source: 'fallback', origin: null, baseUrl: 'http://localhost:8010' };
/** When a late backend comes up, after the page. */
const LATE_MS = 2_000;
const SLOW_MS = 400;
/** How often a server that answers everything alike is asked for all; beside the catalog: OpenAPI, API catalog, a path that nobody has. */
const FULL_EVERY = 6;
const OTHER_RUNGS = 3;

const at = (port) => `http://localhost:${port}`;
const shown = ({ status, source, origin, baseUrl }) => ({ status, source, origin, baseUrl });
const live = (origin, baseUrl = origin) => ({ status: 'live', source: 'live', origin, baseUrl });

/** What the page has in the end, whatever it had before. */
async function ends(page, expected) {
  const { now } = await page.until(`the page to have ${JSON.stringify(expected)}`, ({ now: has }) =>
    Object.entries(expected).every(([key, value]) => has[key] === value));
  assert.deepEqual(shown(now), expected);
}

/** When the page became live for the last time, on the clock that all share. */
async function liveSince(page) {
  const { history, began } = await page.report();
  return began + history.findLast(({ status }, index) => status === 'live' && history[index - 1]?.status !== 'live').ms;
}

/** A server that answers everything alike is asked for the catalog, and for the rest of the ladder only every sixth time. */
function askedGently(server) {
  const asked = server.requests().map(({ path }) => path);
  const attempts = asked.filter((path) => path === WELL_KNOWN).length;
  const inFull = 1 + Math.floor(attempts / FULL_EVERY);
  assert.ok(asked.length - attempts <= inFull * OTHER_RUNGS, `${attempts} attempts took ${asked.length} requests: ${asked.join(' ')}`);
}

/** A backend that is of no use: the page settles on the fallback and says why; then the backend is mended. */
const useless = ({ handler, code, options = {}, promise = RETRY_MS, alike = false }) => async (stage) => {
  const server = await stage.server(handler);
  const page = await stage.page(await stage.site(), { candidates: [at(server.port)], ...options });
  const { settled } = await page.settled();
  assert.deepEqual(shown(settled), FALLBACK);
  await page.until(`the reason ${code}`, ({ now }) => now.status === 'fallback' && now.code === code && now.subject === at(server.port));
  const { events } = await page.report();
  assert.ok(events.some(({ type }) => type === 'discovery-failed'), 'the page was not told that nothing was found');
  if (alike) askedGently(server);

  server.handler = json(WELL_KNOWN, catalog(at(server.port)));
  const mended = clock();
  await ends(page, live(at(server.port)));
  stage.promised('recovered', await liveSince(page) - mended, promise);
};

/** Nobody listens; `later`, somebody does. Of all barriers the most telling one is that of the page's own origin. */
const nobody = (later) => async (stage) => {
  const port = await freePort();
  const site = await stage.site();
  const page = await stage.page(site, { candidates: [at(port)] });
  const { settled } = await page.settled();
  assert.deepEqual(shown(settled), FALLBACK);
  const why = ({ code, subject }) => `${code} ${subject}`;
  const wanted = `not-found ${site.url}`;
  await page.until('the reason', ({ now }) => why(now) === wanted);
  await pause(LATE_MS - DEADLINE_MS);
  const { history } = await page.report();
  const reasons = history.map(why);
  assert.deepEqual([...new Set(reasons.slice(reasons.indexOf(wanted)))], [wanted], 'the reason changes while nothing does');
  if (!later) return;
  const lighthouse = await startLighthouse(stage, { port });
  const up = clock();
  await ends(page, live(lighthouse.url));
  stage.promised('recovered', await liveSince(page) - up, RETRY_MS);
};

async function slow(stage) {
  const server = await stage.server((request, response) =>
    setTimeout(json(WELL_KNOWN, catalog(at(server.port))), SLOW_MS, request, response));
  const page = await stage.page(await stage.site(), { candidates: [at(server.port)] });
  await ends(page, live(at(server.port)));
  const { settled } = await page.settled();
  // On a busy machine 400 ms may be more than the deadline.
  if (settled.ms < DEADLINE_MS) assert.deepEqual(shown(settled), live(at(server.port)), 'it settled on something else before');
  assert.equal(server.requests().filter(({ path }) => path === WELL_KNOWN).length, 1);
}

/** Another application on a candidate port, in front of the right one. */
async function decoy(stage) {
  const stray = await stage.server(json(WELL_KNOWN, { ...catalog('http://localhost:1'), name: 'another' }));
  const lighthouse = await startLighthouse(stage);
  const page = await stage.page(await stage.site(), { candidates: [at(stray.port), lighthouse.url], expect: { catalog: 'harbour' } });
  await ends(page, live(lighthouse.url));
  const { history } = await page.report();
  assert.ok(history.every(({ origin }) => origin !== at(stray.port)), 'the stray one was taken for the backend');
}

/** The backend is up on another port; both are candidates. */
async function movesPort(stage) {
  const [here, there] = [await freePort(), await freePort()];
  const first = await startLighthouse(stage, { port: here });
  const page = await stage.page(await stage.site(), { candidates: [at(here), at(there)] });
  await page.becomes('live');
  await first.stop();
  await page.becomes('stale');
  await startLighthouse(stage, { port: there, boot: 2 });
  const up = clock();
  await ends(page, live(at(there)));
  stage.promised('moved', await liveSince(page) - up, MOVED_MS);
  await toldOfMove(page, at(here), at(there));
}

/** The catalog says that a service has moved. */
async function pushed(stage) {
  const lighthouse = await startLighthouse(stage);
  const page = await stage.page(await stage.site(), { candidates: [lighthouse.url] });
  await page.becomes('live');
  await lighthouse.oneStream();
  const moved = clock();
  lighthouse.push({ url: 'http://localhost:9' });
  await ends(page, live(lighthouse.url, 'http://localhost:9'));
  const { history, began } = await page.report();
  stage.promised('moved', began + history.find(({ baseUrl }) => baseUrl === 'http://localhost:9').ms - moved, RETRY_MS);
  await toldOfMove(page, lighthouse.url, 'http://localhost:9');
}

async function toldOfMove(page, from, to) {
  const { events } = await page.until('service-relocated', ({ events: told }) => told.some(({ type }) => type === 'service-relocated'));
  assert.deepEqual(events.filter(({ type }) => type === 'service-relocated').map(({ detail }) => detail), [{ service: 'boats', from, to }]);
}

/** A daemon that was started anew counts its revisions from the beginning. */
async function restarts(stage) {
  const first = await startLighthouse(stage, { boot: 1, revision: 7 });
  const page = await stage.page(await stage.site(), { candidates: [first.url] });
  await page.until('revision 7', ({ now }) => now.revision === 7);
  await first.stop();
  await page.becomes('stale');
  await startLighthouse(stage, { port: first.port, boot: 2, revision: 1 });
  const up = clock();
  await page.until('the new epoch', ({ now }) => now.status === 'live' && now.boot === 2 && now.revision === 1);
  stage.promised('recovered', await liveSince(page) - up, MOVED_MS);
}

const WANTED = { endpoints: [{ name: 'boats', path: '/boats', method: 'GET' }] };

const redirect = async (stage) => {
  const elsewhere = await startLighthouse(stage);
  await useless({
    handler: (_request, response) => response.writeHead(302, { location: `${elsewhere.url}${WELL_KNOWN}`, 'access-control-allow-origin': '*' }).end(),
    code: 'redirected',
    alike: true,
  })(stage);
};

export const cases = [
  { name: 'hang', quick: true, run: useless({ handler: hang, code: 'timed-out', promise: REQUEST_MS + RETRY_MS }) },
  { name: 'refuse', quick: true, run: nobody(false) },
  {
    name: '500',
    quick: true,
    run: useless({ handler: (_request, response) => reply(response, 500, 'text/plain', 'Internal Server Error'), code: 'server-error', alike: true }),
  },
  {
    name: 'garbage',
    quick: true,
    run: useless({ handler: (_request, response) => reply(response, 200, 'application/json', '{"landfall":1,"services":['), code: 'malformed', alike: true }),
  },
  { name: 'slow', quick: true, run: slow },
  { name: 'late', quick: true, run: nobody(true) },
  { name: 'decoy', quick: true, run: decoy },
  { name: 'redirect', run: redirect },
  {
    name: 'catch-all',
    run: useless({ handler: (_request, response) => reply(response, 200, 'text/html', '<!doctype html><title>An app</title>'), code: 'malformed', options: WANTED, alike: true }),
  },
  { name: 'relocation to another port', run: movesPort },
  { name: 'relocation pushed', quick: true, run: pushed },
  { name: 'restart with a new epoch', quick: true, run: restarts },
];
