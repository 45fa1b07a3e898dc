// Programs that come from the crates registry, each in a folder of the shared cache that is named by its version.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { lockedVersion } from '../common/cargo.mjs';
import { inCache } from '../common/paths.mjs';
import { quietly } from '../common/run.mjs';

/** Tools are run seconds in all: compiling them fast matters more than their speed. */
const COMPILE_FAST = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  RUSTFLAGS: undefined,
};

/**
 * @param {{crate: string, version: () => string, binary?: string, why: string, locked?: boolean, minutes: number}} tool
 * @returns a set-up step, with the tool's `bin` folder and `binary`
 */
function cargoTool({ crate, version, binary = crate, why, locked = true, minutes }) {
  const root = () => inCache('tools', `${crate}-${version()}`);
  return {
    name: `${crate} (${why})`,
    bin: () => path.join(root(), 'bin'),
    binary: () => path.join(root(), 'bin', binary),
    check() {
      return existsSync(this.binary());
    },
    async install() {
      const build = inCache('build', crate);
      await quietly(
        `cargo install ${crate} ${version()} (once, about ${minutes} min on two cores)`,
        ['cargo', 'install', crate, '--version', version(), '--root', root(), ...(locked ? ['--locked'] : [])],
        {
          cwd: inCache(), // Outside the workspace, whose cargo settings are not for tools.
          env: { ...COMPILE_FAST, CARGO_TARGET_DIR: build },
          advice: 'check that the crates registry can be reached, then run this command again; what is compiled is kept',
        },
      );
      await rm(build, { recursive: true, force: true });
    },
  };
}

export const wasmBindgen = cargoTool({
  crate: 'wasm-bindgen-cli',
  version: () => lockedVersion('wasm-bindgen'), // The two must be equal, to the last digit.
  binary: 'wasm-bindgen',
  why: "makes the engine's JavaScript",
  locked: false, // Its lock file names crate versions that the registry no longer offers.
  minutes: 3,
});

export const wasmPack = cargoTool({
  crate: 'wasm-pack', version: () => '0.15.1', why: 'runs the wasm tests in browsers', minutes: 3,
});

export const geckodriver = cargoTool({
  crate: 'geckodriver', version: () => '0.37.1', why: 'drives Firefox', minutes: 2,
});

export const cargoDeny = cargoTool({
  crate: 'cargo-deny', version: () => '0.20.2', why: 'checks licences and sources of dependencies', minutes: 5,
});

export const cargoFuzz = cargoTool({
  crate: 'cargo-fuzz', version: () => '0.13.2', why: 'runs the fuzz targets', minutes: 1,
});
