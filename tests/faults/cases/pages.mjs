// What is wrong with the page's surroundings: what its browser bars, what it has kept, and when it is not looked at.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import { until } from '../../support/until.mjs';
import { clock } from '../clock.mjs';
import { startLighthouse } from '../lighthouse.mjs';

/** How long a page that rests is watched. A page that does not would ask once a second. */
const REST_MS = 3_000;
/** What rested goes on at once. */
const AT_ONCE_MS = 350;
/** Documents that a browser may keep in its back/forward cache. */
const KEPT = { headers: { 'cache-control': 'no-cache' } };

/** A page that is live, and its backend. */
async function livePage(stage, how, options) {
  const lighthouse = await startLighthouse(stage);
  const site = await stage.site(how);
  const page = await stage.page(site, { candidates: [lighthouse.url], ...options });
  await page.becomes('live');
  return { lighthouse, site, page };
}

async function hearsNews(page, lighthouse) {
  await lighthouse.oneStream();
  const revision = lighthouse.push();
  await page.until(`revision ${revision}`, ({ now }) => now.status === 'live' && now.revision === revision);
}

async function blockedWasm(stage) {
  const lighthouse = await startLighthouse(stage);
  const site = await stage.site({ headers: { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src *; img-src data:" } });
  const page = await stage.page(site, { candidates: [lighthouse.url] });
  const { settled } = await page.settled();
  assert.deepEqual({ status: settled.status, code: settled.code, baseUrl: settled.baseUrl }, { status: 'fallback', code: 'engine-failed', baseUrl: 'http://localhost:8010' });
  assert.equal(lighthouse.polls().length, 0, 'without an engine nobody is asked');
}

/** A sandboxed document has an origin of its own, which has no storage, no locks and nobody to talk to. */
async function blockedStorage(stage) {
  const { page, lighthouse } = await livePage(stage, { headers: { 'content-security-policy': 'sandbox allow-scripts' } });
  const barred = await page.look(() => {
    try {
      return typeof localStorage;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(barred, 'SecurityError');
  await hearsNews(page, lighthouse);
}

/** What somebody else, an older version or an attacker may have left behind. */
const POISONS = [
  '{"v":1,"t":',
  '{"v":99,"t":1,"s":{}}',
  JSON.stringify({ v: 1, t: Date.now(), s: { status: 'live', baseUrl: 'javascript:alert(1)' } }),
  `{"v":1,"t":${Date.now()},"s":{"__proto__":{"status":"live"},"baseUrl":"http://evil.example"}}`,
];

async function poisonedCache(stage) {
  const lighthouse = await startLighthouse(stage);
  const head = `<script>${JSON.stringify(POISONS)}.forEach((it, at) => localStorage.setItem('landfall:poison-' + at, it))</script>`;
  const site = await stage.site({ head });
  for (const at of POISONS.keys()) {
    const page = await stage.page(site, { name: `poison-${at}`, candidates: [lighthouse.url] });
    await page.becomes('live');
    const { atOnce, history } = await page.report();
    assert.equal(atOnce, 'pending', `poison ${at} was believed`);
    assert.ok(history.every(({ origin }) => origin === null || origin === lighthouse.url));
    const kept = await page.look((key) => JSON.parse(localStorage.getItem(key))?.s?.origin, `landfall:poison-${at}`);
    assert.equal(kept, lighthouse.url, 'what was found is not kept');
    await page.close();
  }
}

async function secondVisit(stage) {
  const { lighthouse, page } = await livePage(stage);
  // In the same window: what one process has just stored, another one need not see yet.
  await page.again();
  const { atOnce, now } = await page.becomes('live');
  assert.equal(atOnce, 'cached', 'what was kept is not there at once');
  assert.equal(now.origin, lighthouse.url);
}

/** The page rests while it is offline or hidden: it asks nothing and holds no stream; then it goes on at once. */
const rests = (rest, wake) => async (stage) => {
  const { lighthouse, page } = await livePage(stage);
  await lighthouse.oneStream();
  let woken;
  try {
    await rest(page);
    await until('the stream to end', () => lighthouse.open() === 0);
    const before = lighthouse.polls().length;
    await pause(REST_MS);
    stage.figures.asked_at_rest = lighthouse.polls().length - before;
    assert.equal(stage.figures.asked_at_rest, 0, 'it asked while it should rest');
  } finally {
    woken = clock();
    await wake(page);
  }
  const asked = await until('the page to ask again', () => lighthouse.askedAfter(woken));
  stage.promised('resumed', asked - woken, AT_ONCE_MS);
  await page.becomes('live');
  await hearsNews(page, lighthouse);
};

async function backForward(stage) {
  const { lighthouse, site, page } = await livePage(stage, KEPT);
  await lighthouse.oneStream();
  await page.report();
  await page.goto(`${site.url}/elsewhere`);
  await until('the stream to end', () => lighthouse.open() === 0);
  const held = await page.look(() => navigator.locks.query().then(({ held: locks }) => locks.length));
  assert.equal(held, 0, 'a lock is still held');
  await page.back();
  const { shows } = await page.until('the page to be shown again', ({ shows: told }) => told.length > 0);
  stage.figures.kept_in_cache = shows.includes(true);
  await page.becomes('live');
  await hearsNews(page, lighthouse);
}

async function strictMode(stage) {
  const { lighthouse, page } = await livePage(stage, { mode: 'development' }, { react: true });
  await lighthouse.oneStream();
  stage.figures.clients = await page.look(() => window.clients.size);
  assert.equal(stage.figures.clients, 1, 'the double mount has made more than one client');
  assert.equal(lighthouse.opened(), 1, 'more than one stream was opened');
  assert.equal(lighthouse.most(), 1);
  await hearsNews(page, lighthouse);
}

export const cases = [
  { name: 'blocked wasm', quick: true, run: blockedWasm },
  { name: 'blocked storage', quick: true, run: blockedStorage },
  { name: 'poisoned cache', quick: true, run: poisonedCache },
  { name: 'second visit', quick: true, run: secondVisit },
  { name: 'offline and back', needs: ['online'], run: rests((page) => page.online(false), (page) => page.online(true)) },
  { name: 'hidden and back', run: rests((page) => page.hide(), (page) => page.show()) },
  { name: 'back/forward cache', run: backForward },
  { name: 'StrictMode double mount', quick: true, run: strictMode },
];
