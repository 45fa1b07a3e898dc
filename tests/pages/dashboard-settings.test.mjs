// The settings file is changed under a running daemon: while it is wrong, the dashboard says so with line and column, and takes it back.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { launchChromium, openPage } from '../support/browser.mjs';
import { startDaemon } from '../support/daemon.mjs';
import { hangUp, startHttpServer } from '../support/http-server.mjs';
import { artefact, scratchFolder } from '../support/scratch.mjs';

const RIGHT = '[sockets]\nenabled = false\n';

let scratch;
let daemon;
let elsewhere;
let browser;
let tab;

before(async () => {
  scratch = scratchFolder();
  daemon = await startDaemon(scratch.path, { settings: RIGHT });
  elsewhere = await startHttpServer(hangUp);
  browser = await launchChromium({ orchestratorPort: elsewhere.port });
  tab = await openPage(browser, { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
  await tab.page.goto(daemon.url);
});
after(async () => {
  await browser?.close();
  await Promise.all([daemon, elsewhere].map((it) => it?.stop()));
  scratch.remove();
});

test('what is wrong with the file is told while it is wrong, and no longer', async () => {
  const banner = tab.page.getByRole('region', { name: 'Settings' });
  await tab.page.getByRole('region', { name: 'CPU budget' }).waitFor();
  assert.equal(await banner.count(), 0);
  writeFileSync(scratch.path('landfall.toml'), `${RIGHT}[checks]\nintervall = "1s"\n`);
  await banner.waitFor();
  const said = await banner.textContent();
  assert.match(said, /line 4, column 1/);
  assert.match(said, /intervall/);
  assert.ok(await tab.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  await tab.page.screenshot({ path: artefact('10-settings-narrow.png'), animations: 'disabled' });
  writeFileSync(scratch.path('landfall.toml'), RIGHT);
  await banner.waitFor({ state: 'detached' });
  assert.deepEqual(tab.witness.scriptErrors, []);
});
