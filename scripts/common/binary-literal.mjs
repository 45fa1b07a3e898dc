// Bytes as the text of a JavaScript string literal, and the module that reads them back; `www/lib/core/unpack.ts` runs it.
//
// The text is printable ASCII without a character that any quote, template, escape or HTML parser knows, so that it
// means the same in every encoding of a page and after every minifier. The bytes that are most common take one
// character, the others two, which compresses to 2 % more than the bytes themselves (base64: 27 %).
//
// They are read back by WebAssembly, because it runs once, over as many characters as the engine has bytes, while the page
// waits for its config: JavaScript takes about eight milliseconds for it before it is compiled, this less than one.
import binaryen from 'binaryen';

/** What begins a pair: characters whose codes follow one another. */
const ESCAPES = '()*+';
/** One, or the second of two. */
const SINGLES = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).filter((char) => !`"$'<\\\`${ESCAPES}`.includes(char));

/** The size of a part of the table: what a character means by itself, then after each escape. */
const PART = 128;
/** Where the text begins, after the table; the bytes are written over it. */
const TEXT = PART * (1 + ESCAPES.length);
const PAGE = 65_536;

/** Takes the text's size, and returns the end of the bytes. */
const wat = (table, pages) => `(module
  (memory (export "memory") ${pages})
  (data (i32.const 0) "${Array.from(table, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")
  (func (export "unpack") (param $size i32) (result i32)
    (local $at i32) (local $end i32) (local $to i32) (local $part i32) (local $char i32)
    (local.set $at (i32.const ${TEXT}))
    (local.set $to (i32.const ${TEXT}))
    (local.set $end (i32.add (local.get $size) (i32.const ${TEXT})))
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $to))))
      (local.set $char (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (i32.lt_u (i32.sub (local.get $char) (i32.const ${ESCAPES.charCodeAt(0)})) (i32.const ${ESCAPES.length}))
        (then (local.set $part (i32.shl (i32.sub (local.get $char) (i32.const ${ESCAPES.charCodeAt(0) - 1})) (i32.const ${Math.log2(PART)}))))
        (else
          (i32.store8 (local.get $to) (i32.load8_u (i32.add (local.get $part) (local.get $char))))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))
          (local.set $part (i32.const 0))))
      (br $next))
    (unreachable)))`;

function assemble(table, size) {
  const module = binaryen.parseText(wat(table, Math.ceil((TEXT + size) / PAGE)));
  module.optimize();
  const bytes = module.emitBinary();
  module.dispose();
  return Buffer.from(bytes).toString('base64');
}

/**
 * The literal's text, and the module that reads it (base64).
 * @param {Uint8Array} bytes
 * @returns {{text: string, unpacker: string}}
 */
export function packBytes(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  const byCount = counts.map((_, byte) => byte).sort((a, b) => counts[b] - counts[a]);
  const common = new Set(byCount.slice(0, SINGLES.length));
  const table = new Uint8Array(TEXT);
  const written = [];
  let [singles, pairs] = [0, SINGLES.length];
  // In the order of their values, so that neighbours stay neighbours.
  for (let byte = 0; byte < 256; byte += 1) {
    const place = common.has(byte) ? singles++ : pairs++;
    const part = Math.floor(place / SINGLES.length);
    const char = SINGLES[place % SINGLES.length];
    table[part * PART + char.charCodeAt(0)] = byte;
    written[byte] = (part > 0 ? ESCAPES[part - 1] : '') + char;
  }
  const text = Array.from(bytes, (byte) => written[byte]).join('');
  return { text, unpacker: assemble(table, text.length) };
}
