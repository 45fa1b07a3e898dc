// WebKitGTK's MiniBrowser under Xvfb, driven by WebKitWebDriver.
import { isListening } from '../../support/ports.mjs';
import { miniBrowserProgram, webkitDriverProgram, xvfbProgram } from '../../support/programs.mjs';
import { startProcess } from '../../support/server-process.mjs';
import { startDriver } from './driver.mjs';
import { pageProcess } from './page-process.mjs';
import { openTab } from './tab.mjs';

const ORCHESTRATOR_PORT = 7420;

async function startDisplay() {
  const server = await startProcess(xvfbProgram(), ['-displayfd', '1', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], (output) => output.trim());
  return { name: `:${server.ready}`, stop: () => server.stop() };
}

export const webkit = {
  name: 'webkit',
  lacks: {
    online: 'WebKitWebDriver cannot take its browser offline',
    crash: 'WebKitWebDriver ends its session as soon as one page crashes',
  },

  /** WebKitGTK has no rules that lead one address elsewhere, so nobody may listen there. */
  async absent() {
    return await isListening(ORCHESTRATOR_PORT) ? `somebody listens on localhost:${ORCHESTRATOR_PORT}, which every local page asks; stop it and run this again` : null;
  },

  async start() {
    const display = await startDisplay();
    let driver;
    try {
      driver = await startDriver(webkitDriverProgram(), (port) => [`--port=${port}`], {
        'webkitgtk:browserOptions': { binary: miniBrowserProgram(), args: ['--automation'] },
      }, { DISPLAY: display.name, WAYLAND_DISPLAY: '', GDK_BACKEND: 'x11' });
    } catch (error) {
      await display.stop();
      throw error;
    }
    const { session } = driver;
    return {
      version: `WebKitGTK ${session.capabilities.browserVersion}`,
      async close() {
        await driver.close();
        await display.stop();
      },
      async open() {
        const tab = await openTab(session);
        return { ...tab, ...pageProcess(tab, driver.pid, (command) => command.includes('WebKitWebProcess')) };
      },
    };
  },
};
