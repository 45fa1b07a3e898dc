// On a small screen a chosen service takes the list's place. Going back leads to where the list was.
import { useLayoutEffect, useRef } from 'react';

/** `away`: whether the list is left for something else. Does nothing where both have room beside each other. */
export function useKeptScroll(away: boolean): void {
  const kept = useRef(0);
  const wasAway = useRef(away);
  useLayoutEffect(() => {
    const remember = (): void => {
      if (!wasAway.current) kept.current = window.scrollY;
    };
    window.addEventListener('scroll', remember, { passive: true });
    return () => window.removeEventListener('scroll', remember);
  }, []);
  useLayoutEffect(() => {
    if (wasAway.current === away) return;
    wasAway.current = away;
    if (window.matchMedia(SIDE_BY_SIDE).matches) return;
    window.scrollTo({ top: away ? 0 : kept.current, behavior: 'instant' });
  }, [away]);
}

/** The width from which list and detail stand side by side; the same number is in styles/services.css. */
const SIDE_BY_SIDE = '(min-width: 1100px)';
