// Bytes as the text of a JavaScript string literal; `www/lib/core/unpack.ts` reads it back.
//
// The text is printable ASCII without a character that any quote, template, escape or HTML parser knows, so that it
// means the same in every encoding of a page and after every minifier. The bytes that are most common take one
// character, the others two, which compresses to 2 % more than the bytes themselves (base64: 27 %).

/** One, or the first of two: the first ESCAPES of them begin a pair. */
const ALPHABET = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).filter((char) => !'"$\'<\\`'.includes(char));
const ESCAPES = 4;
const SINGLES = ALPHABET.length - ESCAPES;

/** The literal's text: 64 hex digits that say which bytes take one character, then the bytes. */
export function packBytes(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  const byCount = counts.map((_, byte) => byte).sort((a, b) => counts[b] - counts[a]);
  const common = new Set(byCount.slice(0, SINGLES));
  const head = Buffer.alloc(32);
  const text = [];
  let [singles, pairs] = [0, 0];
  for (let byte = 0; byte < 256; byte += 1) {
    if (common.has(byte)) {
      head[byte >> 3] |= 1 << (byte & 7);
      text[byte] = ALPHABET[ESCAPES + singles];
      singles += 1;
    } else {
      text[byte] = ALPHABET[Math.floor(pairs / SINGLES)] + ALPHABET[ESCAPES + (pairs % SINGLES)];
      pairs += 1;
    }
  }
  return head.toString('hex') + Array.from(bytes, (byte) => text[byte]).join('');
}
