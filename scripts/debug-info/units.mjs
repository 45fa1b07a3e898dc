// DWARF's compilation units (`.debug_info`), as far as the line tables need them: the folder in which each was compiled.
import path from 'node:path';

import { Bytes } from './bytes.mjs';

const NAME = 0x03;
const LINE_TABLE = 0x10;
const FOLDER = 0x1b;

/** How to read each form of a value that stands in a unit's first entry (DWARF 4 and 5, 32-bit format). */
const FORMS = {
  0x01: (bytes) => bytes.u32(), // addr
  0x05: (bytes) => bytes.u16(), // data2
  0x06: (bytes) => bytes.u32(), // data4
  0x07: (bytes) => bytes.unsigned(8), // data8
  0x08: (bytes) => bytes.text(), // string
  0x0b: (bytes) => bytes.u8(), // data1
  0x0c: (bytes) => bytes.u8(), // flag
  0x0d: (bytes) => bytes.sleb(), // sdata
  0x0e: (bytes, strings) => strings('.debug_str', bytes.u32()), // strp
  0x0f: (bytes) => bytes.uleb(), // udata
  0x17: (bytes) => bytes.u32(), // sec_offset
  0x19: () => 1, // flag_present
  0x1f: (bytes, strings) => strings('.debug_line_str', bytes.u32()), // line_strp
};

/** The attributes that an abbreviation declares: pairs of attribute and form. */
function abbreviation(table, wanted) {
  while (!table.done) {
    const code = table.uleb();
    if (code === 0) break;
    table.uleb(); // The entry's tag.
    table.u8(); // Whether it has children.
    const attributes = [];
    for (;;) {
      const [attribute, form] = [table.uleb(), table.uleb()];
      if (attribute === 0 && form === 0) break;
      attributes.push([attribute, form]);
    }
    if (code === wanted) return attributes;
  }
  throw new Error(`DWARF abbreviation ${wanted} is missing`);
}

/**
 * @param {Map<string, Buffer>} sections the file's custom sections
 * @returns {{lines: number, folder: string}[]} for each unit: where its line table begins in `.debug_line`, where it was compiled
 */
export function compilationUnits(sections) {
  const info = sections.get('.debug_info');
  const strings = (section, offset) => new Bytes(sections.get(section), offset).text();
  const units = [];
  for (let start = 0; start < info.length;) {
    const unit = new Bytes(info, start);
    start = unit.u32() + 4 + start;
    const version = unit.u16();
    let abbreviations;
    if (version >= 5) {
      unit.skip(2); // Unit type and address size.
      abbreviations = unit.u32();
    } else {
      abbreviations = unit.u32();
      unit.skip(1);
    }
    const values = new Map();
    const attributes = abbreviation(new Bytes(sections.get('.debug_abbrev'), abbreviations), unit.uleb());
    for (const [attribute, form] of attributes) {
      if (!FORMS[form]) throw new Error(`DWARF form 0x${form.toString(16)} is not known here`);
      values.set(attribute, FORMS[form](unit, strings));
    }
    if (!values.has(LINE_TABLE)) continue;
    units.push({ lines: values.get(LINE_TABLE), folder: values.get(FOLDER) ?? path.dirname(values.get(NAME) ?? '/') });
  }
  return units;
}
