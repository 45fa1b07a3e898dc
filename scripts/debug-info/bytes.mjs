// Reads little-endian binary data in order: integers, LEB128 numbers, strings.

/** A cursor over a buffer. */
export class Bytes {
  /**
   * @param {Buffer} data
   * @param {number} [at] where to begin
   * @param {number} [end] where to stop
   */
  constructor(data, at = 0, end = data.length) {
    this.data = data;
    this.at = at;
    this.end = end;
  }

  get done() {
    return this.at >= this.end;
  }

  skip(count) {
    this.at += count;
  }

  u8() {
    return this.data.readUInt8(this.at++);
  }

  i8() {
    return this.data.readInt8(this.at++);
  }

  u16() {
    this.at += 2;
    return this.data.readUInt16LE(this.at - 2);
  }

  u32() {
    this.at += 4;
    return this.data.readUInt32LE(this.at - 4);
  }

  /** An unsigned number of this many bytes (1, 2 or 4; 8 where the value is below 2^48). */
  unsigned(size) {
    const low = this.data.readUIntLE(this.at, Math.min(size, 6));
    this.at += size;
    return low;
  }

  /** An unsigned LEB128 number. */
  uleb() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  /** A signed LEB128 number. */
  sleb() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return byte & 0x40 ? value - factor * 128 : value;
    }
  }

  /** A string that ends with a zero byte. */
  text() {
    const end = this.data.indexOf(0, this.at);
    const value = this.data.toString('utf8', this.at, end);
    this.at = end + 1;
    return value;
  }
}
