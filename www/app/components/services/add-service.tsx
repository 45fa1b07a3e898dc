// The machine has no service but the daemon: what to do about that. Shown instead of samples, which would be mistaken for services.

const SETTINGS = `[[services]]
name = "items-api"
url = "http://127.0.0.1:8000"`;

/** `empty`: not even the daemon is known. */
export function AddService({ empty }: { readonly empty: boolean }) {
  return (
    <section className="add-service" aria-labelledby="add-service-title">
      <h2 id="add-service-title">{empty ? 'No services are known' : 'Only the daemon itself runs here'}</h2>
      <p>No other HTTP service of your user was found on this machine. There are two ways to see one here; neither needs a restart of this page.</p>
      <ol>
        <li>
          <h3>Start one</h3>
          <p>Any HTTP server that you start is found by its listening socket, usually within seconds:</p>
          <pre tabIndex={0}>python3 -m http.server 8000</pre>
          <p className="faint">If it publishes an OpenAPI document at <code>/openapi.json</code>, its endpoints and methods are read from there.</p>
        </li>
        <li>
          <h3>Write it down</h3>
          <p>Name it in a settings file, and start the daemon with <code>landfall serve --settings landfall.toml</code>:</p>
          <pre tabIndex={0}>{SETTINGS}</pre>
        </li>
      </ol>
    </section>
  );
}
