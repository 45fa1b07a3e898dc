// Chromium, driven by chromedriver; what WebDriver does not know is asked of the DevTools protocol.
import { chromedriverProgram, chromiumProgram } from '../../support/programs.mjs';
import { startDriver } from './driver.mjs';
import { pageProcess } from './page-process.mjs';
import { openTab } from './tab.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Whether a command line is that of a process that shows pages, and not the browser's own windows. */
const isPage = (command) => command.includes('--type=renderer') && !command.includes('--top-chrome-webui');

export const chromium = {
  name: 'chromium',
  lacks: {},
  absent: () => null,

  /** @param {{orchestratorPort: number}} where who answers at http://localhost:7420 */
  async start({ orchestratorPort }) {
    const driver = await startDriver(chromedriverProgram(), (port) => [`--port=${port}`], {
      'goog:chromeOptions': {
        binary: chromiumProgram(),
        args: [...FLAGS, `--host-resolver-rules=MAP localhost:7420 127.0.0.1:${orchestratorPort}`],
      },
    });
    const { session } = driver;
    return {
      version: `Chromium ${session.capabilities.browserVersion}`,
      close: driver.close,
      async open() {
        const tab = await openTab(session);
        const devtools = (cmd, params = {}) => session.within(tab.handle, (command) => command('POST', '/goog/cdp/execute', { cmd, params }));
        return {
          ...tab,
          ...pageProcess(tab, driver.pid, isPage),
          /** Its process ends at once; the command is answered with nothing else than that. */
          crash: () => devtools('Page.crash').catch(() => {}),
          async online(online) {
            await devtools('Network.enable');
            await devtools('Network.emulateNetworkConditions', { offline: !online, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
          },
        };
      },
    };
  },
};
