// Which compiler builds for wasm32, and whether it can rebuild the standard library.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { inCache } from './paths.mjs';
import { answer, pathWith, which } from './run.mjs';

/** The target of the wasm client. */
export const WASM_TARGET = 'wasm32-unknown-unknown';

/** Debian's own compiler, never one of rustup's. */
const DEBIAN_RUSTC = '/usr/bin/rustc';
const DEBIAN_CLIPPY = '/usr/bin/cargo-clippy';

const libraryOf = (sysroot, target) => path.join(sysroot, 'lib/rustlib', target, 'lib');

/** Whether a sysroot holds the standard library for wasm32. */
export function hasWasmTarget(sysroot) {
  const folder = libraryOf(sysroot, WASM_TARGET);
  return existsSync(folder) && readdirSync(folder).some((name) => /^libstd-.*\.rlib$/.test(name));
}

/** Where a sysroot keeps the standard library's sources, if it has them. */
export const stdSourcesOf = (sysroot) => path.join(sysroot, 'lib/rustlib/src/rust/library');

/** Whether a sysroot holds the standard library's sources. */
export const hasStdSources = (sysroot) => existsSync(path.join(stdSourcesOf(sysroot), 'Cargo.lock'));

/** The sysroot of the compiler on PATH, or null. */
export const defaultSysroot = () => answer(['rustc', '--print', 'sysroot']);

/** What a compiler says about itself: `{release, host, commit}`, or null. */
export function compilerVersion(rustc, env) {
  const text = answer([rustc, '-vV'], { env });
  if (text === null) return null;
  const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? 'unknown';
  return { release: field('release'), host: field('host'), commit: field('commit-hash').slice(0, 9) };
}

/** The Debian compiler's toolchain folder (its name carries the compiler's version), or null without that compiler. */
export function debianToolchain() {
  if (!existsSync(DEBIAN_RUSTC)) return null;
  const version = compilerVersion(DEBIAN_RUSTC);
  return version && { ...version, rustc: DEBIAN_RUSTC, folder: inCache('toolchains', `debian-${version.release}-${version.commit}`) };
}

/**
 * The toolchain that builds for wasm32, or null when there is none yet.
 * @returns {{name: string, env: object, clippy: string[], sysroot: string, stdSources: boolean} | null}
 *   env selects it for a child process; clippy are the words that run its clippy
 */
export function wasmToolchain() {
  const sysroot = which('rustc') && defaultSysroot();
  if (sysroot && hasWasmTarget(sysroot)) {
    return { name: `rustc of ${sysroot}`, env: {}, clippy: ['cargo', 'clippy'], sysroot, stdSources: hasStdSources(sysroot) };
  }
  const debian = debianToolchain();
  if (debian && hasWasmTarget(debian.folder)) {
    return {
      name: `Debian's rustc ${debian.release}`,
      // Its bin folder comes before rustup's, whose choice of a toolchain must not interfere.
      // SYSROOT is how clippy learns what the wrapped rustc is told by an argument.
      env: { ...pathWith(path.join(debian.folder, 'bin')), RUSTUP_TOOLCHAIN: undefined, SYSROOT: debian.folder },
      clippy: [DEBIAN_CLIPPY, 'clippy'], // By its path: cargo would find rustup's first.
      sysroot: debian.folder,
      stdSources: hasStdSources(debian.folder),
    };
  }
  return null;
}
