// Several tabs of one page: one of them talks to the backend, the others follow it, and somebody always leads.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import { until } from '../../support/until.mjs';
import { clock } from '../clock.mjs';
import { startLighthouse } from '../lighthouse.mjs';

/** How long a browser is watched to see how often it asks. */
const WATCH_MS = 3_000;
/** From DESIGN.md, section 4. */
const TAKEOVER_MS = 1_000;
const FROZEN_TAKEOVER_MS = 5_000;

/** A backend, and so many tabs of a page that uses it, all live. */
async function openTabs(stage, count, how) {
  const lighthouse = await startLighthouse(stage);
  const site = await stage.site(how);
  const tabs = [];
  for (let index = 0; index < count; index += 1) tabs.push(await stage.page(site, { candidates: [lighthouse.url] }));
  for (const tab of tabs) await tab.becomes('live');
  await lighthouse.oneStream();
  return { lighthouse, site, tabs };
}

async function roles(tabs) {
  const told = await Promise.all(tabs.map((tab) => tab.report()));
  return told.map(({ role }) => role);
}

/** The leader and the followers, as soon as there is one leader and the rest follows. */
async function electorate(tabs) {
  let found = [];
  await until(() => `one tab to lead and the others to follow; they are: ${found.join(', ')}`, async () => {
    found = await roles(tabs);
    return found.filter((it) => it === 'leader').length === 1 && found.filter((it) => it === 'follower').length === tabs.length - 1;
  });
  const at = found.indexOf('leader');
  return { leader: tabs[at], followers: tabs.filter((_, index) => index !== at) };
}

/** When a tab became the leader. */
async function leadsSince(tab) {
  const { began, ledAt } = await tab.report();
  return began + ledAt;
}

/** All tabs have the same snapshot, of this revision. */
async function allHave(tabs, revision) {
  for (const tab of tabs) await tab.until(`revision ${revision}`, ({ now }) => now.status === 'live' && now.revision === revision);
  const told = await Promise.all(tabs.map((tab) => tab.report()));
  for (const { now } of told) assert.deepEqual(now, told[0].now, 'the tabs differ');
}

/** One stream and one poll for all tabs: watched for a while. */
async function asksAsOne(stage, lighthouse) {
  const before = { polls: lighthouse.polls().length, opened: lighthouse.opened() };
  await pause(WATCH_MS);
  stage.figures.polls = lighthouse.polls().length - before.polls;
  // Polls come at most once a second; the watch may begin and end with one.
  assert.ok(stage.figures.polls <= WATCH_MS / 1_000 + 1, `${stage.figures.polls} polls in ${WATCH_MS} ms`);
  assert.equal(lighthouse.opened(), before.opened, 'further streams were opened');
  assert.equal(lighthouse.open(), 1);
}

const tabs = (count) => async (stage) => {
  const { lighthouse, tabs: all } = await openTabs(stage, count);
  await electorate(all);
  await asksAsOne(stage, lighthouse);
  stage.figures.streams_at_once = lighthouse.most();
  assert.equal(lighthouse.most(), 1, 'more than one stream was open at a time');
  const revision = lighthouse.push();
  await allHave(all, revision);
};

/** The leader goes away in some way; another one takes over, and what the backend says next arrives. */
const withoutLeader = (leave, promise) => async (stage) => {
  const { lighthouse, tabs: all } = await openTabs(stage, 3);
  const { leader, followers } = await electorate(all);
  const opened = lighthouse.opened();
  const gone = await leave(leader);
  const { leader: next } = await electorate(followers);
  stage.promised('takeover', await leadsSince(next) - gone, promise);
  await until('the new leader to open a stream', () => lighthouse.opened() > opened);
  await allHave(followers, lighthouse.push());
  return { lighthouse, leader, followers };
};

/** Ends a tab; returns since when it is on its way. */
const ended = (end) => async (leader) => {
  await leader.report();
  const at = clock();
  await end(leader);
  return at;
};

async function frozen(leader) {
  await leader.report();
  await leader.freeze();
  return clock();
}

async function leaderFrozen(stage) {
  const { lighthouse, leader, followers } = await withoutLeader(frozen, FROZEN_TAKEOVER_MS)(stage);
  await leader.thaw();
  // It finds that another tab leads, and follows.
  await electorate([leader, ...followers]);
  await lighthouse.oneStream();
  await allHave([leader, ...followers], lighthouse.push());
}

async function leaderHidden(stage) {
  const { lighthouse, tabs: all } = await openTabs(stage, 2);
  const { leader, followers: [follower] } = await electorate(all);
  await leader.hide();
  await follower.until('the visible tab to lead', ({ role }) => role === 'leader');
  const { hiddenAt } = await leader.report();
  stage.promised('takeover', await leadsSince(follower) - hiddenAt, TAKEOVER_MS);
  await leader.until('the hidden tab to follow', ({ role }) => role === 'follower');
  await lighthouse.oneStream();
  await leader.show();
  await allHave(all, lighthouse.push());
  await electorate(all);
}

/** A page in the back/forward cache holds nothing, and is one of the tabs again when it is shown. */
async function leaderInCache(stage) {
  const { lighthouse, site, tabs: all } = await openTabs(stage, 2, { headers: { 'cache-control': 'no-cache' } });
  const { leader, followers: [follower] } = await electorate(all);
  const left = clock();
  await leader.goto(`${site.url}/elsewhere`);
  await follower.until('the other tab to lead', ({ role }) => role === 'leader');
  stage.promised('takeover', await leadsSince(follower) - left, TAKEOVER_MS);
  const revision = lighthouse.push();
  await follower.until('the news', ({ now }) => now.revision === revision);
  await leader.back();
  const { shows } = await leader.until('the page to be shown again', ({ shows: told }) => told.length > 0);
  stage.figures.kept_in_cache = shows.includes(true);
  await allHave(all, revision);
  await electorate(all);
  await lighthouse.oneStream();
}

export const cases = [
  { name: 'two tabs', quick: true, run: tabs(2) },
  { name: 'ten tabs', run: tabs(10) },
  { name: 'leader closed', quick: true, run: withoutLeader(ended((leader) => leader.close()), TAKEOVER_MS) },
  { name: 'leader crashed', needs: ['crash'], run: withoutLeader(ended((leader) => leader.crash()), TAKEOVER_MS) },
  { name: 'leader frozen', run: leaderFrozen },
  { name: 'leader hidden', run: leaderHidden },
  { name: 'leader in the back/forward cache', run: leaderInCache },
];
