// The application of the page tests, as small as one can be: it makes a client with the options that stand in its URL,
// and keeps what it is told where a test can read it.
import { createClient } from 'landfall';

const options = JSON.parse(new URLSearchParams(location.search).get('options') ?? '{}');
const client = createClient({ devtools: true, ...options });
const told = [];

for (const type of ['config-ready', 'config-updated', 'service-relocated', 'endpoints-changed', 'discovery-failed']) {
  client.on(type, ({ detail, snapshot }) => told.push({ type, detail, status: snapshot.status, code: snapshot.code }));
}

window.application = { client, told };
