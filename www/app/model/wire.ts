// Reading unknown JSON: small readers that give a value of the right type within bounds, or null. The daemon's side resources
// (/v1/health, /v1/status) are parsed with these, so that no other part of the page meets an unexpected type.

export type JsonObject = Readonly<Record<string, unknown>>;

/** `value` if it is a JSON object (not null, not an array). */
export function object(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** `value` if it is an array, cut to its first `max` elements. */
export function list(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : [];
}

/** `value` if it is a string of at most `max` UTF-16 units. */
export function text(value: unknown, max: number): string | null {
  return typeof value === 'string' && value.length <= max ? value : null;
}

/** `value` if it is a finite number, held between `least` and `most`. */
export function number(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : null;
}

/** `value` if it is a finite number of zero or more. */
export function amount(value: unknown): number | null {
  return number(value, 0, Number.MAX_SAFE_INTEGER);
}
