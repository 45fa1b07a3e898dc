/** `client.events`: an EventSource (WHATWG HTML, 9.2) as a carrier. It comes back by itself after most breaks, with its `Last-Event-ID`. */
import type { EventsOptions } from '../types.js';
import { Connection } from './connection.js';
import type { Shared } from './context.js';
import type { Place } from './place.js';
import { guard } from './trust.js';

/** Opens a shared event stream. */
export function openEvents(shared: Shared, place: Place, { types = [], withCredentials = false }: EventsOptions, ended: () => void) {
  return new Connection(shared, place, {
    dial: (url, reports) => {
      // Each time: it may have moved to where credentials may not go.
      if (withCredentials) guard(place.name, url, shared);
      const source = new EventSource(url, { withCredentials });
      source.onopen = () => { reports.opened(); };
      source.onerror = () => { reports.broken({ holds: source.readyState === EventSource.CONNECTING }); };
      for (const type of new Set(['message', ...types])) {
        source.addEventListener(type, ({ data, lastEventId, origin }: MessageEvent<string>) => {
          reports.told(() => new MessageEvent(type, { data, lastEventId, origin }));
        });
      }
      return source;
    },
  }, ended);
}
