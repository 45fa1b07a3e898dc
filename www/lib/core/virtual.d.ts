/** Modules that the build makes from the compiled crate; see `scripts/lib.mjs`. */

declare module 'landfall:glue' {
  /** Instantiates the module; written by wasm-bindgen. */
  export function initSync(source: { module: WebAssembly.Module }): unknown;

  export const Engine: new (
    options: import('./boundary.js').EngineOptions,
    publish: (change: import('./boundary.js').Change) => void,
  ) => import('./boundary.js').WasmEngine;
}

declare module 'landfall:bytes' {
  /** The `.wasm` file as a string, and what reads it; see `unpack.ts`. */
  export const bytes: string;
  export const unpacker: string;
}
