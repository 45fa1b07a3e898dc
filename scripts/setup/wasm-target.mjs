// A compiler for wasm32: rustup's target where Rust's release server can be reached, else Debian's compiler.
import { Failure } from '../common/failure.mjs';
import { WASM_TARGET, wasmToolchain } from '../common/toolchain.mjs';
import { buildDebianToolchain, debianPossible } from './debian-toolchain.mjs';
import { rustupAdd } from './rustup.mjs';

export default {
  name: `Rust's ${WASM_TARGET} target`,
  check: () => wasmToolchain() !== null,
  async install() {
    const refusal = await rustupAdd(['target', 'add', WASM_TARGET]);
    if (refusal === null && wasmToolchain()) return;
    console.error(`  ${refusal ?? 'rustup added the target to another toolchain'}: using Debian's compiler for WebAssembly instead`);
    if (!debianPossible()) {
      throw new Failure(`the ${WASM_TARGET} target is missing; the engine is compiled to it`, {
        advice: `run: rustup target add ${WASM_TARGET} (as root on Debian or Ubuntu, this command can do without rustup)`,
      });
    }
    await buildDebianToolchain();
  },
};
