// The drop-in service in a page, against plain backends: no daemon and no catalog is there to help it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { useApplications } from '../support/application.mjs';
import { hang, hangUp, json, notFound, reply } from '../support/http-server.mjs';
import { freePort } from '../support/ports.mjs';
import { startShop } from '../support/shop.mjs';
import { until } from '../support/until.mjs';

const module = (name) => fileURLToPath(new URL(name, import.meta.url));
const DEFAULT_PORTS = [8000, 8001, 8010, 3001, 8080, 8888];
/** Something else than the deadline has to settle the page. */
const PATIENT = { deadline: 60_000 };
const CHAT = { name: 'chat', path: '/api/chat', method: 'POST' };

const { application, backend, path } = useApplications({ entry: module('config-service.js') });
const standard = useApplications({ entry: module('config-service-default.js'), ports: DEFAULT_PORTS });

let shop;
before(async () => {
  shop = await startShop({ log: path('shop.log') });
});
after(() => shop?.stop());

/** Runs in the page, with the service. */
const ask = ({ page }, question, given) =>
  page.evaluate(([source, argument]) => (0, eval)(source)(window.application.service, argument), [String(question), given]);

/** A backend without any description; `/api/chat` takes POST only, as frameworks do that answer 404 to every other method. */
const plain = (request, response) => {
  if (request.url === '/health') return reply(response, 200, 'application/json', '{"status":"ok"}');
  return notFound(request, response);
};

test('a FastAPI backend is recognised by its OpenAPI', async () => {
  const base = `http://localhost:${shop.port}`;
  const opened = await application({ options: { ...PATIENT, ports: [shop.port], endpoints: [{ name: 'items', path: '/items', method: 'POST' }] } });
  const config = await ask(opened, (service) => service.waitForConfig());
  assert.deepEqual(
    { API_BASE_URL: config.API_BASE_URL, WS_BASE_URL: config.WS_BASE_URL, discovered: config.discovered, items: config.ENDPOINTS.items },
    { API_BASE_URL: base, WS_BASE_URL: `ws://localhost:${shop.port}`, discovered: true, items: { path: '/items', method: 'POST' } },
  );
  const [service] = Object.values(config.SERVICES);
  assert.deepEqual([service.url, service.port, service.health], [base, shop.port, 'unknown']);
  assert.ok(Object.values(service.endpoints).some((it) => it.path === '/items'));
  assert.deepEqual(await ask(opened, (it) => [
    it.getApiUrl(), it.getApiUrl('items'), it.getApiUrl('/else'), it.getApiUrl('else'),
    it.getEndpointMethod('items'), it.getEndpointMethod('read_item_items__item_id__get'), it.getEndpointMethod('nothing'),
    it.getWebSocketUrl(), it.getWebSocketUrl('/live'),
  ]), [
    base, `${base}/items`, `${base}/else`, `${base}/else`, 'POST', 'GET', 'GET', `ws://localhost:${shop.port}`, `ws://localhost:${shop.port}/live`,
  ]);
});

test('a backend is recognised by /health alone, with wanted endpoints that no GET can prove', async () => {
  const server = await backend(plain);
  const opened = await application({ options: { ...PATIENT, ports: [server.port], endpoints: [CHAT, { name: 'chat_websocket', path: '/ws/chat', protocol: 'websocket' }] } });
  const config = await ask(opened, (service) => service.waitForConfig());
  const base = `http://localhost:${server.port}`;
  assert.deepEqual([config.API_BASE_URL, config.discovered, config.ENDPOINTS.chat], [base, true, { path: '/api/chat', method: 'POST' }]);
  assert.deepEqual(await ask(opened, (it) => [it.getApiUrl('chat'), it.getEndpointMethod('chat'), it.getWebSocketUrl('chat')]),
    [`${base}/api/chat`, 'POST', `ws://localhost:${server.port}/ws/chat`]);
});

test('no backend at all: null while nothing is known, the fallback at the deadline, and late listeners are told', async () => {
  const silent = await backend(hang);
  const opened = await application({ options: { ports: [silent.port], deadline: 3_000, endpoints: [CHAT] } });
  const { settled, told } = opened;
  assert.deepEqual(await ask(opened, (it) => [it.getApiUrl('chat'), it.getWebSocketUrl(), it.config.API_BASE_URL, it.config.discovered]), [null, null, null, false]);
  assert.match(await ask(opened, (it) => it.waitForConfig(1).catch((error) => error.message)), /no config within 1 ms/);
  assert.equal((await settled()).status, 'fallback');
  const config = await ask(opened, (it) => new Promise((resolve) => { it.once('config-ready', resolve); }));
  assert.deepEqual([config.API_BASE_URL, config.WS_BASE_URL, config.discovered], ['http://localhost:8010', 'ws://localhost:8010', false]);
  assert.equal(await ask(opened, (it) => it.getApiUrl('chat')), 'http://localhost:8010/api/chat');
  await until('the failure to be told', async () => (await told()).some(({ type }) => type === 'discovery-failed'));
  const types = (await told()).map(({ type }) => type);
  assert.deepEqual(types.filter((type) => type !== 'discovery-failed'), ['config-ready']);
  assert.deepEqual(await opened.page.evaluate(() => window.__LANDFALL__.clients()), ['config-service'], 'the default instance is not part of the bundle');
});

test('a backend found later than the deadline updates the config, and discover() waits for it', async () => {
  const late = await backend(hangUp);
  const opened = await application({ options: { ports: [late.port], deadline: 100 } });
  assert.equal((await ask(opened, (it) => it.waitForConfig())).discovered, false);
  assert.equal((await ask(opened, (it) => it.discover())).discovered, false, 'there is still nobody');
  late.handler = plain;
  await opened.becomes('live');
  const config = await ask(opened, (it) => it.discover());
  assert.deepEqual([config.API_BASE_URL, config.discovered], [`http://localhost:${late.port}`, true]);
  const told = await opened.told();
  assert.ok(told.some(({ type, detail }) => type === 'config-updated' && detail.discovered));
  assert.equal(told.filter(({ type }) => type === 'config-ready').length, 1);
});

test('a backend that moves to another port is followed, and the move is told', async () => {
  for (const handler of [plain, json('/openapi.json', { openapi: '3.1.0', info: { title: 'Shop' }, paths: { '/api/chat': { post: {} } } })]) {
    const [first, second] = [await backend(handler), await backend(hangUp)];
    const opened = await application({ options: { ...PATIENT, ports: [first.port, second.port], endpoints: [CHAT] } });
    const urls = [first, second].map(({ port }) => `http://localhost:${port}`);
    assert.equal((await ask(opened, (service) => service.waitForConfig())).API_BASE_URL, urls[0]);
    first.handler = hangUp;
    second.handler = handler;
    await opened.page.waitForFunction((url) => window.application.service.getApiUrl() === url, urls[1]);
    const moves = (await opened.told()).filter(({ type }) => type === 'service-relocated').map(({ detail: { from, to } }) => [from, to]);
    assert.deepEqual(moves, [urls]);
    assert.equal(await ask(opened, (it) => it.getApiUrl('chat')), `${urls[1]}/api/chat`);
  }
});

test('decoys: another application with a description, one that is only healthy, and a catch-all, do not win', async () => {
  const other = json('/openapi.json', { openapi: '3.1.0', info: { title: 'Other' }, paths: { '/health': { get: {} } } });
  const catchAll = (_request, response) => reply(response, 200, 'text/html', '<!doctype html>');
  const healthy = await backend(plain);
  const right = await backend((request, response) => (request.url === '/api/chat' ? reply(response, 405, 'text/plain', '', { allow: 'POST' }) : plain(request, response)));
  const ports = [(await backend(other)).port, (await backend(catchAll)).port, healthy.port, right.port];
  const opened = await application({ options: { ...PATIENT, ports, endpoints: [CHAT] } });
  const config = await ask(opened, (service) => service.waitForConfig());
  assert.deepEqual([config.API_BASE_URL, config.discovered], [`http://localhost:${right.port}`, true]);
});

test('what was found is there at once on the next visit; clearCache() forgets it', async () => {
  const server = await backend(plain);
  const base = `http://localhost:${server.port}`;
  const opened = await application({ options: { ...PATIENT, ports: [server.port] } });
  await opened.becomes('live');
  server.handler = hang;
  await opened.page.reload();
  assert.deepEqual(await ask(opened, (it) => [it.getApiUrl(), it.config.discovered]), [base, false]);
  const kept = () => localStorage.getItem('landfall:config-service');
  assert.match(await ask(opened, kept), new RegExp(base));
  await ask(opened, (it) => it.clearCache());
  assert.equal(await ask(opened, kept), null);
});

test('once, off and emit; a listener that throws harms nobody else', async () => {
  const opened = await application({ options: { ports: [await freePort()], deadline: 50 } });
  await ask(opened, (it) => it.waitForConfig());
  assert.deepEqual(await ask(opened, async (it) => {
    const heard = [];
    const uncaught = [];
    window.addEventListener('error', (event) => { uncaught.push(event.error.message); event.preventDefault(); });
    it.on('tide', () => { throw new Error('ebb'); });
    it.once('tide', (level) => heard.push(`once ${level}`));
    const always = (level) => heard.push(`always ${level}`);
    it.on('tide', always);
    const emitted = [it.emit('tide', 1), it.emit('tide', 2), it.emit('nothing')];
    it.off('tide', always);
    it.emit('tide', 3);
    it.once('config-ready', () => heard.push('ready'));
    it.once('config-ready', () => heard.push('never'))();
    await Promise.resolve();
    return { heard, emitted, uncaught };
  }), { heard: ['once 1', 'always 1', 'always 2', 'ready'], emitted: [true, true, false], uncaught: ['ebb', 'ebb', 'ebb'] });
});

test('ports 5000 and 5001 are refused', async () => {
  const opened = await application({ options: { ports: [] } });
  const refusals = await opened.page.evaluate(() => [5000, 5001].map((port) => {
    try {
      return window.application.create({ ports: [8000, port] });
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  }));
  assert.match(refusals[0], /^RangeError: landfall: option ports: 5000 /);
  assert.match(refusals[1], /^RangeError: landfall: option ports: 5001 /);
});

test('the default export starts at import, and asks the default ports and no other', async () => {
  standard.place(8010).handler = plain;
  const opened = await standard.application();
  await opened.becomes('live');
  assert.deepEqual(await ask(opened, (it) => [it.getApiUrl(), it.config.discovered]), ['http://localhost:8010', true]);
  const asked = new Set(opened.witness.requests.map(({ url }) => new URL(url)).filter(({ hostname }) => hostname === 'localhost').map(({ port }) => Number(port)));
  assert.deepEqual([...asked].filter((port) => ![7420, ...DEFAULT_PORTS].includes(port)), []);
});
