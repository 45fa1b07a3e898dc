// Where the focus goes when a service is opened or closed: to its heading, and back to its row. Not when the page is loaded.
import { useEffect, useRef } from 'react';
import { routeHash } from '../model/route';

export function useSelectionFocus(selected: string | null): void {
  const before = useRef(selected);
  useEffect(() => {
    const from = before.current;
    if (from === selected) return;
    before.current = selected;
    if (selected !== null) {
      document.getElementById('service-detail-name')?.focus({ preventScroll: true });
      return;
    }
    // A frame for the scrolling back, another one for the rows that it draws.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => focusRow(from));
    });
    return () => cancelAnimationFrame(frame);
  }, [selected]);
}

function focusRow(name: string | null): void {
  // The focus may have gone elsewhere meanwhile: "/" leads to the search box. What vanished with the service leaves it on the body.
  if (document.activeElement !== document.body) return;
  const hash = routeHash('services', name);
  document.querySelector<HTMLElement>(`.row-link[href="${CSS.escape(hash)}"]`)?.focus({ preventScroll: true });
}
