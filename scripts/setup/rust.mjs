// The native Rust toolchain: cargo, a compiler that is new enough, and a linker.
import { oldestRust } from '../common/cargo.mjs';
import { Failure } from '../common/failure.mjs';
import { which } from '../common/run.mjs';
import { compilerVersion } from '../common/toolchain.mjs';
import { aptInstall } from './apt.mjs';

const HOW = 'install Rust from https://rustup.rs, open a new terminal and run this command again';
const linker = () => which('cc', 'gcc', 'clang');

function oldEnough(release) {
  const [major, minor] = release.split('.').map(Number);
  const [oldMajor, oldMinor] = oldestRust().split('.').map(Number);
  return major > oldMajor || (major === oldMajor && minor >= oldMinor);
}

export default {
  name: 'Rust',
  check: () => Boolean(which('cargo') && linker() && oldEnough(compilerVersion('rustc')?.release ?? '0.0')),
  async install() {
    if (!which('cargo') || !which('rustc')) {
      throw new Failure('Rust is missing (no cargo and rustc on PATH); the daemon and the engine are written in it', { advice: HOW });
    }
    const version = compilerVersion('rustc');
    if (!version) throw new Failure('rustc does not run', { advice: `try: rustc -vV; or ${HOW}` });
    if (!oldEnough(version.release)) {
      throw new Failure(`Rust ${version.release} is too old; ${oldestRust()} or newer is needed`, { advice: 'run: rustup update stable' });
    }
    await aptInstall({
      missing: 'A C linker (cc)',
      why: 'to link Rust programs',
      packages: ['gcc', 'libc6-dev'],
      otherwise: 'macOS: xcode-select --install; Fedora: dnf install gcc; Arch: pacman -S gcc',
    });
  },
};
