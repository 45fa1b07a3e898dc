// What a page does with what it has found: client.fetch, client.socket and client.events against real servers, which fail,
// hang, refuse and move.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { useApplications } from '../support/application.mjs';
import { WELL_KNOWN } from '../support/catalogs.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { forward, hang, json, notFound, reply } from '../support/http-server.mjs';
import { freePort } from '../support/ports.mjs';
import { startShop } from '../support/shop.mjs';
import { until } from '../support/until.mjs';

/** Something else than the deadline has to settle the page. */
const PATIENT = { timeout: 60_000 };

const { application, backend, orchestrator, engineChunk, path } = useApplications({ sends: true });

/** Paths below a folder of its own. */
function folder(name) {
  mkdirSync(path(name));
  return (...parts) => path(name, ...parts);
}

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

/** One call in the page: `{status, text}` or `{code, message}`. */
const call = ({ page }, name, init = {}) => page.evaluate(async ([to, how]) => {
  try {
    const response = await window.application.client.fetch(to, how);
    return { status: response.status, text: await response.text() };
  } catch ({ code, name: kind, message }) {
    return { code: code ?? kind, message };
  }
}, [name, init]);

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

describe('connections', () => {
  // An OpenAPI document has neither WebSockets nor streams: by what it has the shop is known to be the backend.
  const ITEMS = { name: 'items', path: '/items' };
  const ECHO = { name: 'echo', path: '/ws/echo', protocol: 'websocket' };
  const QUIET = { name: 'quiet', path: '/ws/updates', protocol: 'websocket' };
  const TICKS = { name: 'ticks', path: '/ticks', protocol: 'sse' };
  let shop;
  before(async () => {
    shop = await startShop({ log: path('shop.log') });
  });
  after(() => shop?.stop());

  const opensAt = (at) => shop.requests().filter(({ method, path: where }) => method === 'WEBSOCKET' && where === at).length;

  /** A page that has found the shop, with what its connections told in `window.heard`. */
  async function visitor(options = {}) {
    const opened = await application({ options: { ...PATIENT, ports: [shop.port], endpoints: [ITEMS, ECHO, QUIET, TICKS], ...options } });
    assert.equal((await opened.settled()).status, 'live');
    await opened.records();
    await opened.page.evaluate(() => {
      window.heard = [];
      window.listen = (who, it) => {
        for (const type of ['open', 'message', 'close', 'error']) {
          it.on(type, ({ data, code, willReopen, error }) => window.heard.push({ who, type, data, code, willReopen, error: error?.code }));
        }
        return it;
      };
    });
    return opened;
  }
  const heard = (opened, who) => opened.page.evaluate((one) => window.heard.filter((it) => it.who === one), who);
  const hears = (opened, who, type, data) => opened.page.waitForFunction(([one, kind, text]) =>
    window.heard.some((it) => it.who === one && it.type === kind && (text === undefined || it.data === text)), [who, type, data]);

  test('users of one endpoint share one WebSocket, and the last one closes it', async () => {
    const opened = await visitor();
    const before = opensAt('/ws/echo');
    await opened.page.evaluate(() => {
      const { client } = window.application;
      for (const who of ['one', 'two']) window[who] = window.listen(who, client.socket('echo'));
      window.one.send('before it is open');
    });
    for (const who of ['one', 'two']) await hears(opened, who, 'message', 'before it is open');
    assert.equal(opensAt('/ws/echo') - before, 1);
    const states = await opened.page.evaluate(() => {
      window.one.close();
      return [window.one.state, window.two.state, window.one.send('x'), window.two.send('still here')];
    });
    assert.deepEqual(states, ['closed', 'open', false, true]);
    await hears(opened, 'two', 'message', 'still here');
    assert.deepEqual((await heard(opened, 'one')).filter(({ data }) => data === 'still here'), []);
    await opened.page.evaluate(() => window.two.close());
    await opened.page.evaluate(() => window.listen('three', window.application.client.socket('echo')));
    await hears(opened, 'three', 'open');
    assert.equal(opensAt('/ws/echo') - before, 2, 'it was closed in between');
  });

  test('what the server ends on purpose stays ended', async () => {
    const opened = await visitor();
    await opened.page.evaluate(() => {
      window.one = window.listen('one', window.application.client.socket('echo'));
      window.one.send('bye');
    });
    await hears(opened, 'one', 'close');
    const { code, willReopen } = (await heard(opened, 'one')).find(({ type }) => type === 'close');
    assert.deepEqual({ code, willReopen }, { code: 4001, willReopen: false });
    assert.equal(await opened.page.evaluate(() => window.one.state), 'closed');
  });

  test('the queue is bounded in messages and bytes, and says so', async () => {
    const opened = await visitor();
    const taken = await opened.page.evaluate(async () => {
      const { client } = window.application;
      const one = client.socket('echo', { queue: { messages: 3, bytes: 100 } });
      // Attached, but not open yet: nothing is sent in the same task.
      await new Promise((resolve) => {
        const look = () => (one.send('x'.repeat(101)) ? setTimeout(look) : resolve());
        look();
      });
      return [one.send('a'), one.send('b'), one.send('x'.repeat(101))];
    });
    assert.deepEqual(taken, [true, true, false]);
  });

  test('a socket is for sockets and a stream for streams', async () => {
    const opened = await visitor();
    await opened.page.evaluate(() => {
      const { client } = window.application;
      window.listen('wrong', client.socket('ticks'));
      window.listen('unknown', client.events('nothing'));
    });
    await hears(opened, 'wrong', 'error');
    await hears(opened, 'unknown', 'error');
    assert.deepEqual([...await heard(opened, 'wrong'), ...await heard(opened, 'unknown')].map(({ type, error }) => [type, error]), [
      ['error', 'wrong-protocol'], ['error', 'unknown-endpoint'],
    ]);
    assert.equal((await call(opened, 'echo')).code, 'wrong-protocol');
  });

  test('more connections than the page may have are refused', async () => {
    const opened = await visitor({ use: { sockets: 1, streams: 1 } });
    await opened.page.evaluate(() => {
      const { client } = window.application;
      for (const n of [1, 2]) {
        window.listen(`socket ${n}`, client.socket('echo', { query: { n } }));
        window.listen(`stream ${n}`, client.events('ticks', { query: { n } }));
      }
    });
    for (const kind of ['socket', 'stream']) {
      await hears(opened, `${kind} 1`, 'open');
      await hears(opened, `${kind} 2`, 'error');
      assert.deepEqual((await heard(opened, `${kind} 2`)).map(({ error }) => error), ['too-many']);
    }
  });

  test('silence that a heartbeat does not end is the end of the socket', async () => {
    const opened = await visitor();
    const before = opensAt('/ws/updates');
    await opened.page.evaluate(() => window.listen('quiet', window.application.client.socket('quiet', { heartbeat: { every: 50, within: 50 } })));
    // The shop speaks once when asked for updates, and then only when something happens.
    await until('the socket to be opened anew', () => opensAt('/ws/updates') - before >= 2);
    assert.ok((await heard(opened, 'quiet')).some(({ type, willReopen }) => type === 'close' && willReopen));
    await opened.page.evaluate(() => {
      window.listen('lively', window.application.client.socket('echo', { heartbeat: { send: 'ping', reply: 'ping', every: 50, within: 5_000 } })).send('ahoy');
    });
    await hears(opened, 'lively', 'message', 'ahoy');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const lively = await heard(opened, 'lively');
    assert.deepEqual(lively.map(({ type, data }) => data ?? type), ['open', 'ahoy'], 'its answers are nobody else\'s business');
  });

  test('a service that moves takes its socket and its stream along, with a daemon', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const log = path('moving.log');
    let moving = await startShop({ log, port: first, title: 'Moving API' });
    const daemon = await startDaemon(folder('moving'), {
      settings: `[checks]\ninterval = "1h"\n[sockets]\nonly_ports = [${first}, ${second}]\n`,
    });
    try {
      await until('the daemon to list it', async () => Object.keys((await daemon.serviceOn(first))?.endpoints ?? {}).length > 0);
      orchestrator().handler = forward(daemon.url);
      const opened = await visitor({ ports: [], service: 'moving-api' });
      await opened.page.evaluate(() => {
        const { client } = window.application;
        window.socket = window.listen('socket', client.socket('echo'));
        window.ticks = window.listen('ticks', client.events('ticks', { types: ['tick'] }));
        window.ticks.on('tick', ({ origin }) => window.heard.push({ who: 'ticks', type: 'tick', data: new URL(origin).port }));
      });
      await hears(opened, 'socket', 'open');
      await hears(opened, 'ticks', 'tick', String(first));
      await moving.kill();
      await hears(opened, 'socket', 'close');
      await opened.page.evaluate(() => window.socket.send('sent in between'));
      moving = await startShop({ log, port: second, title: 'Moving API' });
      await hears(opened, 'socket', 'message', 'sent in between');
      await hears(opened, 'ticks', 'tick', String(second));
      const relocated = (await opened.told()).find(({ type }) => type === 'service-relocated');
      assert.deepEqual([relocated?.detail.from, relocated?.detail.to].map((url) => new URL(url).port), [String(first), String(second)]);
    } finally {
      await daemon.stop();
      await moving.stop();
    }
  });

  test('a service that moves takes its socket along, without a daemon too', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const log = path('alone.log');
    let moving = await startShop({ log, port: first, title: 'Moving API' });
    try {
      const opened = await visitor({ ports: [first, second] });
      await opened.page.evaluate(() => window.listen('socket', window.application.client.socket('echo')).send('ahoy'));
      await hears(opened, 'socket', 'message', 'ahoy');
      await moving.kill();
      await hears(opened, 'socket', 'close');
      // Nobody answers, and it is tried again until somebody does, who is somewhere else.
      const items = call(opened, 'items', { method: 'GET', deadline: 30_000, retries: 100 });
      moving = await startShop({ log, port: second, title: 'Moving API' });
      assert.equal((await items).status, 200);
      await opened.page.waitForFunction((port) => window.application.client.url('echo').endsWith(`:${port}/ws/echo`), second);
      await opened.page.waitForFunction(() => window.heard.filter(({ type }) => type === 'open').length === 2);
      assert.ok((await opened.told()).some(({ type }) => type === 'service-relocated'));
    } finally {
      await moving.stop();
    }
  });

  test('nothing is open while the page is in the back/forward cache', async () => {
    const opened = await visitor();
    const before = opensAt('/ws/echo');
    await opened.page.evaluate(() => window.listen('socket', window.application.client.socket('echo')));
    await hears(opened, 'socket', 'open');
    await opened.page.evaluate(() => window.dispatchEvent(new window.PageTransitionEvent('pagehide', { persisted: true })));
    await hears(opened, 'socket', 'close');
    await opened.page.evaluate(() => window.dispatchEvent(new window.PageTransitionEvent('pageshow', { persisted: true })));
    await until('the socket to be opened again', () => opensAt('/ws/echo') - before === 2);
  });
});
