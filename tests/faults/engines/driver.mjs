// Starts a driver program and waits until it takes sessions.
import { freePort } from '../../support/ports.mjs';
import { startProcess } from '../../support/server-process.mjs';
import { isReady, openSession } from './webdriver.mjs';

/**
 * @param {string} program
 * @param {(port: number) => string[]} args
 * @param {object} capabilities
 * @param {object} [env] changes of the environment
 */
export async function startDriver(program, args, capabilities, env) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const driver = await startProcess(program, args(port), () => isReady(base), { env });
  try {
    const session = await openSession(base, capabilities);
    return {
      session,
      pid: driver.pid,
      async close() {
        await session.close().catch(() => {}); // The browser may have gone already.
        await driver.stop();
      },
    };
  } catch (error) {
    await driver.kill();
    error.message += `; the driver wrote:\n${driver.output()}`;
    throw error;
  }
}
