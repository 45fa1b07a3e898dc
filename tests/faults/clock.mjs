// The clock that the pages and this process share: milliseconds since 1970, as a page's `performance.timeOrigin` counts.

export const clock = () => performance.timeOrigin + performance.now();
