// The first stop of the Tab key: past the header to the content. A button, since the URL's hash belongs to the views.

export function SkipLink() {
  return <button type="button" className="skip-link" onClick={() => document.getElementById('main')?.focus()}>Skip to content</button>;
}
