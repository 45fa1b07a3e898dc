// The fallback compiler for wasm32, for machines that reach package registries but not Rust's release server.
//
// Debian ships a current compiler for its browsers (rustc-web) with the standard library's sources, but no library for
// wasm32. It is built here once, from those sources, and laid out as a toolchain folder of the shape rustup knows.
// The folder's name carries the compiler's version: when a security update moves the compiler, a new one is made.
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '../common/failure.mjs';
import { inCache } from '../common/paths.mjs';
import { quietly, which } from '../common/run.mjs';
import { WASM_TARGET, debianToolchain, hasStdSources } from '../common/toolchain.mjs';
import { aptInstall, aptWorks } from './apt.mjs';

const PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-19'];
const LINKER = '/usr/bin/lld-19';
const CARGO = '/usr/bin/cargo';

const installed = () => debianToolchain() !== null && hasStdSources('/usr') && existsSync(LINKER) && existsSync(CARGO);

/** Whether the fallback can be made here. */
export const debianPossible = () => installed() || aptWorks();

/** Compiles the standard library for wasm32 in a scratch crate; resolves with the folder of its libraries. */
async function buildStd(rustc, scratch) {
  await mkdir(path.join(scratch, 'src'), { recursive: true });
  await writeFile(path.join(scratch, 'Cargo.toml'), '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n');
  await writeFile(path.join(scratch, 'src/lib.rs'), '');
  const target = path.join(scratch, 'target');
  await quietly(
    "building Rust's standard library for wasm32 (about a minute)",
    [CARGO, 'build', '--release', '-Zbuild-std=std,panic_abort,test,proc_macro', '--target', WASM_TARGET],
    {
      cwd: scratch,
      env: { RUSTC: rustc, RUSTC_BOOTSTRAP: '1', RUSTFLAGS: undefined, CARGO_TARGET_DIR: target, RUSTUP_TOOLCHAIN: undefined },
      advice: 'check that the crates registry can be reached and that the disk is not full',
    },
  );
  return path.join(target, WASM_TARGET, 'release/deps');
}

/** Writes a program that is Debian's with this folder as its sysroot. */
async function wrap(bin, name, sysroot) {
  const file = path.join(bin, name);
  await writeFile(file, `#!/bin/sh\nexec /usr/bin/${name} --sysroot '${sysroot}' "$@"\n`);
  await chmod(file, 0o755);
}

/** Makes the toolchain folder from the Debian packages, installing them first. */
export async function buildDebianToolchain() {
  if (!installed()) {
    await aptInstall({
      missing: "Debian's Rust compiler with its sources",
      why: 'to build for WebAssembly without rustup',
      packages: PACKAGES,
      otherwise: `run: rustup target add ${WASM_TARGET}`,
    });
  }
  if (!installed()) throw new Failure(`the packages ${PACKAGES.join(' ')} did not bring what they used to`);
  const { rustc, host, folder } = debianToolchain();
  await mkdir(inCache('toolchains'), { recursive: true });
  const fresh = await mkdtemp(inCache('toolchains', 'unfinished-'));
  try {
    const built = await buildStd(rustc, path.join(fresh, 'scratch'));
    const rustlib = path.join(fresh, 'lib/rustlib');
    const libraries = path.join(rustlib, WASM_TARGET, 'lib');
    for (const part of ['bin', `lib/rustlib/${WASM_TARGET}/lib`, `lib/rustlib/${host}/bin`]) await mkdir(path.join(fresh, part), { recursive: true });
    for (const name of await readdir(built)) {
      if (name.endsWith('.rlib')) await copyFile(path.join(built, name), path.join(libraries, name));
    }
    await rm(path.join(fresh, 'scratch'), { recursive: true });
    await symlink(`/usr/lib/rustlib/${host}/lib`, path.join(rustlib, host, 'lib'));
    await symlink('/usr/lib/rustlib/src', path.join(rustlib, 'src'));
    await symlink(LINKER, path.join(rustlib, host, 'bin/rust-lld'));
    await wrap(path.join(fresh, 'bin'), 'rustc', folder);
    await wrap(path.join(fresh, 'bin'), 'rustdoc', folder);
    await symlink(CARGO, path.join(fresh, 'bin/cargo'));
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  // For work by hand: cargo +landfall-wasm build --target wasm32-unknown-unknown
  if (which('rustup')) await quietly('rustup toolchain link landfall-wasm', ['rustup', 'toolchain', 'link', 'landfall-wasm', folder]);
}
