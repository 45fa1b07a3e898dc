// The sections of a WebAssembly file, read and written.
import { Bytes } from './bytes.mjs';

/** How long a file's header is. */
export const HEADER = 8;
const CUSTOM = 0;
const CODE = 10;

/** All sections in order: where each begins (`whole`) and its contents do (`start`), its `end`, and a custom one's name and data. */
export function* sections(file) {
  const bytes = new Bytes(file, HEADER);
  while (!bytes.done) {
    const whole = bytes.at;
    const id = bytes.u8();
    const size = bytes.uleb();
    const section = { id, whole, start: bytes.at, end: bytes.at + size };
    if (id === CUSTOM) {
      const length = bytes.uleb();
      section.name = file.toString('utf8', bytes.at, bytes.at + length);
      section.data = file.subarray(bytes.at + length, section.end);
    }
    yield section;
    bytes.at = section.end;
  }
}

/** Where the code section's contents begin (DWARF counts addresses from there) and how long they are; custom sections by name. */
export function readWasm(file) {
  const custom = new Map();
  let code = null;
  for (const { id, start, end, name, data } of sections(file)) {
    if (id === CODE) code = { start, size: end - start };
    if (id === CUSTOM) custom.set(name, data);
  }
  return { code, custom };
}

/** An unsigned LEB128 number. */
export function uleb(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}

/** Bytes with their length before them. */
export const sized = (bytes) => Buffer.concat([uleb(bytes.length), bytes]);

/** The file without its DWARF and with the custom section that names its source map. */
export function withSourceMap(file, url) {
  const kept = [...sections(file)].filter(({ name }) => !name?.startsWith('.debug_'));
  const named = Buffer.concat([sized(Buffer.from('sourceMappingURL')), sized(Buffer.from(url))]);
  return Buffer.concat([
    file.subarray(0, HEADER), ...kept.map(({ whole, end }) => file.subarray(whole, end)), Buffer.from([CUSTOM]), sized(named),
  ]);
}
