// DWARF's line tables (`.debug_line`, versions 2 to 4, which is what rustc writes for wasm32): which source line each instruction came from.
// The programs are those of the DWARF 4 standard, section 6.2.
import path from 'node:path';

import { Bytes } from './bytes.mjs';

const STANDARD = { copy: 1, advancePc: 2, advanceLine: 3, setFile: 4, setColumn: 5, constAddPc: 8, fixedAdvancePc: 9 };
const EXTENDED = { endSequence: 1, setAddress: 2 };

function header(bytes, folder) {
  const end = bytes.u32() + bytes.at;
  const version = bytes.u16();
  if (version < 2 || version > 4) throw new Error(`DWARF line tables of version ${version} are not known here`);
  const program = bytes.u32() + bytes.at;
  const step = bytes.u8();
  if (version === 4) bytes.skip(1); // Operations per instruction: wasm has no bundles.
  bytes.skip(1); // Whether a row begins a statement by default.
  const [lineBase, lineRange, opcodeBase] = [bytes.i8(), bytes.u8(), bytes.u8()];
  const operands = [0];
  while (operands.length < opcodeBase) operands.push(bytes.u8());
  const folders = [folder];
  for (let name = bytes.text(); name; name = bytes.text()) folders.push(path.resolve(folder, name));
  const files = [null];
  for (let name = bytes.text(); name; name = bytes.text()) {
    files.push(path.resolve(folders[bytes.uleb()], name));
    bytes.uleb(); // Time of change.
    bytes.uleb(); // Length.
  }
  return { end, program, step, lineBase, lineRange, opcodeBase, operands, files };
}

const first = () => ({ address: 0, file: 1, line: 1, column: 0 });

/** Runs one unit's program; calls back with every sequence of rows, the last of which is its end. */
function run(bytes, { end, program, step, lineBase, lineRange, opcodeBase, operands, files }, sequence) {
  let state = first();
  let rows = [];
  const emit = () => rows.push({ address: state.address, file: files[state.file], line: state.line, column: state.column });
  bytes.at = program;
  while (bytes.at < end) {
    const opcode = bytes.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      state.address += Math.floor(adjusted / lineRange) * step;
      state.line += lineBase + (adjusted % lineRange);
      emit();
    } else if (opcode === 0) {
      const length = bytes.uleb();
      const next = bytes.at + length;
      const extended = bytes.u8();
      if (extended === EXTENDED.setAddress) state.address = bytes.unsigned(length - 1);
      if (extended === EXTENDED.endSequence) {
        rows.push({ address: state.address, file: null });
        sequence(rows);
        [state, rows] = [first(), []];
      }
      bytes.at = next;
    } else if (opcode === STANDARD.copy) emit();
    else if (opcode === STANDARD.advancePc) state.address += bytes.uleb() * step;
    else if (opcode === STANDARD.advanceLine) state.line += bytes.sleb();
    else if (opcode === STANDARD.setFile) state.file = bytes.uleb();
    else if (opcode === STANDARD.setColumn) state.column = bytes.uleb();
    else if (opcode === STANDARD.constAddPc) state.address += Math.floor((255 - opcodeBase) / lineRange) * step;
    else if (opcode === STANDARD.fixedAdvancePc) state.address += bytes.u16();
    else for (let count = operands[opcode]; count > 0; count -= 1) bytes.uleb();
  }
}

/**
 * @param {Buffer} section `.debug_line`
 * @param {{lines: number, folder: string}[]} units see units.mjs
 * @returns {{address: number, file: string | null, line?: number, column?: number}[][]}
 *   sequences of rows by address; a row without a file ends its sequence; line 0 means code of no line
 */
export function lineSequences(section, units) {
  const sequences = [];
  for (const { lines, folder } of units) {
    const bytes = new Bytes(section, lines);
    run(bytes, header(bytes, folder), (rows) => sequences.push(rows));
  }
  return sequences;
}
