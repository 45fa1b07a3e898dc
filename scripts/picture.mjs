// Takes the picture of the dashboard in docs/images: `node scripts/picture.mjs`, or with `--look` pictures of all views, wide and narrow,
// light and dark, in tests/artifacts/picture, and none in docs.
//
// The daemon and what it finds run in a network namespace of their own, where nothing else listens: what is on the machine is in no
// picture, and the daemon has its usual address. So this wants Linux, and root.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { launchChromium, openPage } from '../tests/support/browser.mjs';
import { startDaemon } from '../tests/support/daemon.mjs';
import { dashboard } from '../tests/support/dashboard.mjs';
import { startNginx } from '../tests/support/nginx.mjs';
import { daemonProgram } from '../tests/support/programs.mjs';
import { scratchFolder } from '../tests/support/scratch.mjs';
import { startProcess } from '../tests/support/server-process.mjs';
import { startShop } from '../tests/support/shop.mjs';
import { until } from '../tests/support/until.mjs';
import { buildAll } from './common/builds.mjs';
import { Failure, command } from './common/failure.mjs';
import { inRoot } from './common/paths.mjs';
import { FOR_TESTS, setUp } from './setup/index.mjs';

/** Says in the environment of this script, started again, that it is alone. */
const ALONE = 'LANDFALL_PICTURE_ALONE';
const PORT = 7420;
const PICTURE = inRoot('docs/images/dashboard.png');
const LOOKS = inRoot('tests/artifacts/picture');
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740 };
/** Until the small plots of the last checks and the budget have something to show. */
const CHECKED_MS = 75_000;

const SETTINGS = `
name = "workshop"
[checks]
interval = "2s"
[budget]
memory = "64MiB"
[config]
greeting = "ahoy"
features = { checkout = "new", search = true }
[[services]]
name = "billing"
title = "Billing"
url = "http://127.0.0.1:8020"
labels = { team = "money", tier = "back end" }
[services.endpoints.invoice]
path = "/invoices/{id}"
methods = ["GET", "PUT"]
[services.endpoints.refund]
path = "/refunds"
methods = ["POST"]
`;

/** A server of Node on \`port\` that answers each path with its status, and anything else with 404. */
const nodeServer = (port, statuses) => startProcess(process.execPath, ['-e', `
  const statuses = ${JSON.stringify(statuses)};
  require('node:http').createServer((request, response) => response.writeHead(statuses[request.url] ?? 404).end())
    .listen(${port}, '127.0.0.1', () => console.log('ready'));
`], (output) => output.includes('ready'));

/** Registers a service and keeps it registered. */
const register = (folder, ...args) => startProcess(
  daemonProgram(),
  ['register', '--keep', '--state-dir', folder('state'), ...args],
  (output) => output.includes('is registered'),
);

/** Everything that is in the picture; what was started is in \`started\`, newest first. */
async function stage(folder, started) {
  const start = async (server) => started.unshift(await server) && started[0];
  await start(startShop({ log: folder('shop.log'), port: 8010, title: 'Shop API' }));
  const depot = await start(startShop({ log: folder('depot.log'), port: 8011, title: 'Depot' }));
  await start(startNginx((...parts) => folder('nginx', ...parts), { port: 8080 }));
  await start(nodeServer(8020, { '/.well-known/landfall': 404 }));
  await start(nodeServer(3000, { '/': 200 }));
  await start(nodeServer(8030, { '/healthz': 503 }));
  await start(nodeServer(8031, { '/healthz': 200 }));
  const daemon = await start(startDaemon(folder, { settings: SETTINGS, port: PORT }));
  await start(register(folder, '--name', 'search', '--title', 'Search', '--url', 'http://127.0.0.1:8031', '--url', 'http://127.0.0.1:8030',
    '--check-path', '/healthz', '--label', 'team=shop', '--label', 'tier=back end', '--endpoint', 'find=GET /find', '--websocket', 'suggestions=/ws/suggestions', '--sse', 'progress=/progress'));
  await until('the daemon to know the depot', () => daemon.serviceOn(8011));
  return { daemon, depot };
}

async function take() {
  const scratch = scratchFolder();
  const started = [];
  let browser;
  try {
    const { daemon, depot } = await stage(scratch.path, started);
    browser = await launchChromium({ orchestratorPort: PORT });
    const { page } = await openPage(browser, { viewport: WIDE, deviceScaleFactor: 1, reducedMotion: 'reduce' });
    await page.goto(daemon.url);
    const shown = dashboard(page);
    await until('the page to be live', async () => (await shown.connection()) === 'Live');
    await pause(CHECKED_MS - 15_000);
    await depot.kill();
    await pause(15_000);
    await page.setViewportSize({ width: 1440, height: 1_060 });
    await shown.choose('shop-api');
    await page.evaluate('document.activeElement?.blur(); window.scrollTo(0, 0)');
    if (process.argv.includes('--look')) await lookAround(page, shown);
    else writeFileSync(PICTURE, await page.screenshot({ animations: 'disabled' }));
  } finally {
    await browser?.close();
    for (const server of started) await server.stop();
    scratch.remove();
  }
}

/** Every view, wide and narrow, light and dark. */
async function lookAround(page, shown) {
  mkdirSync(LOOKS, { recursive: true });
  const shoot = async (name) => {
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${LOOKS}/${name}-${size}-${colorScheme}.png`, animations: 'disabled', fullPage: size === 'narrow' });
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(WIDE);
  };
  for (const view of ['Services', 'Drift', 'Budget', 'Config', 'Trace', 'Requests']) {
    await shown.view(view);
    await shoot(view.toLowerCase());
  }
  await shown.view('Services');
  // One of its instances is not healthy, and says why.
  await shown.choose('search');
  await shoot('service');
}

command(async () => {
  if (process.platform !== 'linux') throw new Failure('the picture is taken in a network namespace, which only Linux has');
  if (process.env[ALONE]) return take();
  await setUp(FOR_TESTS);
  await buildAll();
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, ...process.argv.slice(1)];
  const { status, error } = spawnSync('unshare', ['--net', ...inside], { stdio: 'inherit', env: { ...process.env, [ALONE]: '1' } });
  if (error || status !== 0) throw new Failure('no picture was taken', { advice: 'it takes root, unshare (util-linux) and ip (iproute2)' });
});
