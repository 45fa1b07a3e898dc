// Asks rustup for parts of a toolchain, unless Rust's release server cannot be reached from here.
import { quietly, which } from '../common/run.mjs';

const SERVER = 'https://static.rust-lang.org';
const REACH_MS = 10_000;
const INSTALL_MS = 10 * 60_000;
/** Behind a proxy only rustup knows the way, so that it is tried, but not for long. */
const PROXY_INSTALL_MS = 90_000;

const proxied = () => ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].some((name) => process.env[name]);

async function reachable() {
  const server = process.env.RUSTUP_DIST_SERVER || SERVER;
  try {
    const url = `${server}/dist/channel-rust-stable.toml.sha256`;
    return (await fetch(url, { signal: AbortSignal.timeout(REACH_MS) })).ok;
  } catch {
    return false;
  }
}

/**
 * Adds a target or component with rustup.
 * @param {string[]} words e.g. `['target', 'add', 'wasm32-unknown-unknown']`
 * @returns {Promise<string | null>} null when added, else why not
 */
export async function rustupAdd(words) {
  if (!which('rustup')) return 'Rust was not installed with rustup';
  if (!proxied() && !(await reachable())) return "Rust's release server cannot be reached";
  try {
    const timeout = proxied() ? PROXY_INSTALL_MS : INSTALL_MS;
    await quietly(`rustup ${words.join(' ')}`, ['rustup', ...words], { timeout });
    return null;
  } catch (error) {
    if (error.status !== 1) throw error; // Interrupted by the user.
    return `rustup ${words.join(' ')} failed: ${error.output?.split('\n').at(-1) ?? error.message}`;
  }
}
