// What a page does with what it has found: client.fetch against real servers, which fail, hang and refuse. Connections are in
// use-connections.test.mjs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useApplications } from '../support/application.mjs';
import { PATIENT, call } from '../support/call.mjs';
import { WELL_KNOWN } from '../support/catalogs.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { hang, json, notFound, reply } from '../support/http-server.mjs';
import { until } from '../support/until.mjs';

const { application, backend, orchestrator, engineChunk, folder } = useApplications({ sends: true });

/** A catalog whose service `boats` has these instances. */
const catalogOf = (instances, endpoints = BOATS) => ({
  landfall: 1,
  name: 'harbour',
  epoch: { registry: 'page-tests', boot: 1 },
  revision: 1,
  services: [{ name: 'boats', instances, endpoints }],
});

const BOATS = {
  boats: { path: '/boats', methods: { GET: 'catalog', POST: 'catalog' } },
  boat: { path: '/boats/{boat}', methods: { DELETE: 'catalog' } },
};

/** Answers `/boats` and what is below it; the catalog comes from the orchestrator's place. */
const boats = (handler) => (request, response) =>
  (request.url.startsWith('/boats') ? handler(request, response) : notFound(request, response));

const good = (_request, response) => reply(response, 200, 'text/plain', 'ahoy', CORS);
const CORS = { 'access-control-allow-headers': '*', 'access-control-allow-methods': '*', 'access-control-expose-headers': 'Retry-After' };

/** Opens a page that has found a catalog of these servers. */
async function pageOf(servers, options = {}) {
  orchestrator().handler = json(WELL_KNOWN, catalogOf(servers.map(({ url, weight = 100 }) => ({ url, weight, health: 'healthy' }))));
  const opened = await application({ options: { ...PATIENT, ...options } });
  assert.equal((await opened.settled()).status, 'live');
  // The engine decides from the first call on.
  await opened.records();
  return opened;
}

const asked = (server) => server.requests().filter(({ path: at }) => at.startsWith('/boats')).map(({ method }) => method);

describe('a request', () => {
  test('with an idempotent method is sent again until it is answered, with another it is sent once', async () => {
    let failures = 0;
    const server = await backend(boats((request, response) =>
      (failures-- > 0 ? reply(response, 503, 'text/plain', 'later', CORS) : good(request, response))));
    const opened = await pageOf([server]);
    failures = 2;
    assert.deepEqual(await call(opened, 'boats', { method: 'GET' }), { status: 200, text: 'ahoy' });
    assert.deepEqual(asked(server), ['GET', 'GET', 'GET']);
    failures = 1;
    assert.deepEqual(await call(opened, 'boats', { method: 'POST', body: 'a boat' }), { status: 503, text: 'later' });
    assert.deepEqual(asked(server).slice(3), ['POST']);
  });

  test('is not sent again sooner than the server says: never, where that is beyond the deadline', async () => {
    const server = await backend(boats((_request, response) => reply(response, 503, 'text/plain', 'later', { ...CORS, 'retry-after': '60' })));
    const opened = await pageOf([server]);
    assert.equal((await call(opened, 'boats', { method: 'GET' })).status, 503);
    assert.deepEqual(asked(server), ['GET']);
  });

  test('with a method that the endpoint does not have, or to a name that means nothing, never leaves the page', async () => {
    const server = await backend(boats(good));
    const opened = await pageOf([server]);
    for (const [name, init, code, choices] of [
      ['boats', { method: 'PUT' }, 'method-not-allowed', 'GET, POST'],
      ['boats', {}, 'no-method', 'GET, POST'],
      ['baots', {}, 'unknown-endpoint', 'boats'],
      ['toString', {}, 'unknown-endpoint', 'boats'],
      ['boat', {}, 'TypeError', 'boat'],
    ]) {
      const refused = await call(opened, name, init);
      assert.equal(refused.code, code);
      assert.ok(refused.message.includes(choices), refused.message);
    }
    assert.deepEqual(asked(server), []);
    assert.equal((await call(opened, 'boat', { params: { boat: 'a/b' }, query: { now: true } })).status, 200);
    assert.deepEqual(server.requests().filter(({ method }) => method === 'DELETE'), [{ method: 'DELETE', path: '/boats/a%2Fb' }]);
  });

  test('to a backend that hangs ends at its deadline, and by the caller when the caller says so', async () => {
    const server = await backend(boats(hang));
    const opened = await pageOf([server]);
    assert.equal((await call(opened, 'boats', { method: 'GET', deadline: 300 })).code, 'timed-out');
    const aborted = await opened.page.evaluate(async () => {
      const controller = new AbortController();
      const answer = window.application.client.fetch('boats', { method: 'GET', signal: controller.signal });
      controller.abort(new Error('enough'));
      return answer.catch(({ message }) => message);
    });
    assert.equal(aborted, 'enough');
  });

  test('too many at once wait for their turn, and more than may wait are refused', async () => {
    const held = [];
    const server = await backend(boats((request, response) => held.push(() => good(request, response))));
    const opened = await pageOf([server], { use: { inFlight: 1, queued: 1 } });
    const outcome = opened.page.evaluate(() => Promise.all([1, 2, 3].map(() =>
      window.application.client.fetch('boats', { method: 'GET' }).then(({ status }) => status, ({ code }) => code))));
    await until('the first request', () => held.length === 1);
    held[0]();
    await until('the second one, after it', () => held.length === 2);
    held[1]();
    assert.deepEqual(await outcome, [200, 200, 'too-many']);
  });
});

describe('several instances', () => {
  test('one that fails is left for the other, and after a few failures is left alone', async () => {
    const [bad, well] = [await backend(boats((_request, response) => reply(response, 500, 'text/plain', 'no', CORS))), await backend(boats(good))];
    const opened = await pageOf([{ url: bad.url, weight: 1000 }, { url: well.url, weight: 1 }]);
    for (let n = 0; n < 20; n++) assert.equal((await call(opened, 'boats', { method: 'GET' })).status, 200);
    assert.ok(asked(bad).length >= 1 && asked(bad).length <= 10, `${asked(bad).length} requests to the instance that fails`);
  });

  test('one that hangs gets its share of the deadline, then the other one answers', async () => {
    const [stuck, well] = [await backend(boats(hang)), await backend(boats(good))];
    const opened = await pageOf([{ url: stuck.url, weight: 65_535 }, { url: well.url, weight: 1 }]);
    assert.deepEqual(await call(opened, 'boats', { method: 'GET', deadline: 4_000 }), { status: 200, text: 'ahoy' });
    assert.deepEqual(asked(stuck), ['GET']);
  });

  test('an only one that fails again and again is not asked for a while', async () => {
    const server = await backend(boats((_request, response) => reply(response, 500, 'text/plain', 'no', CORS)));
    const opened = await pageOf([server]);
    const outcomes = [];
    for (let n = 0; n < 4; n++) outcomes.push(await call(opened, 'boats', { method: 'POST' }));
    assert.deepEqual(outcomes.map(({ status, code }) => status ?? code), [500, 500, 500, 'circuit-open']);
    assert.equal(asked(server).length, 3);
  });
});

test('credentials go to the origins that the options name, and to no other', async () => {
  const server = await backend(boats((request, response) => (request.method === 'OPTIONS' ? reply(response, 204, 'text/plain', '', CORS) : good(request, response))));
  const secret = { method: 'GET', headers: { Authorization: 'Bearer secret' } };
  const strict = await pageOf([server], { use: { credentials: ['https://api.example'] } });
  for (const init of [secret, { method: 'GET', credentials: 'include' }, { method: 'GET', headers: { 'X-API-Key': 'secret' } }]) {
    const refused = await call(strict, 'boats', init);
    assert.equal(refused.code, 'credentials');
    assert.ok(refused.message.includes(server.url), refused.message);
  }
  assert.deepEqual(asked(server), []);
  assert.equal((await call(strict, 'boats', { method: 'GET' })).status, 200);

  const trusting = await pageOf([server], { use: { credentials: [server.url] } });
  assert.equal((await call(trusting, 'boats', secret)).status, 200);
});

test('without the engine a request goes to where the page knows, once, and ends at its deadline', async () => {
  const server = await backend(boats((_request, response) => reply(response, 503, 'text/plain', 'later', CORS)));
  const opened = await application({
    missing: engineChunk(),
    options: { timeout: 100, fallback: { baseUrl: server.url }, endpoints: [{ name: 'boats', path: '/boats', method: 'GET' }] },
  });
  assert.equal((await opened.settled()).status, 'fallback');
  assert.equal((await call(opened, 'boats')).status, 503);
  assert.deepEqual(asked(server), ['GET']);
  server.handler = hang;
  assert.equal((await call(opened, 'boats', { deadline: 200 })).code, 'timed-out');
});

test('what fails is told to the daemon, which looks at once and finds out by itself', async () => {
  const server = await backend((request, response) => reply(response, 200, 'text/plain', 'ahoy', CORS));
  const daemon = await startDaemon(folder('told'), {
    settings: `
      [budget]
      cpu_percent = 100
      [checks]
      interval = "1h"
      interval_unsteady = "50ms"
      [sockets]
      enabled = false
      [[services]]
      name = "boats"
      url = "${server.url}"
      health_path = "/health"
      [services.endpoints.boats]
      path = "/boats"
      methods = ["GET"]
    `,
  });
  try {
    const health = async () => (await (await fetch(`${daemon.url}/v1/health`)).json()).services.find(({ service }) => service === 'boats');
    await until('a steady service', async () => {
      const { class: it, history } = await health();
      return it === 'healthy' && history.health.length >= 3;
    });
    // At the address that it names itself by, and nowhere else: a page tells nobody who is not the daemon by its own words,
    // and what is forwarded from the default place would sometimes win the race.
    const opened = await application({ options: { ...PATIENT, candidates: [daemon.url] } });
    const { status, origin } = await opened.settled();
    assert.deepEqual({ status, origin }, { status: 'live', origin: daemon.url });
    await opened.records();
    assert.equal((await call(opened, 'boats')).status, 200);

    server.handler = (_request, response) => reply(response, 500, 'text/plain', 'no', CORS);
    await call(opened, 'boats', { retries: 0 });
    await until('the daemon to see it, long before its next check', async () => (await health()).class === 'unhealthy');
    await opened.page.waitForFunction(() => window.application.client.snapshot().services.boats.instances[0].health === 'unhealthy');
    const told = opened.witness.requests.filter(({ url }) => url.endsWith('/v1/outcomes'));
    assert.deepEqual([...new Set(told.map(({ method }) => method))], ['POST'], 'there was no preflight');
  } finally {
    await daemon.stop();
  }
});
