// The client in a dedicated worker, in the browser engines: it finds the backend, follows it when it is lost and back, takes
// what its page hands in, and settles without a backend.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from '../faults/engines/chromium.mjs';
import { firefox } from '../faults/engines/firefox.mjs';
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { files, hangUp, json, reply, startHttpServer } from '../support/http-server.mjs';
import { buildPackedPage } from '../support/packed-page.mjs';
import { scratchFolder } from '../support/scratch.mjs';
import { until } from '../support/until.mjs';

const ENTRY = fileURLToPath(new URL('worker.js', import.meta.url));
const PAGE = '<!doctype html><html lang="en"><title>A page with a worker</title><script type="module" src="/page.js"></script></html>';
const PAGE_SCRIPT = `
  window.told = [];
  window.worker = new Worker('/app.js' + location.search, { type: 'module' });
  window.worker.onmessage = ({ data }) => window.told.push(data);
  window.worker.onerror = ({ message }) => window.told.push({ kind: 'error', message });
`;

/** A catalog that is soon asked for again. */
const serving = (url, revision) => json(WELL_KNOWN, { ...catalog(url, revision), ttl: 1 });

const scratch = scratchFolder();
let site;
let nobody;

before(async () => {
  const { folder } = await buildPackedPage(ENTRY, (...parts) => scratch.path('packed', ...parts));
  const deliver = files(folder);
  nobody = await startHttpServer(hangUp);
  site = await startHttpServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    if (pathname === '/') return reply(response, 200, 'text/html', PAGE);
    if (pathname === '/page.js') return reply(response, 200, 'text/javascript', PAGE_SCRIPT);
    return deliver(request, response);
  });
});
after(async () => {
  await site?.stop();
  await nobody?.stop();
  scratch.remove();
});

for (const engine of [chromium, firefox]) {
  test(`a worker in ${engine.name}`, async () => {
    const backend = await startHttpServer(serving('http://localhost:9002', 1));
    const browser = await engine.start({ orchestratorPort: nobody.port });
    try {
      const open = async (options) => {
        const tab = await browser.open();
        await tab.goto(`${site.url}/?options=${encodeURIComponent(JSON.stringify(options))}`);
        const told = () => tab.look(() => window.told);
        return {
          ...tab,
          told,
          post: (message) => tab.look((data) => { window.worker.postMessage(data); }, message),
          becomes: (status) => until(`a worker that is ${status}`, async () => (await told()).findLast(({ snapshot }) => snapshot?.status === status)),
        };
      };
      const worker = await open({ timeout: 60_000, candidates: [backend.url] });
      const { snapshot: { config, origin } } = await worker.becomes('live');
      assert.deepEqual([config, origin], [{ greeting: 'ahoy' }, backend.url]);
      assert.equal((await worker.told()).find(({ url }) => url)?.url, 'http://localhost:9002/boats/7');

      backend.handler = hangUp;
      await worker.becomes('stale');
      backend.handler = serving('http://localhost:9003', 2);
      await until('the new revision', async () => (await worker.told()).at(-1).snapshot.baseUrl === 'http://localhost:9003');

      const alone = await open({ name: 'alone', timeout: 100, fallback: { config: { greeting: 'nobody' } } });
      await alone.becomes('fallback');
      await alone.post({ provide: { API_BASE_URL: 'https://api.example' } });
      const { snapshot: { baseUrl } } = await alone.becomes('provided');
      assert.equal(baseUrl, 'https://api.example');

      for (const { told, post } of [worker, alone]) {
        assert.deepEqual((await told()).filter(({ kind }) => kind === 'error'), []);
        assert.equal((await told()).filter(({ kind }) => kind === 'ready').length, 1);
        await post({ close: true });
      }
      const asked = backend.requests().length;
      await new Promise((resolve) => { setTimeout(resolve, 2_500); });
      assert.equal(backend.requests().length, asked, 'a closed client asks nobody');
    } finally {
      await browser.close();
      await backend.stop();
    }
  });
}
