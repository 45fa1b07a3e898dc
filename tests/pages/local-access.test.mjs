// A page on a public origin and a backend on this machine: the browser asks the user before it lets the one talk to the
// other (Local Network Access). Nothing the client does by itself causes that prompt. Chromium without a window answers
// it with no, which shows in the permission's state: 'prompt' as long as nobody has asked.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchChromium, openPage } from '../support/browser.mjs';
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { files, hangUp, json, reply, startHttpServer } from '../support/http-server.mjs';
import { buildPackedPage, html } from '../support/packed-page.mjs';
import { scratchFolder } from '../support/scratch.mjs';
import { until } from '../support/until.mjs';

const ENTRY = fileURLToPath(new URL('application.js', import.meta.url));
const PUBLIC = 'http://app.example';

const scratch = scratchFolder();
let browser;
let site;
let backend;
let opened;

before(async () => {
  const { folder } = await buildPackedPage(ENTRY, (...parts) => scratch.path('packed', ...parts));
  const deliver = files(folder);
  site = await startHttpServer((request, response) =>
    (request.url.startsWith('/?') ? reply(response, 200, 'text/html', html()) : deliver(request, response)));
  browser = await launchChromium({
    orchestratorPort: site.port,
    places: { 'app.example': site.port },
    args: [`--ip-address-space-overrides=127.0.0.1:${site.port}=public`, `--unsafely-treat-insecure-origin-as-secure=${PUBLIC}`],
  });
});
after(async () => {
  await browser?.close();
  await site?.stop();
  scratch.remove();
});

beforeEach(async () => {
  backend = await startHttpServer(hangUp);
  backend.handler = json(WELL_KNOWN, catalog('http://localhost:9002'));
  const { page, witness, close } = await openPage(browser);
  const options = { timeout: 200, ports: [backend.port], candidates: [`http://localhost:${backend.port}`] };
  await page.goto(`${PUBLIC}/?options=${encodeURIComponent(JSON.stringify(options))}`);
  opened = { page, witness, close };
});
afterEach(async () => {
  await opened.close();
  await backend.stop();
  assert.deepEqual(opened.witness.scriptErrors, []);
});

const permission = () => opened.page.evaluate(async () => (await navigator.permissions.query({ name: 'loopback-network' })).state);
const snapshot = () => opened.page.evaluate(() => window.application.client.snapshot());
const grant = () => opened.page.context().grantPermissions(['local-network-access'], { origin: PUBLIC });
const becomes = (status) => opened.page.waitForFunction((wanted) => window.application.client.snapshot().status === wanted, status);
const click = () => opened.page.evaluate(() => window.application.client.requestLocalAccess());

/** The reason that the page sees, once it is the barrier. */
const barred = () => until('the barrier', async () => (await snapshot()).code === 'permission');

test('unasked there is no prompt and no request, and the reason is the permission', async () => {
  await barred();
  const { status, subject, reason } = await snapshot();
  assert.deepEqual([status, subject], ['fallback', `http://localhost:${backend.port}`]);
  assert.match(reason, /permission/);
  // Time for several tries of an eager search.
  await opened.page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1_500); }));
  assert.deepEqual([await permission(), backend.requests().length], ['prompt', 0]);
});

test('a click causes the prompt, and a no is heard', async () => {
  await barred();
  await click();
  await until('the answer', async () => (await permission()) === 'denied');
  await barred();
  assert.equal(backend.requests().length, 0);
});

test('what the user permits is followed: live after a yes, lost when it is taken back', async () => {
  await barred();
  await grant();
  await becomes('live');
  assert.deepEqual((await snapshot()).config, { greeting: 'ahoy' });
  await opened.page.context().clearPermissions();
  await becomes('stale');
  assert.equal((await snapshot()).code, 'permission');
});

test('a page that was permitted before is live at once, and a click does no harm', async () => {
  await grant();
  await opened.page.reload();
  await becomes('live');
  await click();
  assert.equal((await snapshot()).status, 'live');
});

test('a browser that does not know the permission counts as barred, until the page asks', async () => {
  await grant();
  await becomes('live');
  await opened.page.addInitScript(() => {
    navigator.permissions.query = () => Promise.reject(new TypeError('not a valid enum value'));
  });
  await opened.page.evaluate(() => localStorage.clear());
  const asked = backend.requests().length;
  await opened.page.reload();
  await barred();
  assert.equal(backend.requests().length, asked);
  await click();
  await becomes('live');
});
