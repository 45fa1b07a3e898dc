/** Where this page or worker is; `undefined` on a server. */
export const page = (): Location | undefined => (globalThis as { location?: Location }).location;
