import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { packBytes } from '../../../scripts/common/binary-literal.mjs';
import { unpack } from './unpack.js';

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const skewed = Uint8Array.from({ length: 10_000 }, (_, at) => (at * at * 7919) % 251 % 97);
const large = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31) % 256);

describe('packed bytes', () => {
  it.each([['none', new Uint8Array()], ['one', Uint8Array.of(255)], ['every byte', every], ['some more than others', skewed], ['more than a page', large]])(
    'come back as they were: %s', (_, bytes) => {
      const { text, unpacker } = packBytes(bytes);
      expect(unpack(text, unpacker)).toEqual(bytes);
    });

  it('are printable ASCII that no quote, template or HTML parser takes for something else', () => {
    expect(packBytes(every).text).toMatch(/^[ !#%&()*+,\-./0-9:;=>?@A-Z[\]^_a-z{|}~]+$/);
  });

  it.each(['ascii', 'utf8'] as const)('are left as they are by a minifier that writes %s', (charset) => {
    const { text } = packBytes(every);
    const { code } = transformSync(`console.log("${text}")`, { minify: true, charset });
    expect(code).toContain(text);
  });
});
