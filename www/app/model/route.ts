// What the page shows, kept in the URL's hash so that a view can be linked, reloaded and gone back to.

export const VIEWS = ['services', 'drift', 'budget', 'config', 'trace', 'requests'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** The selected service of the view 'services'. */
  readonly service: string | null;
}

/** Reads a hash such as `#/services/items-api`. Anything unknown is the list of services. */
export function readRoute(hash: string): Route {
  const [view, service] = hash.replace(/^#?\/?/, '').split('/', 2);
  const known = VIEWS.find((name) => name === view) ?? 'services';
  return { view: known, service: known === 'services' && service !== undefined && service !== '' ? decoded(service) : null };
}

/** The hash of a route. */
export function routeHash(view: View, service: string | null = null): string {
  return service === null ? `#/${view}` : `#/${view}/${encodeURIComponent(service)}`;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null; // A percent sign that encodes nothing: no service has such a name.
  }
}
