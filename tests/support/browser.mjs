// Chromium, and a witness of what happens in a page: what it requests, and what goes wrong in it.
import { chromium } from 'playwright-core';

import { chromiumProgram } from './programs.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/**
 * Starts Chromium with a profile of its own.
 * @param {{orchestratorPort: number, places?: Record<string, number>, args?: string[]}} options who answers at
 *   http://localhost:7420, the default place of the daemon, at other ports of localhost, and at other hosts: what runs there
 *   on a developer's machine must not have a say in a test; `args` are further flags
 */
export function launchChromium({ orchestratorPort, places = {}, args = [] }) {
  const rules = Object.entries({ ...places, 7420: orchestratorPort })
    .map(([place, port]) => `MAP ${/^\d+$/.test(place) ? `localhost:${place}` : place} 127.0.0.1:${port}`);
  return chromium.launch({ executablePath: chromiumProgram(), args: [...FLAGS, `--host-resolver-rules=${rules.join(', ')}`, ...args] });
}

/**
 * Opens an empty page in a context of its own (no cache, no storage), with a witness.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function openPage(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  return { page, witness: await watch(page), close: () => context.close() };
}

/** Writes down a page's requests and troubles, from the browser's own reports. */
async function watch(page) {
  const requests = [];
  const scriptErrors = [];
  const reports = [];
  const session = await page.context().newCDPSession(page);
  session.on('Network.requestWillBeSent', ({ request: { method, url } }) => requests.push({ method, url }));
  session.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }) =>
    scriptErrors.push(`${text} ${exception?.description ?? exception?.value ?? ''}`));
  session.on('Runtime.consoleAPICalled', ({ type, args }) => {
    if (['error', 'assert', 'warning'].includes(type)) scriptErrors.push(`${type}: ${args.map((it) => it.value ?? it.description).join(' ')}`);
  });
  session.on('Log.entryAdded', ({ entry: { source, level, text, url } }) => reports.push({ source, level, text, url }));
  for (const domain of ['Network', 'Runtime', 'Log']) await session.send(`${domain}.enable`);
  return {
    /** Every request, oldest first, preflights too: `{method, url}`. */
    requests,
    /** What scripts complained of: console errors and warnings, exceptions and rejections that nobody handled. */
    scriptErrors,
    /** What the browser itself complained of, for example an answer of 404: `{source, level, text, url}`. */
    reports,
  };
}
