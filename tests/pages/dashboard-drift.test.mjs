// A service whose description loses a method and an endpoint while the dashboard looks on: the page says what is missing, in the list, in
// the service and in a view of its own, and takes it back when it is there again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchChromium, openPage } from '../support/browser.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { dashboard } from '../support/dashboard.mjs';
import { hangUp, reply, startHttpServer } from '../support/http-server.mjs';
import { artefact, scratchFolder } from '../support/scratch.mjs';
import { until } from '../support/until.mjs';

const operations = (...methods) => Object.fromEntries(methods.map((method) => [method, { responses: {} }]));
const WHOLE = { '/items': operations('get', 'post'), '/items/{id}': operations('get', 'put', 'delete'), '/prices': operations('get') };
const LESS = { '/items': operations('get', 'post'), '/items/{id}': operations('get') };

let paths = WHOLE;
let scratch;
let service;
let elsewhere;
let daemon;
let browser;
let tab;
let shown;

const missing = (name) => tab.page.getByRole('table', { name }).evaluate((table) =>
  [...table.querySelectorAll('tbody tr')].map((row) => [
    row.querySelector('.path').textContent, ...[...row.querySelectorAll('.method-badge')].map((badge) => badge.textContent),
  ]));

before(async () => {
  scratch = scratchFolder();
  service = await startHttpServer((request, response) => {
    if (request.url !== '/openapi.json') return reply(response, 404, 'text/plain', 'not found\n');
    reply(response, 200, 'application/json', JSON.stringify({ openapi: '3.1.0', info: { title: 'Items', version: '1' }, paths }));
  });
  const settings = `
    [budget]
    cpu_percent = 100
    [sockets]
    only_ports = [${service.port}]
    reread = "1s"
    [[services]]
    name = "items"
    url = "http://127.0.0.1:${service.port}"
  `;
  daemon = await startDaemon(scratch.path, { settings });
  elsewhere = await startHttpServer(hangUp);
  browser = await launchChromium({ orchestratorPort: elsewhere.port });
  tab = await openPage(browser, { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  shown = dashboard(tab.page);
  await tab.page.goto(daemon.url);
});
after(async () => {
  await browser?.close();
  await Promise.all([daemon, service, elsewhere].map((it) => it?.stop()));
  scratch.remove();
});

test('while everything is there, nothing is said to be missing', async () => {
  await until('the endpoints to be known', async () => (await daemon.serviceOn(service.port))?.endpoints !== undefined
    && Object.keys((await daemon.serviceOn(service.port)).endpoints).length === 3);
  await shown.view('Drift');
  await tab.page.getByText('Nothing is missing').waitFor();
});

test('what is lost is listed, with the methods that are gone', async () => {
  paths = LESS;
  const table = 'Missing endpoints, 2 entries';
  await tab.page.getByRole('table', { name: table }).waitFor();
  assert.deepEqual((await missing(table)).sort(), [['/items/{id}', 'PUT', 'DELETE'], ['/prices', 'GET']]);
  await tab.page.screenshot({ path: artefact('8-drift.png'), animations: 'disabled' });
  await tab.page.getByRole('link', { name: 'items', exact: true }).first().click();
  await tab.page.getByRole('heading', { level: 3, name: '2 missing of what it had' }).waitFor();
  assert.equal((await missing('Missing endpoints of items')).length, 2);
  assert.match(await tab.page.locator('.service-row.is-selected').textContent(), /2 missing/);
  await tab.page.screenshot({ path: artefact('9-drift-service.png'), animations: 'disabled' });
});

test('what is there again is missing no more', async () => {
  paths = WHOLE;
  await shown.view('Drift');
  await tab.page.getByText('Nothing is missing').waitFor();
  assert.deepEqual(tab.witness.scriptErrors, []);
});
