// Makes text that came from a service fit to show: everything a service says about itself is hostile. Control and bidirectional
// control characters become U+FFFD, so that no name can reorder or hide its neighbours, and every length is bounded.

const unshowable = /\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/gu;

/** Longest name, title or path that is put on the page, in code points; the rest is an ellipsis. */
export const MAX_TEXT = 160;

/** `text` without control characters and with at most `max` code points, the last of them an ellipsis where it was cut. */
export function clip(text: string, max: number = MAX_TEXT): string {
  // Cutting code units first keeps a megabyte of text from being split into code points.
  const points = Array.from(text.slice(0, max * 2 + 2).replace(unshowable, '\uFFFD'));
  return points.length > max ? `${points.slice(0, max - 1).join('')}…` : points.join('');
}

/** `url` if it is an absolute http(s) URL that may become a link; `undefined` for everything else (`javascript:`, relative, credentials). */
export function linkTarget(url: string): string | undefined {
  if (url.length > 2048 || !/^https?:\/\//i.test(url)) return undefined;
  try {
    const parsed = new URL(url);
    return parsed.username === '' && parsed.password === '' ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/** The host and port of an http(s) URL with its base path, as people say it: `127.0.0.1:8000/api`. Anything else is only clipped. */
export function shortUrl(url: string): string {
  return clip(url.replace(/^https?:\/\//i, '').replace(/\/$/, ''));
}

/** "1 service", "3 services": the count with its noun. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${whole(count)} ${count === 1 ? noun : plural}`;
}

const grouping = new Intl.NumberFormat('en');

/** An integer with grouping: 12,345. */
export function whole(count: number): string {
  return grouping.format(count);
}

/** A reason such as "read from the daemon" as a sentence: a capital first, a full stop last. */
export function sentence(reason: string): string {
  const text = clip(reason, 400).trim();
  const closed = /[.!?…]$/.test(text) || text === '' ? text : `${text}.`;
  return closed.charAt(0).toUpperCase() + closed.slice(1);
}
