// "/" leads to the search box from anywhere on the page, as it does on most pages that have one.
import { type RefObject, useEffect } from 'react';
import { routeHash } from '../model/route';

export function useSearchKey(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      const box = input.current;
      if (box === null) return;
      event.preventDefault();
      if (box.offsetParent === null) {
        // On a small screen the chosen service covers the list.
        window.addEventListener('hashchange', () => requestAnimationFrame(() => box.focus()), { once: true });
        window.location.hash = routeHash('services');
      }
      box.focus();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [input]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}
