/**
 * Reads the bytes back that `scripts/common/binary-literal.mjs` wrote as a string of printable ASCII.
 *
 * It runs once, before anything of it is compiled, while the page waits for its config: so the text becomes bytes by the
 * platform, and what is left is one loop over one flat table.
 */

/** How many characters begin a pair; the others stand for one common byte each. */
const ESCAPES = 4;
const HEAD = 64;
/** The size of a part of the table; what is no byte is the place of another part. */
const PART = 256;

/** The bytes of a packed text. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const table = tableOf(text.slice(0, HEAD));
  let size = 0;
  let part = 0;
  for (let at = HEAD; at < bytes.length; at++) {
    const means = table[part + (bytes[at] ?? 0)] ?? 0;
    if (means < PART) {
      bytes[size++] = means;
      part = 0;
    } else part = means;
  }
  return bytes.subarray(0, size);
}

/** What each character means: a byte, or the part of the table that its pair is in. */
function tableOf(head: string): Uint16Array {
  const alphabet = Array.from({ length: 95 }, (_, at) => 0x20 + at).filter((code) => !'"$\'<\\`'.includes(String.fromCharCode(code)));
  const [escapes, singles] = [alphabet.slice(0, ESCAPES), alphabet.slice(ESCAPES)];
  const table = new Uint16Array((1 + ESCAPES) * PART);
  escapes.forEach((code, at) => { table[code] = (at + 1) * PART; });
  let [alone, paired] = [0, 0];
  for (let byte = 0; byte < 256; byte++) {
    const bits = parseInt(head.slice((byte >> 3) * 2, (byte >> 3) * 2 + 2), 16);
    const place = (bits >> (byte & 7)) & 1 ? alone++ : singles.length + paired++;
    table[Math.floor(place / singles.length) * PART + (singles[place % singles.length] ?? 0)] = byte;
  }
  return table;
}
