/**
 * Reads the bytes back that `scripts/common/binary-literal.mjs` wrote as a string of printable ASCII, with the small
 * WebAssembly module that it made for them. Where that cannot run, neither can what the bytes are.
 */

/** What the module exports. */
interface Unpacker {
  readonly memory: WebAssembly.Memory;
  /** Takes the size of the text at the end of the table, and returns the end of the bytes in its place. */
  readonly unpack: (size: number) => number;
}

/** Where the text is read from: after the table. */
const TEXT = 640;

/** The bytes of a packed text. */
export function unpack(text: string, unpacker: string): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(Uint8Array.from(atob(unpacker), (char) => char.charCodeAt(0)));
  const { memory, unpack } = new WebAssembly.Instance(module).exports as unknown as Unpacker;
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, TEXT));
  return new Uint8Array(memory.buffer).subarray(TEXT, unpack(text.length));
}
