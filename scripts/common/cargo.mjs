// What cargo knows about this workspace.
import path from 'node:path';

import { Failure } from './failure.mjs';
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { answer } from './run.mjs';

/** The version of a package that Cargo.lock pins. */
export function lockedVersion(name) {
  const version = new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(readFileSync(inRoot('Cargo.lock'), 'utf8'))?.[1];
  if (!version) throw new Failure(`Cargo.lock does not name ${name}`, { advice: `add the dependency ${name} to Cargo.toml` });
  return version;
}

/** The oldest compiler the workspace says it builds with. */
export const oldestRust = () => /^rust-version = "([^"]+)"/m.exec(readFileSync(inRoot('Cargo.toml'), 'utf8'))[1];

/** Where cargo puts what it builds, whether that comes from the environment, cargo's settings or the default. */
export function targetDir() {
  const metadata = answer(['cargo', 'metadata', '--no-deps', '--format-version', '1']);
  if (metadata === null) throw new Failure('cargo cannot read this workspace', { advice: 'run: cargo metadata --no-deps' });
  return JSON.parse(metadata).target_directory;
}

/** The built program of a release build. */
export const releaseBinary = (name) => path.join(targetDir(), 'release', name);
