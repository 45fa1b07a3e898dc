// The dashboard with a thousand services, each of them really checked. What is drawn is counted, at the top, at the end and
// after a search; no time is asserted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launchChromium, openPage } from '../support/browser.mjs';
import { dashboard } from '../support/dashboard.mjs';
import { hangUp, startHttpServer } from '../support/http-server.mjs';
import { artefact, scratchFolder } from '../support/scratch.mjs';
import { ALL, COUNT, isRare, nameOf, startThousand, teamOf } from '../support/thousand.mjs';
import { until } from '../support/until.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };
/** The rows of two screens: what is on one, and what is drawn beyond its edges. */
const DRAWN = 60;
/** Those with a method that the others do not have; the daemon has it too. */
const RARE = ALL.filter(isRare).length + 1;

let scratch;
let elsewhere;
let daemon;
let browser;
let tab;
let shown;

/** How many rows are in the document, and how many the list says it has without its head. */
const rows = () => tab.page.getByRole('table', { name: 'Services', exact: true }).evaluate((table) => ({
  drawn: table.querySelectorAll('.service-row').length, all: Number(table.getAttribute('aria-rowcount')) - 1,
}));
const names = async () => Object.keys(await shown.services());

before(async () => {
  scratch = scratchFolder();
  daemon = await startThousand(scratch.path);
  elsewhere = await startHttpServer(hangUp);
  browser = await launchChromium({ orchestratorPort: elsewhere.port });
  tab = await openPage(browser, { viewport: WIDE, reducedMotion: 'reduce' });
  shown = dashboard(tab.page);
  await tab.page.goto(daemon.url);
});
after(async () => {
  await browser?.close();
  await Promise.all([daemon, elsewhere].map((it) => it?.stop()));
  scratch.remove();
});

test('all of them are listed, and a screen of them is drawn', async () => {
  await until('the list to be whole', async () => (await rows()).all === COUNT + 1);
  const { drawn } = await rows();
  assert.ok(drawn > 5 && drawn < DRAWN, `${drawn} rows`);
  await until('the first ones to be healthy', async () => {
    const services = Object.entries(await shown.services()).filter(([name]) => name !== 'landfall');
    return services.length > 0 && services.every(([, { health }]) => health === 'healthy');
  });
  await tab.page.screenshot({ path: artefact('7-thousand.png'), animations: 'disabled' });
});

test('the keyboard leads from the search box into the list and to its end; what is drawn stays a screen', async () => {
  await tab.page.keyboard.press('/');
  assert.equal(await tab.page.evaluate(() => document.activeElement?.getAttribute('type')), 'search');
  await tab.page.getByRole('link', { name: 'landfall', exact: true }).focus();
  await tab.page.keyboard.press('End');
  const last = nameOf(COUNT - 1);
  await until('the last one to have the focus', async () => (await tab.page.evaluate(() => document.activeElement?.textContent)) === last);
  const { drawn, all } = await rows();
  assert.ok(drawn < DRAWN && all === COUNT + 1, `${drawn} of ${all} rows`);
  await tab.page.keyboard.press('Enter');
  await tab.page.getByRole('heading', { level: 2, name: last, exact: true }).waitFor();
  await tab.page.keyboard.press('Escape');
});

test('a search finds by name, and a word with a colon by method and source', async () => {
  const search = tab.page.getByRole('searchbox');
  await search.fill('service-0421');
  await until('the one to be found', async () => (await names()).join() === 'service-0421');
  await search.fill('method:delete');
  await until('those with the method to be found', async () => (await rows()).all === RARE);
  assert.ok((await names()).every((name) => name === 'landfall' || name.endsWith('07')));
  await search.fill('source:daemon');
  await until('the daemon to be found', async () => (await names()).join() === 'landfall');
  await search.fill('');
  await tab.page.getByRole('combobox', { name: 'Only methods' }).selectOption('DELETE');
  await until('the choice to hold', async () => (await rows()).all === RARE);
  await tab.page.getByRole('combobox', { name: 'Only methods' }).selectOption('');
  await until('all to be there again', async () => (await rows()).all === COUNT + 1);
});

test('a label is chosen from a list, and found by the search', async () => {
  const labels = tab.page.getByRole('combobox', { name: 'Only labels' });
  await labels.selectOption('team=back office');
  await until('those of the team to be listed', async () => (await rows()).all === ALL.filter((index) => teamOf(index) === 'back office').length);
  assert.ok((await names()).every((name) => teamOf(Number(name.slice(-4))) === 'back office'));
  await labels.selectOption('');
  await tab.page.getByRole('searchbox').fill('label:team=shop method:delete');
  const both = ALL.filter((index) => teamOf(index) === 'shop' && isRare(index));
  assert.ok(both.length > 1);
  await until('what has both', async () => (await rows()).all === both.length);
  await tab.page.getByRole('searchbox').fill('');
});

test('on a small screen, too, a screen of them is drawn and nothing is wider than it', async () => {
  await tab.page.setViewportSize(NARROW);
  await until('the rows to be laid out anew', () => tab.page.locator('.service-list[data-layout=narrow]').count());
  const { drawn } = await rows();
  assert.ok(drawn > 2 && drawn < DRAWN, `${drawn} rows`);
  assert.ok(await tab.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
});

test('no script complained', () => {
  assert.deepEqual(tab.witness.scriptErrors, []);
  assert.deepEqual(tab.witness.reports, []);
});
