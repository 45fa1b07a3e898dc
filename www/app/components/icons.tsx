// The few pictures of the page, drawn in place: no icon font, no request. All are decoration beside words.

interface IconProps {
  readonly name: keyof typeof PATHS;
}

const PATHS = {
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 13.5 13.5',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M10 3 5 8l5 5',
  chevron: 'M6 4l4 4-4 4',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  screen: 'M2 3.5h12v7.5H2zM5.5 13.5h5',
  alert: 'M8 2.2 14.3 13.3H1.7zM8 6.4v3.2M8 11.3v.4',
} as const;

export function Icon({ name }: IconProps) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

/** The mark: a light above the horizon, and the water before it. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" className="brand-sea" />
      <path d="M16 6.5v2.6M8.6 9.4l1.8 1.8M23.4 9.4l-1.8 1.8M6.5 16.4H9M23 16.4h2.5M11 18.2a5 5 0 0 1 10 0z" className="brand-light" />
      <path d="M6 21.6h20M9.5 25.2h13" className="brand-line" />
    </svg>
  );
}
