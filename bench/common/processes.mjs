// What a running program costs, as the Linux kernel tells it: CPU time, memory, wake-ups.
import { readFileSync, readdirSync } from 'node:fs';

/** The text of a file below /proc, or null when the process has ended. */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}

const entries = (folder) => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** The process and its living descendants. */
function tree(pid) {
  const children = entries(`/proc/${pid}/task`).flatMap((task) => (read(`/proc/${pid}/task/${task}/children`) ?? '').split(' ').filter(Boolean));
  return [pid, ...children.flatMap((child) => tree(Number(child)))];
}

const threads = (pid) => tree(pid).flatMap((it) => entries(`/proc/${it}/task`).map((task) => `/proc/${it}/task/${task}`));

/** CPU time of a program so far, in microseconds: of all living threads of the process and its descendants. */
export function cpuMicros(pid) {
  let nanos = 0;
  for (const thread of threads(pid)) nanos += Number((read(`${thread}/schedstat`) ?? '0').split(' ')[0]);
  return nanos / 1_000;
}

/** Resident memory of a program in bytes, its descendants' too. */
export function rssBytes(pid) {
  const kib = tree(pid).map((it) => Number(/^Rss:\s+(\d+) kB/m.exec(read(`/proc/${it}/smaps_rollup`) ?? '')?.[1] ?? 0));
  return kib.reduce((sum, value) => sum + value, 0) * 1_024;
}

/**
 * What of it is the process's own, in bytes: not of files, such as the program's code, of which more is mapped the more of it has been
 * run, whatever the process knows.
 */
export function ownBytes(pid) {
  const kib = /^RssAnon:\s+(\d+) kB[\s\S]*^RssShmem:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '');
  if (kib === null) throw new Error(`the system does not tell what memory the process ${pid} has`);
  return (Number(kib[1]) + Number(kib[2])) * 1_024;
}

/** How often a program's threads have gone to sleep by themselves, and so were woken. */
export function sleeps(pid) {
  return threads(pid).reduce((sum, thread) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(read(`${thread}/status`) ?? '')?.[1] ?? 0), 0);
}

/**
 * The CPU share of a program while `work` goes on.
 * @param {number} pid
 * @param {() => Promise<T>} work
 * @returns {Promise<{micros: number, seconds: number, share: number, result: T}>} share of one core, 0 to the number of cores
 * @template T
 */
export async function during(pid, work) {
  const [cpu, began] = [cpuMicros(pid), performance.now()];
  const result = await work();
  const [micros, seconds] = [cpuMicros(pid) - cpu, (performance.now() - began) / 1_000];
  return { micros, seconds, share: micros / 1e6 / seconds, result };
}
