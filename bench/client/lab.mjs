// Where the cases of the client benchmark run: a browser, the two pages, and servers that end with each case.
import path from 'node:path';

import { build } from 'esbuild';

import { ROOT } from '../../scripts/common/paths.mjs';
import { DIST } from '../../scripts/common/targets.mjs';
import { launchChromium } from '../../tests/support/browser.mjs';
import { files, notFound, reply, startHttpServer } from '../../tests/support/http-server.mjs';
import { freePort } from '../../tests/support/ports.mjs';
import { scratchFolder } from '../../tests/support/scratch.mjs';
import { WANTED } from './backend.mjs';

const HERE = path.join(ROOT, 'bench/client');
/** The two sides, the floor of a second visit, and the page of the read benchmark. */
const PAGES = ['landfall', 'plain', 'floor', 'read'];
/** Files whose names change with their content may be cached, so that a second visit is one. */
const HEADERS = { 'cache-control': 'max-age=3600' };
/** A page that has not begun by then never will. */
const START_LIMIT_MS = 30_000;

/** This machine's clock in the terms of a page: milliseconds since 1970, of the same kind as its `timeOrigin`. */
export const now = () => performance.timeOrigin + performance.now();

async function buildPages(folder) {
  await build({
    absWorkingDir: HERE,
    entryPoints: PAGES.map((name) => ({ in: `./${name}-page.js`, out: name })),
    outdir: folder,
    alias: { landfall: path.join(DIST, 'index.js') },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Chunks that the package's build has split off; inside node_modules esbuild says nothing of them.
    logOverride: { 'ignored-bare-import': 'silent' },
    logLevel: 'warning',
  });
}

async function startSite(folder) {
  const deliver = files(folder, HEADERS);
  return startHttpServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const page = PAGES.find((name) => pathname === `/${name}`);
    if (page) return reply(response, 200, 'text/html', `<!doctype html><html lang="en"><title>${page}</title><script type="module" src="/${page}.js"></script></html>`);
    return (pathname.endsWith('.js') ? deliver : notFound)(request, response);
  });
}

/** A server that knows when it was asked. */
async function startBackend(handler, port) {
  const asked = [];
  const noting = (inner) => (request, response) => {
    asked.push(now());
    return inner(request, response);
  };
  const server = await startHttpServer(noting(handler), port);
  return {
    /** How often it was asked, in all or until an instant of `now()`. */
    requests: (until = Infinity) => asked.filter((at) => at <= until).length,
    answerWith(other) {
      server.handler = noting(other);
    },
    stop: () => server.stop(),
  };
}

/** Opens the lab; `close()` ends everything. */
export async function openLab() {
  const scratch = scratchFolder();
  await buildPages(scratch.path('pages'));
  const site = await startSite(scratch.path('pages'));
  // Nobody is at the daemon's default address, in both sides' runs.
  const browser = await launchChromium({ orchestratorPort: await freePort() });
  let servers = [];
  let contexts = [];
  return {
    site: `http://localhost:${site.port}`,
    /** Six candidate ports where nobody listens: a place for a backend among them is the third, as in the services this is compared with. */
    ports: () => Promise.all(Array.from({ length: 6 }, () => freePort())),
    async backend(handler, port) {
      const backend = await startBackend(handler, port);
      servers.push(backend);
      return backend;
    },
    /** A browser without cache and storage. */
    async visitor() {
      const context = await browser.newContext();
      contexts.push(context);
      return context;
    },
    /** Ends what a case has opened. */
    async clear() {
      await Promise.all(contexts.map((it) => it.close()));
      await Promise.all(servers.map((it) => it.stop()));
      [contexts, servers] = [[], []];
    },
    async close() {
      await this.clear();
      await browser.close();
      await site.stop();
      scratch.remove();
    },
  };
}

/**
 * Opens one side's page. Nothing is asked of it while it looks for its config: what a driver runs in a page takes the page's
 * own time. It tells by itself what happens, over a binding that is one native function.
 * @param {object} lab
 * @param {import('playwright-core').BrowserContext} visitor
 * @param {string} side `landfall`, `plain` or `floor`
 * @param {{ports: number[], lateAfter?: number | null}} options
 */
export async function visit(lab, visitor, side, { ports, lateAfter = null }) {
  const page = await visitor.newPage();
  const notes = await notesOf(page);
  const options = JSON.stringify({ ports, endpoints: WANTED, lateAfter });
  await page.goto(`${lab.site}/${side}?options=${encodeURIComponent(options)}`, { waitUntil: 'commit' });
  const began = await notes.first(({ kind }) => kind === 'began', START_LIMIT_MS);
  if (!began) throw new Error(`the page of ${side} did not start within ${START_LIMIT_MS} ms`);
  return {
    page,
    /** What the page has noted, oldest first: each with its `kind`, and `at` in milliseconds since the page's start. */
    notes: notes.all,
    /** The first note of a kind, waited for; null when there is none within the limit. */
    noted: (kind, limit) => notes.first((it) => it.kind === kind, limit),
    /**
     * The first thing that the component was told that fits, with `ms` since the script began, `fromNavigation` since
     * the page's start, and `clock` as `now()` tells it; null when there is none within the limit.
     * @param {{status?: string, baseUrl?: string}} wanted
     */
    async told(wanted, limit) {
      const fits = (note) => note.kind === 'told' && Object.entries(wanted).every(([key, value]) => note[key] === value);
      const told = await notes.first(fits, limit);
      return told ? { ...told, ms: told.at - began.at, fromNavigation: told.at, clock: began.timeOrigin + told.at } : null;
    },
    /** Since when the page's script runs, as `now()` tells it. */
    began: began.timeOrigin + began.at,
  };
}

/** What a page notes with `window.benchNote`. */
async function notesOf(page) {
  const all = [];
  const waiting = new Set();
  const session = await page.context().newCDPSession(page);
  session.on('Runtime.bindingCalled', ({ payload }) => {
    all.push(JSON.parse(payload));
    for (const look of waiting) look();
  });
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'benchNote' });
  return {
    all,
    first: (fits, limit) => new Promise((resolve) => {
      const end = (found) => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(end, limit, null);
      const look = () => {
        const found = all.find(fits);
        if (found) end(found);
      };
      waiting.add(look);
      look();
    }),
  };
}
