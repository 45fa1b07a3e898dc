// A page that gets its config from Landfall.
import { createClient } from 'landfall';
import { pageOptions, record } from './recorder.js';

const recorder = record();
const { ports, endpoints, lateAfter } = pageOptions();
const before = performance.now();
const client = createClient({ ports, endpoints });
const { status } = client.snapshot();
// What a first render reads, in the task that has just created the client.
const read = { status, url: client.url('items'), methods: Object.keys(client.endpoint('orders')?.methods ?? {}) };
recorder.atOnce(performance.now() - before, read);

function tell() {
  const { status, baseUrl } = client.snapshot();
  if (status !== 'pending') recorder.told(status, baseUrl);
}

tell();
client.subscribe(tell);
client.on('service-relocated', ({ type }) => recorder.event(type));
if (lateAfter !== null) {
  client.ready().then(() => recorder.subscribeLate(lateAfter, (listener) => client.on('config-ready', listener)));
}
