// A page finds a backend that nobody told it the endpoints of: an ordinary FastAPI application in at most two requests,
// and the daemon, at its default address, in one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { useApplications } from '../support/application.mjs';
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { forward, json } from '../support/http-server.mjs';
import { assertOnlySafeMethods } from '../support/methods.mjs';
import { describedMethods, sorted } from '../support/openapi.mjs';
import { startShop } from '../support/shop.mjs';
import { until } from '../support/until.mjs';

/** Something else than the deadline has to settle the page. */
const PATIENT = { timeout: 60_000 };

const { application, orchestrator, path } = useApplications();

let shop;
before(async () => {
  shop = await startShop({ log: path('shop.log') });
});
after(() => shop?.stop());

/** The requests that the engine had sent to an origin by the time the page settled. */
async function requestsBeforeSettling({ records }, origin) {
  const { trace, requests } = await records();
  const { at } = trace.find(({ kind }) => kind === 'settled');
  return requests.filter((it) => it.at <= at && it.url.startsWith(`${origin}/`)).map(({ method, url }) => `${method} ${new URL(url).pathname}`);
}

const methodsOf = (endpoints) => sorted(endpoints.map(({ path: template, methods }) => [template, Object.keys(methods)]));

test('a plain FastAPI application, without a daemon: its methods are those of its OpenAPI, after two requests', async () => {
  const opened = await application({ options: { ...PATIENT, ports: [shop.port] } });
  const { status, rung, baseUrl, endpoints, services } = await opened.settled();
  const origin = `http://localhost:${shop.port}`;
  assert.deepEqual({ status, rung, baseUrl }, { status: 'live', rung: 'openapi', baseUrl: origin });
  assert.deepEqual(Object.values(services).map(({ title, url }) => ({ title, url })), [{ title: 'Shop API', url: origin }]);

  const fromPage = () => shop.requests().filter((it) => it.origin === opened.server.url);
  assert.deepEqual(await requestsBeforeSettling(opened, origin), [`GET ${WELL_KNOWN}`, 'GET /openapi.json']);
  assert.deepEqual(fromPage().slice(0, 2).map(({ method, path: asked }) => `${method} ${asked}`), [`GET ${WELL_KNOWN}`, 'GET /openapi.json']);
  assertOnlySafeMethods('the shop', shop.requests());

  assert.deepEqual(methodsOf(endpoints), await describedMethods(shop.url));
  const evidence = new Set(endpoints.flatMap(({ methods }) => Object.values(methods)));
  assert.deepEqual([...evidence], ['openapi']);

  const item = await opened.page.evaluate(async () => {
    const { client } = window.application;
    return (await fetch(client.url('read_item_items__item_id__get', { item_id: 2 }))).json();
  });
  assert.deepEqual(item, { name: 'lantern', price: 35 });
});

test('the daemon at its default address: a page without any option is live after one request', async () => {
  const settings = `
    [sockets]
    only_ports = [${shop.port}]
    [config]
    greeting = "ahoy"
  `;
  const daemon = await startDaemon(path, { settings });
  try {
    await until('the daemon to list the shop with its endpoints', async () =>
      Object.keys((await daemon.serviceOn(shop.port))?.endpoints ?? {}).length > 0);

    const before = orchestrator().requests().length;
    orchestrator().handler = forward(daemon.url);
    const opened = await application({ options: PATIENT });
    const { status, rung, config, services, endpoints } = await opened.settled();
    assert.deepEqual({ status, rung, config }, { status: 'live', rung: 'catalog', config: { greeting: 'ahoy' } });
    assert.deepEqual(await requestsBeforeSettling(opened, 'http://localhost:7420'), [`GET ${WELL_KNOWN}`]);
    assert.deepEqual(orchestrator().requests().slice(before).filter(({ path: asked }) => asked === WELL_KNOWN), [{ method: 'GET', path: WELL_KNOWN }]);

    const { name, url } = Object.values(services).find(({ title }) => title === 'Shop API');
    assert.equal(new URL(url).port, String(shop.port));
    assert.deepEqual(methodsOf(endpoints.filter(({ service }) => service === name)), await describedMethods(shop.url));
  } finally {
    await daemon.stop();
  }
});

test('a page that asks only its own origin takes no other daemon for its own', async () => {
  const other = catalog('http://localhost:9002');
  orchestrator().handler = json(WELL_KNOWN, other);
  const asked = orchestrator().requests().length;
  const opened = await application({ options: { ownOriginOnly: true, timeout: 100, ports: [shop.port], candidates: [shop.url] } });
  assert.equal((await opened.settled()).status, 'fallback');
  await until('several tries', async () => (await opened.records()).requests.length > 8);
  const { requests } = await opened.records();
  assert.deepEqual(requests.filter(({ url }) => !url.startsWith(`${opened.server.url}/`)), []);
  assert.equal(orchestrator().requests().length, asked);
});
