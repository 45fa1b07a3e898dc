/** Reads the bytes back that `scripts/common/binary-literal.mjs` wrote as a string of printable ASCII. */

/** How many characters begin a pair; the others stand for one common byte each. */
const ESCAPES = 4;
const HEAD = 64;

/** The bytes of a packed text. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const alphabet = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join('').replace(/["$'<\\`]/g, '');
  const place = new Uint8Array(128);
  for (let at = 0; at < alphabet.length; at++) place[alphabet.charCodeAt(at)] = at;

  const [singles, pairs]: [number[], number[]] = [[], []];
  for (let byte = 0; byte < 256; byte++) {
    const bits = parseInt(text.slice((byte >> 3) * 2, (byte >> 3) * 2 + 2), 16);
    ((bits >> (byte & 7)) & 1 ? singles : pairs).push(byte);
  }

  const bytes = new Uint8Array(text.length - HEAD);
  let size = 0;
  for (let at = HEAD; at < text.length; at++) {
    const first = place[text.charCodeAt(at)] ?? 0;
    bytes[size++] = (first < ESCAPES
      ? pairs[first * singles.length + (place[text.charCodeAt(++at)] ?? 0) - ESCAPES]
      : singles[first - ESCAPES]) ?? 0;
  }
  return bytes.slice(0, size);
}
