// Whatever happens to the event, the backend and the engine, a page settles, once, on the best there is; and what comes
// later and is better supersedes it. The page is built from the packed package, as an application's would be.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useApplications } from '../support/application.mjs';
import { WELL_KNOWN, catalog } from '../support/catalogs.mjs';
import { hang, hangUp, json, reply } from '../support/http-server.mjs';
import { until } from '../support/until.mjs';

const EARLY = { API_BASE_URL: 'http://localhost:9001', WS_BASE_URL: 'ws://localhost:9001', tide: 'high' };
const FALLBACK = { fallback: { baseUrl: 'http://localhost:9999', config: { tide: 'unknown' } } };
/** For tests in which something else than the deadline has to settle the page. */
const PATIENT = { timeout: 60_000 };
/** Bars WebAssembly, but nothing else that the page needs. */
const CSP_WITHOUT_WASM = { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src *" };
const CSP_WITH_WASM = { 'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *" };

const { application, backend, engineChunk } = useApplications();
/** Writes the inline script, as a page does that streams its document. */
const writeScript = (given) => {
  const script = document.createElement('script');
  Object.assign(script, { type: 'application/json', id: 'landfall-config', textContent: JSON.stringify(given) });
  document.head.append(script);
};
const types = (told) => told.map(({ type }) => type);

test('an event missed: the config was set before the application was there', async () => {
  const heads = [
    `<script>window.__LANDFALL_CONFIG__ = ${JSON.stringify(EARLY)};</script>`,
    `<script type="application/json" id="landfall-config">${JSON.stringify(EARLY)}</script>`,
  ];
  for (const head of heads) {
    const { settled, told, page } = await application({ head, options: PATIENT });
    const { status, source, baseUrl, wsBaseUrl, config } = await settled();
    assert.deepEqual({ status, source, baseUrl, wsBaseUrl }, {
      status: 'provided', source: 'provided', baseUrl: 'http://localhost:9001', wsBaseUrl: 'ws://localhost:9001',
    });
    assert.equal(config.tide, 'high');
    assert.equal(types(await told()).filter((type) => type === 'config-ready').length, 1);
    // Who subscribes only now is told at once.
    assert.equal(await page.evaluate(() => new Promise((resolve) => {
      window.application.client.on('config-ready', ({ snapshot }) => resolve(snapshot.config.tide));
    })), 'high');
  }
});

test('an event late: the config is set, or handed in, while the page still waits', async () => {
  const ways = [
    (early) => { window.__LANDFALL_CONFIG__ = early; },
    writeScript,
    (early) => window.application.client.provide(early),
  ];
  for (const way of ways) {
    const { page, settled, snapshot, told } = await application({ options: PATIENT });
    assert.equal((await snapshot()).status, 'pending');
    await page.evaluate(way, EARLY);
    const { status, baseUrl } = await settled();
    assert.deepEqual({ status, baseUrl }, { status: 'provided', baseUrl: 'http://localhost:9001' });
    assert.ok(!types(await told()).includes('config-updated'), 'it never settled on anything else');
  }
});

test('an event later than the deadline: the page has settled on the fallback, and the config supersedes it', async () => {
  const ways = [
    (early) => { window.__LANDFALL_CONFIG__ = early; },
    writeScript,
    (early) => window.application.client.provide(early),
  ];
  for (const way of ways) {
    const { page, settled, becomes, snapshot, told } = await application({ options: { ...FALLBACK, timeout: 100 } });
    const { status, baseUrl, wsBaseUrl, config } = await settled();
    assert.deepEqual({ status, baseUrl, wsBaseUrl, config }, {
      status: 'fallback', baseUrl: 'http://localhost:9999', wsBaseUrl: 'ws://localhost:9999', config: { tide: 'unknown' },
    });
    await page.evaluate(way, EARLY);
    await becomes('provided');
    assert.equal((await snapshot()).baseUrl, 'http://localhost:9001');
    assert.ok((await told()).some((event) => event.type === 'config-updated' && event.status === 'provided'));
  }
});

test('no backend at all: the defaults hold after the deadline; a backend that comes up later is found', async () => {
  const late = await backend(hangUp);
  const { settled, becomes, snapshot, told } = await application({ options: { ports: [late.port] } });
  const { status, source, baseUrl, wsBaseUrl, reason } = await settled();
  assert.deepEqual({ status, source, baseUrl, wsBaseUrl }, {
    status: 'fallback', source: 'fallback', baseUrl: 'http://localhost:8010', wsBaseUrl: 'ws://localhost:8010',
  });
  assert.notEqual(reason, '');
  await until('the page to be told', async () => types(await told()).includes('discovery-failed'));

  late.handler = json(WELL_KNOWN, catalog(`http://localhost:${late.port}`));
  await becomes('live');
  assert.equal((await snapshot()).baseUrl, `http://localhost:${late.port}`);
  assert.ok((await told()).some((event) => event.type === 'config-updated' && event.status === 'live'));
});

test('a backend that hangs: the page settles without it, and with it as soon as it answers', async () => {
  const stuck = await backend(hang);
  const { settled, becomes, snapshot } = await application({ options: { ...FALLBACK, ports: [stuck.port] } });
  assert.equal((await settled()).status, 'fallback');
  await until('the backend to be asked', () => stuck.requests().length > 0);

  stuck.handler = json(WELL_KNOWN, catalog(stuck.url));
  await becomes('live');
  assert.deepEqual((await snapshot()).config, { greeting: 'ahoy' });
});

test('a candidate that hangs, and one that answers everything with a page, do not stand in the way of the third', async () => {
  const stuck = await backend(hang);
  const catchAll = await backend((_request, response) => reply(response, 200, 'text/html', '<!doctype html><title>App</title>'));
  const good = await backend(json(WELL_KNOWN, catalog('http://localhost:9002')));
  const { settled } = await application({ options: { ...PATIENT, candidates: [stuck.url, catchAll.url, good.url] } });
  const { status, origin, baseUrl } = await settled();
  assert.deepEqual({ status, origin, baseUrl }, { status: 'live', origin: good.url, baseUrl: 'http://localhost:9002' });
});

test('only an answer that is no catalog: the page settles on the fallback and says why', async () => {
  const garbage = await backend((_request, response) => reply(response, 200, 'application/json', '{"landfall":1,"services":'));
  const { settled, snapshot } = await application({ options: { ...FALLBACK, ports: [garbage.port] } });
  assert.equal((await settled()).status, 'fallback');
  await until('the reason', async () => (await snapshot()).code === 'malformed');
  assert.equal((await snapshot()).subject, `http://localhost:${garbage.port}`);
});

test('WebAssembly barred by a Content-Security-Policy: the page settles on the fallback and says why', async () => {
  const good = await backend(json(WELL_KNOWN, catalog('http://localhost:9002')));
  const options = { ...FALLBACK, candidates: [good.url] };
  const barred = await application({ options, headers: CSP_WITHOUT_WASM });
  const { status, code, subject, baseUrl } = await barred.settled();
  assert.deepEqual({ status, code, baseUrl }, { status: 'fallback', code: 'engine-failed', baseUrl: 'http://localhost:9999' });
  assert.match(subject, /Content Security Policy/);
  assert.equal(good.requests().length, 0, 'without an engine nobody is asked');
  const allowed = await application({ options: { ...options, ...PATIENT }, headers: CSP_WITH_WASM });
  assert.equal((await allowed.settled()).status, 'live');
});

test("the engine's chunk is missing: the page settles on the fallback and says why", async () => {
  const { settled, server } = await application({ options: FALLBACK, missing: engineChunk() });
  const { status, code, subject, baseUrl } = await settled();
  assert.deepEqual({ status, code, baseUrl }, { status: 'fallback', code: 'engine-failed', baseUrl: 'http://localhost:9999' });
  assert.match(subject, new RegExp(engineChunk()));
  assert.ok(server.requests().some(({ path }) => path === `/${engineChunk()}`));
});

test('what the page provides holds without an engine too, whenever it appears', async () => {
  const script = `<script type="application/json" id="landfall-config">${JSON.stringify(EARLY)}</script>`;
  for (const how of [{ headers: CSP_WITHOUT_WASM }, { missing: engineChunk() }]) {
    const early = await application({ ...how, head: script, options: PATIENT });
    const { status, code, baseUrl, wsBaseUrl, config } = await early.settled();
    assert.deepEqual({ status, code, baseUrl, wsBaseUrl, tide: config.tide }, {
      status: 'provided', code: 'engine-failed', baseUrl: 'http://localhost:9001', wsBaseUrl: 'ws://localhost:9001', tide: 'high',
    });
    for (const way of [(given) => { window.__LANDFALL_CONFIG__ = given; }, writeScript, (given) => window.application.client.provide(given)]) {
      const late = await application({ ...how, options: { ...FALLBACK, timeout: 50 } });
      assert.equal((await late.settled()).status, 'fallback');
      await late.page.evaluate(way, EARLY);
      await late.becomes('provided');
      assert.equal((await late.snapshot()).baseUrl, 'http://localhost:9001');
      assert.ok(types(await late.told()).includes('config-updated'));
    }
  }
});

test('a kept value is shown at once; a poisoned, foreign, old or oversize one is dropped, and the trace says why', async () => {
  const good = await backend(json(WELL_KNOWN, catalog('http://localhost:9002')));
  const opened = await application({ options: { ...PATIENT, name: 'kept', candidates: [good.url] } });
  await opened.becomes('live');
  const kept = await opened.page.evaluate(() => localStorage.getItem('landfall:kept'));
  good.handler = hang;
  const visit = async (text) => {
    await opened.page.evaluate((value) => localStorage.setItem('landfall:kept', value), text);
    await opened.page.reload();
    const { status, baseUrl } = await opened.snapshot();
    await until('the engine', async () => (await opened.records()).requests.length > 0);
    const refused = (await opened.records()).trace.filter(({ kind }) => kind === 'refused');
    return { status, baseUrl, refused: refused.map(({ source, code, reason }) => [source, code, reason !== code]), left: await opened.page.evaluate(() => localStorage.getItem('landfall:kept')) };
  };
  assert.deepEqual(await visit(kept), { status: 'cached', baseUrl: 'http://localhost:9002', refused: [], left: kept });
  const { v, t, s } = JSON.parse(kept);
  for (const [text, code] of [
    ['{"theme":"dark"}', 'bad-version'],
    ['not JSON', 'malformed'],
    [JSON.stringify({ v: 2, t, s }), 'bad-version'],
    [JSON.stringify({ v, t: t - 8 * 86_400_000, s }), 'too-old'],
    [JSON.stringify({ v, t: t + 86_400_000, s }), 'bad-number'],
    [JSON.stringify({ v, t, s: { ...s, services: { boats: { ...s.services.boats, url: 'javascript:0', instances: [{ url: 'javascript:0' }] } } } }), 'bad-url'],
    [JSON.stringify({ v, t, s: { ...s, config: { padding: 'x'.repeat(4 << 20) } } }), 'too-large'],
  ]) {
    assert.deepEqual(await visit(text), { status: 'pending', baseUrl: 'http://localhost:8010', refused: [['cache', code, true]], left: null }, code);
  }
});

test('what the page provides and is no value is refused, and the trace says so', async () => {
  const head = '<script type="application/json" id="landfall-config">{"API_BASE_URL":</script>';
  const { page, settled, records } = await application({ head, options: { timeout: 50 } });
  assert.equal((await settled()).status, 'fallback');
  await page.evaluate(() => window.application.client.provide([1, 2]));
  const refused = async () => (await records()).trace.filter(({ kind }) => kind === 'refused').map(({ source, code }) => `${source} ${code}`);
  await until('both refusals', async () => (await refused()).length === 2);
  assert.deepEqual(await refused(), ['provided malformed', 'provided malformed']);
});
