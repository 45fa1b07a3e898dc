// The dashboard with a thousand services: from what a reader does to the drawn answer. `npm run bench -- dashboard`
import { buildAll } from '../scripts/common/builds.mjs';
import { launchChromium, openPage } from '../tests/support/browser.mjs';
import { hangUp, startHttpServer } from '../tests/support/http-server.mjs';
import { scratchFolder } from '../tests/support/scratch.mjs';
import { COUNT, nameOf, startThousand } from '../tests/support/thousand.mjs';
import { until } from '../tests/support/until.mjs';
import { atMost, printBars } from './common/bars.mjs';
import { machine } from './common/machine.mjs';
import { median, rounded } from './common/statistics.mjs';
import { printTable } from './common/table.mjs';

const FULL = { keys: 40, jumps: 20 };
const BRIEF = { keys: 2, jumps: 2 };
const WIDE = { width: 1440, height: 900 };
/** Above this, a reader notices that the answer is late (RAIL). */
const NOTICED_MS = 100;

/** Runs in the page. From `act` until a frame was drawn in which `done` holds, in milliseconds. */
const timed = `(act, done) => new Promise((resolve, reject) => {
  const began = performance.now();
  act();
  const look = () => {
    if (performance.now() - began > 10_000) return reject(new Error('nothing was drawn within 10 s'));
    // A message is taken after the frame has been drawn.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => (done() ? resolve(performance.now() - began) : look());
      channel.port2.postMessage(null);
    });
  };
  look();
})`;

/** From a key in the search box to the drawn list of what it finds. */
const search = (page, text, rows) => page.evaluate(`(${timed})(() => {
  const input = document.querySelector('input[type=search]');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, ${JSON.stringify(text)});
  input.dispatchEvent(new Event('input', { bubbles: true }));
}, () => Number(document.querySelector('[role=table][aria-label=Services]').getAttribute('aria-rowcount')) === ${rows + 1})`);

/** From a jump to an end of the list to its drawn rows. */
const jump = (page, to, name) => page.evaluate(`(${timed})(
  () => window.scrollTo(0, ${to === 'end' ? 'document.documentElement.scrollHeight' : '0'}),
  () => [...document.querySelectorAll('.row-link')].some(({ textContent }) => textContent === ${JSON.stringify(name)}),
)`);

/** The searches, and how many services each finds: the daemon is one more than the thousand. */
const SEARCHES = [['service-04', 100], ['service-042', 10], ['label:team=shop', 334], ['', COUNT + 1]];

async function measure(page, { keys, jumps }) {
  const searched = [];
  for (let index = 0; index < keys; index += 1) searched.push(await search(page, ...SEARCHES[index % SEARCHES.length]));
  await search(page, '', COUNT + 1);
  const jumped = [];
  for (let index = 0; index < jumps; index += 1) {
    jumped.push(await jump(page, ...(index % 2 === 0 ? ['end', nameOf(COUNT - 1)] : ['start', nameOf(0)])));
  }
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const [rows, elements] = await page.evaluate(() => ['.service-row', '*'].map((selector) => document.querySelectorAll(selector).length));
  const line = (what, values) => ({ what, p50_ms: rounded(median(values)), worst_ms: rounded(Math.max(...values)), times: values.length });
  return {
    tables: [
      { title: `With ${COUNT} services, from the act to the drawn answer`, rows: [line('a key in the search box', searched), line('a jump to the other end of the list', jumped)] },
      { title: 'What the page holds then', rows: [{ rows_in_the_document: rows, elements_in_the_document: elements, javascript_heap_mb: rounded(usedSize / 1e6) }] },
    ],
    bars: [atMost('a key in the search box to the drawn answer', median(searched), NOTICED_MS, 'ms'), atMost('a jump to its drawn rows', median(jumped), NOTICED_MS, 'ms')],
  };
}

export default async function dashboard({ smoke }) {
  // A program that somebody names is measured as it is.
  if (!process.env.LANDFALL_BIN) await buildAll();
  const scratch = scratchFolder();
  const started = [];
  let browser;
  try {
    const thousand = await startThousand(scratch.path);
    started.push(thousand);
    const elsewhere = await startHttpServer(hangUp);
    started.push(elsewhere);
    browser = await launchChromium({ orchestratorPort: elsewhere.port });
    const { page } = await openPage(browser, { viewport: WIDE, reducedMotion: 'reduce' });
    const measured = { smoke, machine: machine(), browser: `Chromium ${browser.version()}` };
    await page.goto(thousand.url);
    await until('the list to be whole', async () => (await page.locator('[role=table][aria-label=Services]').getAttribute('aria-rowcount')) === String(COUNT + 2));
    await until('the labels to be known', () => page.getByRole('combobox', { name: 'Only labels' }).count());
    Object.assign(measured, await measure(page, smoke ? BRIEF : FULL));
    measured.tables.forEach(printTable);
    printBars(measured.bars, { smoke });
    return measured;
  } finally {
    await browser?.close();
    for (const it of started) await it.stop();
    scratch.remove();
  }
}
