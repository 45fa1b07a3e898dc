// Where one cell of the matrix takes place: its servers, its site and its pages, all of which end with it; and the rules
// that hold for every page in every case.
import assert from 'node:assert/strict';

import { files, notFound, reply, startHttpServer } from '../support/http-server.mjs';
import { until } from '../support/until.mjs';

/** The client's default deadline, which all pages of the matrix have. */
export const DEADLINE_MS = 1_000;
/**
 * How much later than promised something may happen on a machine that does a hundred other things. Figures are
 * reported; a cell fails only when something never happens, or so late that no load explains it.
 */
export const ALLOWANCE_MS = 5_000;

const SAFE = new Set(['GET', 'OPTIONS']);
/** The rungs of the ladder, and the pause between two attempts at one origin. */
const REQUESTS_PER_ATTEMPT = 6;
const SHORTEST_PAUSE_MS = 150;

const PAGE_FILES = /^\/(?:|favicon\.ico|elsewhere|[\w.-]+\.js)$/;

/** What clients asked of a server; pages come from some, whose origin is a candidate too. */
const probes = (server) => server.requests().filter(({ path }) => !PAGE_FILES.test(path));

/** A page's document. Its witness stands first; `head` comes between it and the application. */
const html = (head) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<script src="/witness.js"></script>${head}<script type="module" src="/app.js"></script></html>\n`;

/** Opens a stage. `browser` is an engine's; `folderOf` gives the folder of the built page, in a mode. */
export function openStage({ browser, folderOf }) {
  const sites = [];
  const backends = [];
  const pages = [];
  const figures = {};

  async function start(servers, handler, port) {
    const server = await startHttpServer(handler, port);
    servers.push({ server, since: performance.now() });
    return server;
  }

  return {
    figures,
    /** A backend, or whatever listens where one should be. */
    server: (handler, port) => start(backends, handler, port),

    /** The origin that pages come from. `headers` come with each file, `head` is a part of the document. */
    async site({ head = '', headers = {}, mode = 'production' } = {}) {
      const deliver = files(await folderOf(mode), headers);
      const server = await start(sites, (request, response) => {
        const { pathname } = new URL(request.url, 'http://site');
        if (pathname === '/') return reply(response, 200, 'text/html', html(head), headers);
        if (pathname === '/elsewhere') return reply(response, 200, 'text/html', '<!doctype html><title>Elsewhere</title>', headers);
        return (PAGE_FILES.test(pathname) ? deliver : notFound)(request, response);
      });
      return { url: `http://localhost:${server.port}` };
    },

    /** Opens a page of the site in a window of its own. */
    async page(site, options = {}) {
      const tab = await browser.open();
      const url = `${site.url}/?options=${encodeURIComponent(JSON.stringify(options))}`;
      const page = {
        ...tab,
        last: null,
        gone: false,
        async report() {
          const told = await tab.look(() => window.faults?.report() ?? { troubles: window.troubles });
          page.last = told;
          return told.now ? told : null;
        },
        /** The first report of which `holds` is true. */
        async until(what, holds) {
          return until(() => `${what}; the page last said ${JSON.stringify(page.last?.now ?? page.last)}`, async () => {
            const told = await page.report();
            return told && holds(told) ? told : null;
          });
        },
        settled: () => page.until('the page to settle', ({ settled }) => settled),
        becomes: (status) => page.until(`the page to be ${status}`, ({ now }) => now.status === status),
        /** Loads the page anew. */
        again: () => tab.goto(url),
        async close() {
          if (!page.gone) await page.report();
          page.gone = true;
          await tab.close();
        },
        async crash() {
          await page.report();
          page.gone = true;
          await tab.crash();
        },
      };
      pages.push(page);
      await tab.goto(url);
      return page;
    },

    /** Reports how long something took, and fails when that is more than the promise and the allowance together. */
    promised(name, ms, promise) {
      figures[`${name}_ms`] = Math.round(ms);
      assert.ok(ms <= promise + ALLOWANCE_MS, `${name}: ${Math.round(ms)} ms, promised are ${promise} ms`);
    },

    /** What holds for every page and server, whatever the case is. */
    async judge() {
      for (const page of pages) {
        if (!page.gone) await page.report();
        const { settled, settlements, events, troubles } = page.last;
        assert.deepEqual(troubles, [], 'a script of the page complained');
        assert.ok(settled, 'a page never settled');
        assert.equal(settlements, 1, 'a page settled more than once');
        assert.ok(settled.ms <= DEADLINE_MS + ALLOWANCE_MS, `a page settled only after ${settled.ms} ms`);
        assert.equal(events.filter(({ type }) => type === 'config-ready').length, 1, 'config-ready was not told once');
      }
      for (const { server, since } of [...sites, ...backends]) {
        const unsafe = server.requests().filter(({ method }) => !SAFE.has(method));
        assert.deepEqual(unsafe, [], 'an unsafe request arrived');
        const most = pages.length * REQUESTS_PER_ATTEMPT * ((performance.now() - since) / SHORTEST_PAUSE_MS + 2);
        assert.ok(probes(server).length <= most, `${probes(server).length} requests arrived`);
      }
      const count = (servers) => servers.flatMap(({ server }) => probes(server)).length;
      return { settled_ms: Math.max(...pages.map(({ last }) => last.settled.ms)), requests: count(backends), own_origin_requests: count(sites) };
    },

    async close() {
      for (const page of pages) {
        if (!page.gone) await page.close().catch(() => {}); // A window that is broken goes with the browser.
      }
      await Promise.all([...sites, ...backends].map(({ server }) => server.stop()));
    },
  };
}
