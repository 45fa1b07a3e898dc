// The native Rust toolchain: cargo, a compiler that is new enough, a linker, and what builds the daemon's allocator.
import { oldestRust } from '../common/cargo.mjs';
import { Failure } from '../common/failure.mjs';
import { which } from '../common/run.mjs';
import { compilerVersion } from '../common/toolchain.mjs';
import { aptInstall } from './apt.mjs';

const HOW = 'install Rust from https://rustup.rs, open a new terminal and run this command again';
const linker = () => which('cc', 'gcc', 'clang');
/** The daemon has jemalloc on Linux, which is built by make. */
const builder = () => process.platform !== 'linux' || which('make');

function oldEnough(release) {
  const [major, minor] = release.split('.').map(Number);
  const [oldMajor, oldMinor] = oldestRust().split('.').map(Number);
  return major > oldMajor || (major === oldMajor && minor >= oldMinor);
}

export default {
  name: 'Rust',
  check: () => Boolean(which('cargo') && linker() && builder() && oldEnough(compilerVersion('rustc')?.release ?? '0.0')),
  async install() {
    if (!which('cargo') || !which('rustc')) {
      throw new Failure('Rust is missing (no cargo and rustc on PATH); the daemon and the engine are written in it', { advice: HOW });
    }
    const version = compilerVersion('rustc');
    if (!version) throw new Failure('rustc does not run', { advice: `try: rustc -vV; or ${HOW}` });
    if (!oldEnough(version.release)) {
      throw new Failure(`Rust ${version.release} is too old; ${oldestRust()} or newer is needed`, { advice: 'run: rustup update stable' });
    }
    if (!linker()) {
      await aptInstall({
        missing: 'A C linker (cc)',
        why: 'to link Rust programs',
        packages: ['gcc', 'libc6-dev'],
        otherwise: 'macOS: xcode-select --install; Fedora: dnf install gcc; Arch: pacman -S gcc',
      });
    }
    if (!builder()) {
      await aptInstall({
        missing: 'make',
        why: 'to build the allocator of the daemon, jemalloc',
        packages: ['make'],
        otherwise: 'Fedora: dnf install make; Arch: pacman -S make',
      });
    }
  },
};
