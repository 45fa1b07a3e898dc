// The loads under which the CPU budget has to be kept: what the machine does besides, and what a check costs.
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

import { startProcess } from '../../tests/support/server-process.mjs';

const BURN = fileURLToPath(new URL('burn.mjs', import.meta.url));

/** Each load: stretches of `[seconds, share of every core]` that others take, and whether a check is dear. */
export const LOADS = [
  { name: 'steady', others: null, dear: false },
  { name: 'busy machine', others: [[20, 0.9]], dear: false },
  { name: 'square load', others: [[20, 0.95], [20, 0.1]], dear: false },
  { name: 'dear checks', others: null, dear: true },
];

/** Runs `work` under a load. */
export async function under({ others, dear }, backends, work) {
  const burners = [];
  try {
    const each = others ? cpus() : [];
    for (let core = 0; core < each.length; core += 1) burners.push(await startProcess(process.execPath, [BURN, JSON.stringify(others)], () => true));
    backends.makeDear(dear);
    return await work();
  } finally {
    backends.makeDear(false);
    await Promise.all(burners.map((it) => it.kill()));
  }
}
