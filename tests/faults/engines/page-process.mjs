// The process of a tab, where the driver does not tell which it is: the one that computes while the tab does.
import { readFileSync, readdirSync } from 'node:fs';

/** How long the page computes at a time. */
const BUSY_MS = 200;
/** More than a process does by chance; a tick is 10 ms. */
const ENOUGH_TICKS = 40;

/** Every process that runs: its parent, its command line, and how long it has computed, in ticks of the system's clock. */
function processes() {
  const found = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // After the name, which stands in brackets and may hold anything.
      const [, parent, , , , , , , , , , ticks] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
      found.set(pid, { pid, parent, ticks, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** The processes below `root` whose command line is one of a page. */
function pagesBelow(root, isPage) {
  const all = processes();
  const isBelow = (pid) => pid === root || (all.has(pid) && isBelow(all.get(pid).parent));
  return [...all.values()].filter(({ pid, command }) => isPage(command) && isBelow(pid));
}

/** Lets the page compute until one process stands out, whatever else the machine does. */
async function find(tab, root, isPage) {
  const before = new Map(pagesBelow(root, isPage).map(({ pid, ticks }) => [pid, ticks]));
  for (;;) {
    await tab.look((ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    }, BUSY_MS);
    const used = pagesBelow(root, isPage).map(({ pid, ticks }) => ({ pid, ticks: ticks - (before.get(pid) ?? 0) }));
    const [first, second] = used.sort((a, b) => b.ticks - a.ticks);
    if (first.ticks >= ENOUGH_TICKS && first.ticks > 2 * (second?.ticks ?? 0)) return first.pid;
  }
}

/**
 * What can be done to a tab from outside: stop all of its code, let it go on, kill it.
 * @param {number} root the driver's process
 * @param {(command: string) => boolean} isPage whether a command line is that of a process that shows pages
 */
export function pageProcess(tab, root, isPage) {
  let pid = null;
  const signal = async (name) => process.kill(pid ??= await find(tab, root, isPage), name);
  return { freeze: () => signal('SIGSTOP'), thaw: () => signal('SIGCONT'), crash: () => signal('SIGKILL') };
}
