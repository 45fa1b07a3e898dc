// Light or dark: as the system has it, until the reader chooses; the choice is remembered. The choice is an attribute on <html>, so that
// all colours stay in CSS.
import { useCallback, useState } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'landfall-dashboard:theme';

/** Puts the remembered theme on <html>; called before the first render, so that no page flashes in the wrong colours. */
export function applyTheme(theme: Theme = rememberedTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(rememberedTheme);
  const choose = useCallback((next: Theme) => {
    remember(next);
    applyTheme(next);
    setTheme(next);
  }, []);
  return [theme, choose];
}

function rememberedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system'; // Storage can be barred by the browser; the dashboard works without it.
  }
}

function remember(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Barred or full: the theme holds until the page is left.
  }
}
