// The packed package, built by every bundler that its users have, starts its engine in a browser: with a backend the
// page goes live, and without one it settles on the fallback, for a reason that the engine found.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchChromium, openPage } from '../support/browser.mjs';
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { files, startHttpServer } from '../support/http-server.mjs';
import { freePort } from '../support/ports.mjs';
import { scratchFolder } from '../support/scratch.mjs';
import { configService, plain, react, slimByImport } from './support/applications.mjs';
import { esbuild, none, vite, webpack } from './support/bundlers.mjs';
import { makeProject, packInto } from './support/project.mjs';

const CASES = [
  ['webpack, default entry', webpack, plain('landfall')],
  ['webpack, slim', webpack, plain('landfall/slim')],
  ['Vite, default entry', vite, plain('landfall')],
  ['Vite, slim', vite, plain('landfall/slim')],
  ['Vite, React in StrictMode', vite, react],
  ['webpack, React in StrictMode', webpack, react],
  ['webpack, drop-in service', webpack, configService],
  ['Vite, drop-in service', vite, configService],
  ['esbuild, drop-in service', esbuild, configService],
  ['esbuild, default entry', esbuild, plain('landfall')],
  ['esbuild, slim with an imported file', esbuild, slimByImport],
  ['no bundler, default entry', none, plain('landfall')],
  ['no bundler, slim', none, plain('landfall/slim')],
];

const scratch = scratchFolder();
let browser;
let tarball;

before(async () => {
  tarball = packInto(scratch.path('packed'));
  browser = await launchChromium({ orchestratorPort: await freePort() });
});
after(async () => {
  await browser?.close();
  scratch.remove();
});

/** Serves a site, with a catalog beside it or without one. */
function serve(folder, build, hasCatalog) {
  const [site, whole] = [files(`${folder}/site`), files(folder)];
  return startHttpServer((request, response) => {
    const at = new URL(request.url, 'http://site').pathname;
    if (at === '/') request.url = '/index.html';
    if (at === WELL_KNOWN && hasCatalog) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(catalog('http://localhost:9002')));
    } else (build === none && at !== '/' ? whole : site)(request, response);
  });
}

/** Opens the page, and tells what it has settled on, what the engine did, and what went wrong. */
async function visit(server, settledAs) {
  const { page, witness, close } = await openPage(browser);
  try {
    await page.goto(server.url);
    await page.waitForFunction((status) => window.client?.snapshot().status === status && window.__LANDFALL__, settledAs);
    return await page.evaluate(async () => ({
      snapshot: window.client.snapshot(),
      asked: window.__LANDFALL__.requests().filter(({ url }) => url.startsWith(location.origin)).map(({ url, method }) => `${method} ${new URL(url).pathname}`),
      clients: window.__LANDFALL__.clients(),
      shown: document.body.textContent,
    })).then((seen) => ({ ...seen, complaints: witness.scriptErrors }));
  } finally {
    await close();
  }
}

for (const [name, build, source] of CASES) {
  test(name, { timeout: 120_000 }, async () => {
    const folder = makeProject(scratch.path(name.replaceAll(/\W+/g, '-')), tarball, { 'main.js': source });
    await build(folder);

    const withBackend = await serve(folder, build, true);
    const live = await visit(withBackend, 'live').finally(() => withBackend.stop());
    assert.deepEqual(live.snapshot.config, { greeting: 'ahoy' });
    assert.deepEqual([live.snapshot.origin, live.snapshot.baseUrl], [withBackend.url, 'http://localhost:9002']);
    assert.deepEqual(live.asked, [`GET ${WELL_KNOWN}`], 'one request to the origin that has a catalog, made by the engine');
    assert.deepEqual(live.clients, ['application'], 'one client');
    assert.deepEqual(live.complaints, []);

    const alone = await serve(folder, build, false);
    const fallback = await visit(alone, 'fallback').finally(() => alone.stop());
    assert.deepEqual(fallback.snapshot.config, { greeting: 'nobody' });
    assert.notEqual(fallback.snapshot.code, 'engine-failed', fallback.snapshot.reason);
    assert.ok(fallback.asked.length > 1, 'the engine has asked');
    assert.deepEqual(fallback.complaints, []);

    if (source === react) assert.deepEqual([live.shown.trim(), fallback.shown.trim()], ['live ahoy', 'fallback nobody']);
  });
}
