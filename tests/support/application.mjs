// Opens the application of the page tests (tests/pages/application.js, bundled with the packed package), each time from
// a server of its own and in a fresh page. What a test has opened is closed after it, and held to the rules that every
// page test shares: no method but GET and OPTIONS was sent, and no script complained.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchChromium, openPage } from './browser.mjs';
import { files, hangUp, notFound, reply, startHttpServer } from './http-server.mjs';
import { assertOnlySafeMethods } from './methods.mjs';
import { buildPackedPage, html } from './packed-page.mjs';
import { scratchFolder } from './scratch.mjs';

const ENTRY = fileURLToPath(new URL('../pages/application.js', import.meta.url));

/**
 * Registers the hooks of a test file, and gives it what it opens applications and backends with.
 * @param {{entry?: string, ports?: number[], sends?: boolean}} [how] `entry` is the application's module, which sets `window.application`
 *   as tests/pages/application.js does; on `ports` of localhost, as the browser sees it, the test's own servers listen;
 *   `sends` says that the pages send requests of their own, of any method: then the rule holds for what the engine sent
 */
export function useApplications({ entry = ENTRY, ports = [], sends = false } = {}) {
  const shared = { scratch: null, built: null, browser: null, orchestrator: null, places: new Map() };
  let applications = [];
  let backends = [];

  before(async () => {
    shared.scratch = scratchFolder();
    shared.orchestrator = await startHttpServer(hangUp);
    for (const port of ports) shared.places.set(port, await startHttpServer(hangUp));
    shared.built = await buildPackedPage(entry, (...parts) => shared.scratch.path('packed', ...parts));
    const places = Object.fromEntries([...shared.places].map(([port, server]) => [port, server.port]));
    shared.browser = await launchChromium({ orchestratorPort: shared.orchestrator.port, places });
  });

  afterEach(async () => {
    const [pages, servers] = [applications, backends];
    [applications, backends] = [[], []];
    for (const server of [shared.orchestrator, ...shared.places.values()]) server.handler = hangUp;
    try {
      for (const { witness, server, records } of pages) {
        const { requests } = sends ? await records() : witness;
        if (requests.length > 0 || !sends) assertOnlySafeMethods('the page', requests);
        assertOnlySafeMethods("the page's own origin", server.requests());
        assert.deepEqual(witness.scriptErrors, [], 'scripts complained');
      }
      const asked = [...servers, shared.orchestrator, ...shared.places.values()].filter((it) => it.requests().length > 0);
      if (!sends) for (const { requests } of asked) assertOnlySafeMethods('a backend', requests());
    } finally {
      await Promise.all([...pages.map((it) => it.close()), ...servers.map((it) => it.stop())]);
    }
  });

  after(async () => {
    await shared.browser?.close();
    await shared.orchestrator?.stop();
    for (const server of shared.places.values()) await server.stop();
    shared.scratch.remove();
  });

  return {
    /** Paths below the file's own folder. */
    path: (...parts) => shared.scratch.path(...parts),
    /** Makes a folder in it, for a server of its own; gives paths below that. */
    folder(name) {
      mkdirSync(shared.scratch.path(name));
      return (...parts) => shared.scratch.path(name, ...parts);
    },
    /** The file name of the chunk that carries the engine. */
    engineChunk: () => shared.built.engineChunk,
    /** The server at http://localhost:7420, as the browser sees it. It hangs up until the test gives it a handler. */
    orchestrator: () => shared.orchestrator,
    /** The server at this port of localhost, one of `ports`. It hangs up until the test gives it a handler. */
    place: (port) => shared.places.get(port),
    /** Starts a server inside the test. */
    async backend(handler) {
      const server = await startHttpServer(handler);
      backends.push(server);
      return server;
    },
    /** Opens the application; see `openApplication`. */
    async application(how) {
      const opened = await openApplication(shared.browser, shared.built.folder, how);
      applications.push(opened);
      return opened;
    },
  };
}

/**
 * @param {{options?: object, head?: string, headers?: object, missing?: string}} [how] `options` of `createClient`;
 *   `head` stands before the application's script; `headers` come with every file; `missing` is a file that is not there
 */
async function openApplication(browser, folder, { options = {}, head, headers, missing } = {}) {
  const deliver = files(folder, headers);
  const server = await startHttpServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://server');
    if (pathname === '/') return reply(response, 200, 'text/html', html(head), headers);
    return (pathname === `/${missing}` ? notFound : deliver)(request, response);
  });
  const { page, witness, close } = await openPage(browser);
  await page.goto(`${server.url}/?options=${encodeURIComponent(JSON.stringify(options))}`);
  return {
    page,
    witness,
    server,
    /** The snapshot that `ready()` settled on. */
    settled: () => page.evaluate(() => window.application.client.ready()),
    snapshot: () => page.evaluate(() => window.application.client.snapshot()),
    /** The events so far, oldest first: `{type, detail, status, code}`. */
    told: () => page.evaluate(() => window.application.told),
    /** Resolves when the snapshot has this status. */
    becomes: (status) => page.waitForFunction((wanted) => window.application.client.snapshot().status === wanted, status),
    /** What `window.__LANDFALL__` tells: the engine's trace and its audit of requests, oldest first. */
    async records() {
      await page.waitForFunction(() => window.__LANDFALL__);
      return page.evaluate(() => ({ trace: window.__LANDFALL__.trace(), requests: window.__LANDFALL__.requests() }));
    },
    async close() {
      await close();
      await server.stop();
    },
  };
}
