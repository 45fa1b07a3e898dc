// Makes a source map of a wasm file's DWARF, so that browsers show the Rust sources without any extension.
//
// A source map has lines and columns; for wasm the line is the first and the column is the byte's offset in the file.
// Sources are named by where they belong, not by where this machine keeps them, and come with their text.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from '../common/paths.mjs';
import { lineSequences } from './lines.mjs';
import { compilationUnits } from './units.mjs';
import { readWasm, withSourceMap } from './wasm-file.mjs';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A signed number as source maps write it (base64 VLQ). */
function vlq(value) {
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += BASE64[rest > 0 ? digit + 32 : digit];
  } while (rest > 0);
  return text;
}

/** What a source file is called in the debugger, and where its text is on this machine. */
function source(file, stdSources) {
  const crate = /\/(?:registry\/src\/[^/]+|rust\/deps)\/(.*)$/.exec(file)?.[1];
  if (crate) return { name: `rust://crates/${crate}`, file };
  // The library that came compiled names its sources by where they were compiled.
  const std = /\/library\/(.*)$/.exec(file)?.[1];
  if (std) return { name: `rust://std/${std}`, file: path.join(stdSources, std) };
  const below = path.relative(ROOT, file);
  return { name: below.startsWith('..') ? `rust://other/${path.basename(file)}` : `rust://landfall/${below}`, file };
}

/** All rows in the order of their place in the file; rows of code that was dropped are left out. */
function placedRows({ code, custom }) {
  const sequences = lineSequences(custom.get('.debug_line'), compilationUnits(custom));
  const kept = sequences.filter((rows) => rows[0].address > 0 && rows.at(-1).address <= code.size);
  kept.sort((a, b) => a[0].address - b[0].address);
  return kept.flat().map((row) => ({ ...row, offset: row.address + code.start }));
}

/** The map's mappings and, in the order of their numbers, its sources: where each one's text is, by name. */
function encode(rows, stdSources) {
  const sources = new Map();
  const numbers = new Map();
  const numberOf = (file) => {
    if (!numbers.has(file)) {
      const found = source(file, stdSources);
      if (!sources.has(found.name)) sources.set(found.name, { number: sources.size, file: found.file });
      numbers.set(file, sources.get(found.name).number);
    }
    return numbers.get(file);
  };
  const segments = [];
  const last = { offset: 0, source: 0, line: 0, column: 0 };
  let before = '';
  for (const { offset, file, line, column } of rows) {
    const known = file !== null && line > 0;
    const now = known ? `${file}:${line}:${column}` : '';
    if (now === before) continue;
    before = now;
    let segment = vlq(offset - last.offset);
    last.offset = offset;
    if (known) {
      const next = { source: numberOf(file), line: line - 1, column: Math.max(column - 1, 0) };
      for (const field of ['source', 'line', 'column']) segment += vlq(next[field] - last[field]);
      Object.assign(last, next);
    }
    segments.push(segment);
  }
  return { mappings: segments.join(','), sources };
}

/**
 * Takes the DWARF out of NAME.wasm and writes it as NAME.wasm.map, which the file then names. The file as it was becomes
 * NAME.dwarf.wasm, for tools that read DWARF; browsers that find both would follow only the DWARF.
 * @param {string} wasmFile a wasm file with DWARF
 * @param {string} stdSources the folder of the standard library's sources; their text is left out where it is missing
 */
export function addSourceMap(wasmFile, stdSources) {
  const wasm = readFileSync(wasmFile);
  const { mappings, sources } = encode(placedRows(readWasm(wasm)), stdSources);
  const map = {
    version: 3,
    file: path.basename(wasmFile),
    names: [],
    sources: [...sources.keys()],
    sourcesContent: [...sources.values()].map(({ file }) => (existsSync(file) ? readFileSync(file, 'utf8') : null)),
    mappings,
  };
  writeFileSync(wasmFile.replace(/\.wasm$/, '.dwarf.wasm'), wasm);
  writeFileSync(`${wasmFile}.map`, JSON.stringify(map));
  writeFileSync(wasmFile, withSourceMap(wasm, `${path.basename(wasmFile)}.map`));
}
