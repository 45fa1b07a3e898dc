/** Bytes as the text of a JavaScript string literal, and the module that reads them back (base64). */
export function packBytes(bytes: Uint8Array): { text: string; unpacker: string };
