/**
 * Reads the bytes back that `scripts/common/binary-literal.mjs` wrote as a string of printable ASCII.
 *
 * It runs once, before anything of it is compiled, while the page waits for its config: so the text becomes bytes by the
 * platform, and what is left is one loop over flat tables.
 */

/** How many characters begin a pair; the others stand for one common byte each. */
const ESCAPES = 4;
const HEAD = 64;
/** ASCII. */
const CODES = 128;

/** The bytes of a packed text. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const { begins, means } = tablesOf(text.slice(0, HEAD));
  let size = 0;
  let table = 0;
  for (let at = HEAD; at < bytes.length; at++) {
    const code = bytes[at] ?? 0;
    const next = begins[code] ?? 0;
    if (next === 0) bytes[size++] = means[table + code] ?? 0;
    table = next;
  }
  return bytes.subarray(0, size);
}

/** What the characters mean: a table of bytes for those that stand alone, then one for each that begins a pair; `begins` says which. */
function tablesOf(head: string) {
  const alphabet = Array.from({ length: 95 }, (_, at) => 0x20 + at).filter((code) => !'"$\'<\\`'.includes(String.fromCharCode(code)));
  const [escapes, singles] = [alphabet.slice(0, ESCAPES), alphabet.slice(ESCAPES)];
  const begins = new Uint16Array(CODES);
  escapes.forEach((code, at) => { begins[code] = (at + 1) * CODES; });

  const means = new Uint8Array((1 + ESCAPES) * CODES);
  let [alone, paired] = [0, 0];
  for (let byte = 0; byte < 256; byte++) {
    const bits = parseInt(head.slice((byte >> 3) * 2, (byte >> 3) * 2 + 2), 16);
    const isAlone = (bits >> (byte & 7)) & 1;
    const place = isAlone ? alone++ : singles.length + paired++;
    means[Math.floor(place / singles.length) * CODES + (singles[place % singles.length] ?? 0)] = byte;
  }
  return { begins, means };
}
