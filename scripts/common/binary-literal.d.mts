/** Bytes as the text of a JavaScript string literal. */
export function packBytes(bytes: Uint8Array): string;
