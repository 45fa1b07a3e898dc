// rustfmt and clippy, which rustup's default profile brings and a minimal one does not; and clippy of the compiler for
// wasm32, where that is Debian's.
import { existsSync } from 'node:fs';

import { Failure } from '../common/failure.mjs';
import { answer, which } from '../common/run.mjs';
import { wasmToolchain } from '../common/toolchain.mjs';
import { aptInstall } from './apt.mjs';
import { rustupAdd } from './rustup.mjs';

const runs = (tool) => which('cargo') && answer(['cargo', tool, '--version']) !== null;

export const rustLints = {
  name: 'rustfmt and clippy',
  check: () => runs('fmt') && runs('clippy'),
  async install() {
    const refusal = await rustupAdd(['component', 'add', 'rustfmt', 'clippy']);
    if (refusal) throw new Failure(`rustfmt and clippy are missing: ${refusal}`, { advice: 'run: rustup component add rustfmt clippy' });
  },
};

const clippyForWasm = () => {
  const [program] = wasmToolchain()?.clippy ?? [];
  return program !== undefined && (program === 'cargo' || existsSync(program));
};

export const wasmLints = {
  name: 'clippy for wasm32',
  check: clippyForWasm,
  install: () => aptInstall({
    missing: "clippy of Debian's Rust compiler",
    why: 'to lint the code that only exists in a browser',
    packages: ['rust-web-clippy'],
    otherwise: 'run: rustup target add wasm32-unknown-unknown',
  }),
};
