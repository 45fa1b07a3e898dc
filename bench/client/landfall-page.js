// A page that gets its config from Landfall.
import { createClient } from 'landfall';
import { pageOptions, record } from './recorder.js';

const recorder = record();
const { ports, endpoints, lateAfter } = pageOptions();
const client = createClient({ ports, endpoints });

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
