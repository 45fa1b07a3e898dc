// The connections of a page, shared by its users: client.socket and client.events against real servers, which end them, fall
// silent and move.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { useApplications } from '../support/application.mjs';
import { PATIENT, call } from '../support/call.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { forward } from '../support/http-server.mjs';
import { freePort } from '../support/ports.mjs';
import { startShop } from '../support/shop.mjs';
import { until } from '../support/until.mjs';

const { application, orchestrator, folder, path } = useApplications({ sends: true });

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
