// On what was measured: figures without it mean nothing.
import { cpus, loadavg, release, totalmem } from 'node:os';

/** The machine and how busy it is now. */
export const machine = () => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory_gib: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  load_1_min: Number(loadavg()[0].toFixed(2)),
});
