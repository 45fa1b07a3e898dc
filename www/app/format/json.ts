// A config value as formatted JSON, bounded: a config may be megabytes, a page that shows it should not be.

/** Most characters of one formatted value that are put on the page. */
export const MAX_JSON = 20_000;

/** What is shown of a value. */
export interface FormattedJson {
  /** JSON with two spaces of indentation, cut at {@link MAX_JSON} characters. */
  readonly text: string;
  /** How many characters were left off; 0 when all of it is there. */
  readonly omitted: number;
}

/** `value` as formatted JSON. A value that JSON cannot say (a function put in by a page) is named by its type. */
export function formatJson(value: unknown, max: number = MAX_JSON): FormattedJson {
  const text = stringify(value);
  return text.length > max ? { text: `${text.slice(0, max)}…`, omitted: text.length - max } : { text, omitted: 0 };
}

/** The JSON type of a value, as a reader would name it. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function stringify(value: unknown): string {
  try {
    // undefined and functions have no JSON text, against the declared type of JSON.stringify.
    const text: unknown = JSON.stringify(value, null, 2);
    return typeof text === 'string' ? text : `(${typeof value})`;
  } catch {
    return '(a value that JSON cannot express)';
  }
}
