// The set-up: independent steps, each with a cheap `check()` and an `install()` that may be run again at any time.
import { mkdirSync } from 'node:fs';

import { Failure } from '../common/failure.mjs';
import { CACHE, shown } from '../common/paths.mjs';
import { chromedriver, chromium, cxx, firefox, miniBrowser, nginx, webkitDriver, xvfb } from './system-programs.mjs';
import { cargoDeny, cargoFuzz, geckodriver, wasmBindgen, wasmPack } from './cargo-tools.mjs';
import node from './node.mjs';
import npmPackages from './npm-packages.mjs';
import { python } from './python.mjs';
import rust from './rust.mjs';
import { rustLints, wasmLints } from './rust-lints.mjs';
import rustSrc from './rust-src.mjs';
import wasmTarget from './wasm-target.mjs';

/** What building and running needs; in the order in which one needs the other. */
export const FOR_RUNNING = [node, npmPackages, rust, wasmTarget, rustSrc, wasmBindgen];

/** The browser engines and their drivers. */
export const BROWSERS = {
  chromium: [chromium, chromedriver],
  firefox: [firefox, geckodriver],
  webkit: [xvfb, webkitDriver, miniBrowser],
};

/** What tests need beyond that. */
export const FOR_TESTS = [...FOR_RUNNING, ...BROWSERS.chromium, ...BROWSERS.firefox, wasmPack, nginx, python, cxx];

/** What the fault matrix needs, by the engines that it runs in. */
export const FOR_FAULTS = (engines) => [...FOR_RUNNING, ...engines.flatMap((name) => BROWSERS[name])];

/** What the lints need. */
export const FOR_LINTS = [node, npmPackages, rust, rustLints, wasmTarget, wasmLints, cargoDeny];

/** What the daemon and the simulation need. */
export const FOR_NATIVE = [node, rust];

/** What replaying the fuzz targets needs, and what fuzzing needs beyond that. */
export const FOR_REPLAY = [...FOR_NATIVE, cxx];
export const FOR_FUZZING = [...FOR_REPLAY, cargoFuzz];

/** Does every step that is not done yet; says nothing when there is nothing to do. */
export async function setUp(steps) {
  mkdirSync(CACHE, { recursive: true });
  const missing = steps.filter((step) => !step.check());
  if (missing.length === 0) return;
  console.error(`Setting up (shared cache: ${shown(CACHE)}): ${missing.map((step) => step.name).join(', ')}`);
  for (const step of missing) {
    if (step.check()) continue; // An earlier step has brought it.
    try {
      await step.install();
    } catch (error) {
      if (error instanceof Failure) error.message = `set-up of ${step.name}: ${error.message}`;
      throw error;
    }
    if (!step.check()) throw new Failure(`set-up of ${step.name}: it was installed, but is still not found`);
  }
}
