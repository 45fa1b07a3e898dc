// Takes functions that nobody can call out of the function table, so that wasm-opt drops them.
//
// The crates that bind JavaScript put a function into the table for each kind of closure that they know, many of which no page
// uses. Its address served wasm-bindgen, to learn the types, and is gone from the code; JavaScript calls those that are
// in use by exports. So one that is in the table and not exported is dead, which no optimizer can know.
import { Failure } from '../common/failure.mjs';
import { Bytes } from '../debug-info/bytes.mjs';
import { HEADER, sections, sized, uleb } from '../debug-info/wasm-file.mjs';

const CUSTOM = 0;
const EXPORT = 7;
const ELEMENT = 9;

/** What wasm-bindgen calls closures with; its names, demangled, with or without the hash of the crate. */
const INVOKE = /^wasm_bindgen(\[[0-9a-f]+\])?::convert::closures::_::invoke\b/;

const FUNCTION_NAMES = 1;
const FUNCTION = 0;
/** An active segment of functions in the first table: what compilers write. */
const ACTIVE = 0;
const I32_CONST = 0x41;
const END = 0x0b;

const text = (bytes) => {
  const length = bytes.uleb();
  bytes.skip(length);
  return bytes.data.toString('utf8', bytes.at - length, bytes.at);
};

const readerOf = (file, { start, end }) => new Bytes(file, start, end);

function exportedFunctions(bytes) {
  const exported = new Set();
  for (let left = bytes.uleb(); left > 0; left--) {
    text(bytes);
    const kind = bytes.u8();
    const index = bytes.uleb();
    if (kind === FUNCTION) exported.add(index);
  }
  return exported;
}

/** The indices of the closures' functions. */
function closures(data) {
  const found = new Set();
  const bytes = new Bytes(data);
  while (!bytes.done) {
    const kind = bytes.u8();
    const size = bytes.uleb();
    const end = bytes.at + size;
    if (kind === FUNCTION_NAMES) {
      for (let left = bytes.uleb(); left > 0; left--) {
        const index = bytes.uleb();
        if (INVOKE.test(text(bytes))) found.add(index);
      }
    }
    bytes.at = end;
  }
  return found;
}

/** The contents of the element section with `dead` functions replaced by the first of them. */
function elements(bytes, dead) {
  const segments = bytes.uleb();
  const written = [uleb(segments)];
  const [first] = dead;
  for (let left = segments; left > 0; left--) {
    const begin = bytes.at;
    const kind = bytes.uleb();
    const isConst = bytes.u8() === I32_CONST;
    bytes.sleb();
    if (kind !== ACTIVE || !isConst || bytes.u8() !== END) throw new Failure('the engine has a function table of an unknown form');
    written.push(bytes.data.subarray(begin, bytes.at));
    const count = bytes.uleb();
    written.push(uleb(count));
    for (let at = 0; at < count; at++) {
      const index = bytes.uleb();
      written.push(uleb(dead.has(index) ? first : index));
    }
  }
  return Buffer.concat(written);
}

/** The file with a table in which each dead closure gives way to one of them. */
export function withoutDeadClosures(file) {
  const all = [...sections(file)];
  const names = all.find(({ id, name }) => id === CUSTOM && name === 'name');
  const exports = all.find(({ id }) => id === EXPORT);
  if (!names || !exports) throw new Failure('the engine comes without names from wasm-bindgen, so it is not known which closures are dead');
  const dead = closures(names.data);
  for (const index of exportedFunctions(readerOf(file, exports))) dead.delete(index);
  return Buffer.concat([file.subarray(0, HEADER), ...all.map((section) => (section.id === ELEMENT
    ? Buffer.concat([Buffer.from([ELEMENT]), sized(elements(readerOf(file, section), dead))])
    : file.subarray(section.whole, section.end)))]);
}
