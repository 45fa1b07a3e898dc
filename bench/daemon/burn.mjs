// Keeps a core busy: `node burn.mjs '[[SECONDS, SHARE], …]'` repeats these stretches, each with that share of the core.
const SLICE_MS = 20;

const stretches = JSON.parse(process.argv[2]);
const nobody = new Int32Array(new SharedArrayBuffer(4));
const now = () => performance.now();

for (;;) {
  for (const [seconds, share] of stretches) {
    const end = now() + seconds * 1_000;
    while (now() < end) {
      const busy = now() + SLICE_MS * share;
      while (now() < busy);
      Atomics.wait(nobody, 0, 0, SLICE_MS * (1 - share));
    }
  }
}
