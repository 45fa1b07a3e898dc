// The dashboard on real services: a FastAPI application and an nginx, found by the daemon through their listening
// sockets. The application crashes and comes back on another port; the daemon stops and comes back: the page follows all
// of it as one document. The tests run in order, on one page. Screenshots are kept in tests/artifacts/pages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchChromium, openPage } from '../support/browser.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { dashboard } from '../support/dashboard.mjs';
import { hangUp, startHttpServer } from '../support/http-server.mjs';
import { assertOnlySafeMethods } from '../support/methods.mjs';
import { startNginx } from '../support/nginx.mjs';
import { describedMethods, sorted } from '../support/openapi.mjs';
import { freePort } from '../support/ports.mjs';
import { artefact, scratchFolder } from '../support/scratch.mjs';
import { startShop } from '../support/shop.mjs';
import { until } from '../support/until.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };

let scratch;
let shop;
let nginx;
let daemon;
/** Nobody is at the default address of a daemon: the page has only the origin that it came from. */
let elsewhere;
let settings;
let browser;
let tab;
let shown;
/** The ports of the application: before it crashes, and after. */
let ports;
/** The names under which the daemon lists the two. */
let shopName;
let nginxName;

const startShopOn = (port) => startShop({ log: scratch.path('shop.log'), port });
const listed = async () => (await shown.services())[shopName];

/** Keeps what the page looks like. */
async function keep(name, { viewport = WIDE, scheme = 'light' } = {}) {
  await tab.page.setViewportSize(viewport);
  await tab.page.emulateMedia({ colorScheme: scheme });
  await tab.page.screenshot({ path: artefact(`${name}.png`), fullPage: viewport === NARROW, animations: 'disabled' });
  await tab.page.setViewportSize(WIDE);
  await tab.page.emulateMedia({ colorScheme: 'light' });
}

before(async () => {
  scratch = scratchFolder();
  ports = [await freePort(), await freePort()];
  shop = await startShopOn(ports[0]);
  nginx = await startNginx((...parts) => scratch.path('nginx', ...parts));
  settings = `
    [sockets]
    only_ports = [${[...ports, nginx.port].join(', ')}]
    [config]
    greeting = "ahoy"
  `;
  daemon = await startDaemon(scratch.path, { settings });
  elsewhere = await startHttpServer(hangUp);
  browser = await launchChromium({ orchestratorPort: elsewhere.port });
  tab = await openPage(browser, { viewport: WIDE, reducedMotion: 'reduce' });
  shown = dashboard(tab.page);
});
after(async () => {
  await browser?.close();
  await Promise.all([daemon, shop, nginx, elsewhere].map((it) => it?.stop()));
  scratch.remove();
});

test('the page is live and lists what runs: FastAPI, nginx and the daemon itself', async () => {
  await tab.page.goto(daemon.url);
  await tab.page.evaluate(() => { window.sameDocument = true; });
  shopName = (await until('the daemon to know the shop', () => daemon.serviceOn(ports[0]))).name;
  nginxName = (await until('the daemon to know the nginx', () => daemon.serviceOn(nginx.port))).name;

  await until('the page to be live', async () => (await shown.connection()) === 'Live');
  const services = await until('both services to be shown as healthy', async () => {
    const now = await shown.services();
    return now[shopName]?.health === 'healthy' && now[nginxName]?.health === 'healthy' && now;
  });
  assert.equal(services[shopName].address, `127.0.0.1:${ports[0]}`);
  assert.equal(services[nginxName].address, `127.0.0.1:${nginx.port}`);
  assert.ok('landfall' in services, 'the daemon lists itself');
});

test("the page shows FastAPI's methods exactly as its OpenAPI has them, and says so", async () => {
  await shown.choose(shopName);
  const endpoints = await until('the endpoints', () => shown.endpoints(shopName));
  const methods = sorted(Object.entries(endpoints).map(([path, known]) => [path, Object.keys(known)]));
  assert.deepEqual(methods, await describedMethods(shop.url));
  assert.deepEqual(methods['/items/{item_id}'], ['DELETE', 'GET', 'PUT']);
  assert.deepEqual([...new Set(Object.values(endpoints).flatMap((known) => Object.values(known)))], ['known from OpenAPI']);
  await keep('1-live');
  await keep('1-live-dark', { scheme: 'dark' });
  await keep('1-live-narrow', { viewport: NARROW });
});

test('the application crashes: the page shows it as unhealthy', async () => {
  await shop.kill();
  await until('the page to show it as unhealthy', async () => (await listed()).health === 'unhealthy');
  assert.equal((await shown.services())[nginxName].health, 'healthy', 'nobody else is concerned');
  assert.equal(await shown.connection(), 'Live');
  await keep('2-crashed');
  await keep('2-crashed-narrow', { viewport: NARROW });
});

test('it comes back on another port: the page follows, and says that the service was relocated', async () => {
  shop = await startShopOn(ports[1]);
  await until('the page to show the new address', async () => (await listed()).address === `127.0.0.1:${ports[1]}`);
  await until('the page to show it as healthy', async () => (await listed()).health === 'healthy');
  await keep('3-relocated');

  await shown.view('Trace');
  const changes = await until('the change', async () => {
    const seen = await shown.changes();
    return seen.some(({ event }) => event === 'service-relocated') && seen;
  });
  const { text } = changes.find(({ event }) => event === 'service-relocated');
  assert.equal(text, `${shopName} moved from http://127.0.0.1:${ports[0]} to http://127.0.0.1:${ports[1]}.`);
  await keep('4-trace');
  await shown.view('Services');
});

test('the daemon stops: the page says that what it shows is old', async () => {
  await daemon.stop();
  await until('the page to say that the daemon is lost', async () => (await shown.connection()) === 'Lost');
  const services = await shown.services();
  assert.ok(shopName in services && nginxName in services, 'the last known state stays on screen');
  await keep('5-daemon-lost');
});

test('the daemon comes back: the page is live again, and shows what has happened meanwhile', async () => {
  await nginx.stop();
  daemon = await startDaemon(scratch.path, { settings, port: daemon.port });
  await until('the page to be live again', async () => (await shown.connection()) === 'Live');
  await until('the page to show the shop, and no nginx any more', async () => {
    const services = await shown.services();
    return services[shopName]?.health === 'healthy' && !(nginxName in services);
  });
  await keep('6-live-again');
});

test('all along it was one document, nothing unsafe was sent, and no script complained', async () => {
  assert.equal(await tab.page.evaluate(() => window.sameDocument), true);
  assertOnlySafeMethods('the shop', shop.requests());
  assertOnlySafeMethods('nginx', nginx.requests());
  assertOnlySafeMethods('the network', tab.witness.requests);
  assert.deepEqual(tab.witness.scriptErrors, []);
  // The daemon was away for a while, so that the network complains; its Content-Security-Policy has no reason to.
  assert.deepEqual(tab.witness.reports.filter(({ source }) => source !== 'network'), []);
});
