// The standard library's sources, with which the published wasm is about a third smaller. Not having them is no failure.
import { existsSync, statSync } from 'node:fs';

import { inCache } from '../common/paths.mjs';
import { stamp } from '../common/stamp.mjs';
import { wasmToolchain } from '../common/toolchain.mjs';
import { rustupAdd } from './rustup.mjs';

/** Remembers a refusal, so that it costs its time once a day and not at every start. */
const REFUSED = inCache('stamps/rust-src-refused');
const REMEMBERED_MS = 24 * 3600 * 1000;

const refusedLately = () => existsSync(REFUSED) && Date.now() - statSync(REFUSED).mtimeMs < REMEMBERED_MS;

export default {
  name: "the standard library's sources",
  check: () => wasmToolchain()?.stdSources === true || refusedLately(),
  async install() {
    const refusal = await rustupAdd(['component', 'add', 'rust-src']);
    if (refusal === null) return;
    console.error(`  ${refusal}: the wasm is built with the ordinary standard library, which makes it larger`);
    stamp(REFUSED, refusal);
  },
};
