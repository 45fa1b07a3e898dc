// Firefox, driven by geckodriver; what WebDriver does not know is asked of the browser's own window ("chrome" context).
import { firefoxProgram, geckodriverProgram } from '../../support/programs.mjs';
import { startDriver } from './driver.mjs';
import { openTab } from './tab.mjs';

/** Sends requests for the daemon's default address to `port`, and all others where they belong. */
const proxyRules = (port) => `data:text/plain,${encodeURIComponent(
  `function FindProxyForURL(url) { return url.startsWith('http://localhost:7420/') ? 'PROXY 127.0.0.1:${port}' : 'DIRECT'; }`,
)}`;

const preferences = (orchestratorPort) => ({
  'network.proxy.type': 2,
  'network.proxy.autoconfig_url': proxyRules(orchestratorPort),
  'network.proxy.allow_hijacking_localhost': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  // A tab's process is its own, so that one can be stopped and killed.
  'dom.ipc.processCount.webIsolated': 32,
});

export const firefox = {
  name: 'firefox',
  lacks: {},
  absent: () => null,

  /** @param {{orchestratorPort: number}} where who answers at http://localhost:7420 */
  async start({ orchestratorPort }) {
    const driver = await startDriver(geckodriverProgram(), (port) => ['--port', String(port), '--allow-system-access'], {
      'moz:firefoxOptions': {
        binary: firefoxProgram(),
        args: ['-headless'],
        prefs: preferences(orchestratorPort),
      },
    });
    const { session } = driver;
    /** Calls a script in the browser's own window around a tab. */
    const inBrowser = (handle, script, ...args) => session.within(handle, async (command) => {
      await command('POST', '/moz/context', { context: 'chrome' });
      try {
        return await command('POST', '/execute/sync', { script, args });
      } finally {
        await command('POST', '/moz/context', { context: 'content' });
      }
    });
    return {
      version: `Firefox ${session.capabilities.browserVersion}`,
      close: driver.close,
      async open() {
        const tab = await openTab(session);
        let pid = null;
        const processOf = async () => (pid ??= await inBrowser(tab.handle, 'return gBrowser.selectedBrowser.frameLoader.remoteTab.osPid'));
        const signal = async (name) => process.kill(await processOf(), name);
        return {
          ...tab,
          freeze: () => signal('SIGSTOP'),
          thaw: () => signal('SIGCONT'),
          async crash() {
            // geckodriver has the whole browser end with any of its pages.
            await inBrowser(tab.handle, "Services.env.set('MOZ_CRASHREPORTER_SHUTDOWN', '')");
            await signal('SIGKILL');
          },
          online: (online) => inBrowser(tab.handle, 'Services.io.offline = arguments[0]', !online),
        };
      },
    };
  },
};
