// A dedicated worker that finds the backend by itself, with the options that stand in its URL, and tells its page what it
// has found. A worker has neither a document nor localStorage.
import { createClient } from 'landfall';

const options = JSON.parse(new URLSearchParams(location.search).get('options'));
const client = createClient(options);
const tell = (kind, more) => globalThis.postMessage({ kind, snapshot: client.snapshot(), ...more });

globalThis.addEventListener('error', ({ message }) => tell('error', { message }));
globalThis.addEventListener('unhandledrejection', ({ reason }) => tell('error', { message: String(reason) }));
globalThis.addEventListener('message', ({ data }) => {
  if (data.provide) client.provide(data.provide);
  else if (data.close) client.close();
});
client.subscribe(() => tell('change', { url: client.url('/boats/{boat}', { boat: 7 }) }));
client.ready().then(() => tell('ready'));
