// The witnesses themselves: the other tests say "nothing unsafe was sent" and "nothing went wrong in the page" because
// these servers and this browser report it. Here somebody does send and break things, and every one of them reports it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchChromium, openPage } from '../support/browser.mjs';
import { reply, startHttpServer } from '../support/http-server.mjs';
import { assertOnlySafeMethods } from '../support/methods.mjs';
import { startNginx } from '../support/nginx.mjs';
import { scratchFolder } from '../support/scratch.mjs';
import { startShop } from '../support/shop.mjs';
import { until } from '../support/until.mjs';

const PAGE = '<!doctype html><title>A page</title><script src="/script.js"></script>';

let scratch;
let shop;
/** Serves a page, and as its script whatever the test sets. */
let server;
let script = '';
let browser;

before(async () => {
  scratch = scratchFolder();
  shop = await startShop({ log: scratch.path('shop.log') });
  server = await startHttpServer(({ url }, response) => (url === '/script.js'
    ? reply(response, 200, 'text/javascript', script)
    : reply(response, 200, 'text/html', PAGE)));
  browser = await launchChromium({ orchestratorPort: server.port });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await shop?.stop();
  scratch.remove();
});

test('FastAPI, nginx and the test server write down every method that reaches them', async () => {
  const nginx = await startNginx((...parts) => scratch.path('nginx', ...parts));
  for (const [who, { url, requests }] of Object.entries({ shop, nginx, server })) {
    await fetch(`${url}/`);
    await until(`${who} to record the GET`, () => requests().length > 0);
    assertOnlySafeMethods(who, requests());
    for (const method of ['HEAD', 'PUT']) {
      await fetch(`${url}/`, { method });
      await until(`${who} to record ${method}`, () => requests().some((it) => it.method === method));
      assert.throws(() => assertOnlySafeMethods(who, requests()), new RegExp(method));
    }
  }
  await nginx.stop();
});

test('the shop is a real FastAPI application: several methods on one path, a WebSocket, and open to local pages', async () => {
  const { info, paths } = await (await fetch(`${shop.url}/openapi.json`)).json();
  assert.equal(info.title, 'Shop API');
  assert.deepEqual(Object.keys(paths['/items/{item_id}']).sort(), ['delete', 'get', 'put']);
  assert.deepEqual(Object.keys(paths['/items']).sort(), ['get', 'post']);
  assert.ok(!('/ws/updates' in paths));

  script = `
    const updates = new WebSocket('${shop.url.replace('http', 'ws')}/ws/updates');
    window.messages = [];
    updates.onmessage = ({ data }) => {
      window.messages.push(JSON.parse(data));
      if (window.messages.length === 1) fetch('${shop.url}/items/2', { method: 'DELETE' });
    };`;
  const { page, close } = await openPage(browser);
  await page.goto(server.url);
  await page.waitForFunction(() => window.messages.length === 2);
  assert.deepEqual(await page.evaluate(() => window.messages), [{ items: 2 }, { change: 'deleted', item: 2 }]);
  await close();
});

test('the browser reports requests with their preflights, console errors, exceptions and rejections', async () => {
  script = `
    console.error('said');
    Promise.reject(new Error('rejected'));
    fetch('${shop.url}/items/1', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"name":"buoy","price":9}' });
    throw new Error('thrown');`;
  const { page, witness, close } = await openPage(browser);
  await page.goto(server.url);
  // The browser tells of them in no certain order.
  await until('the PUT and its preflight', () => ['OPTIONS', 'PUT'].every((wanted) => witness.requests.some(({ method }) => method === wanted)));
  await until('all three errors', () => witness.scriptErrors.length === 3);
  for (const word of ['said', 'rejected', 'thrown']) assert.match(witness.scriptErrors.join('\n'), new RegExp(word));
  const sent = witness.requests.filter(({ url }) => url.startsWith(shop.url)).map(({ method }) => method);
  assert.deepEqual(sent.sort(), ['OPTIONS', 'PUT']);
  await close();
});

test("what answers at the daemon's default address is what the test put there", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(shop.url);
  assert.equal(await page.evaluate(async () => (await fetch('http://localhost:7420/')).text()), PAGE);
  await close();
});
