// A page that gets its config from the service that an application writes by hand.
import { createPlainService } from './plain-service.js';
import { pageOptions, record } from './recorder.js';

const recorder = record();
const { ports, endpoints, lateAfter } = pageOptions();
const service = createPlainService({ ports, endpoints });

service.on('config-ready', (config) => {
  recorder.told('live', config.API_BASE_URL);
  if (lateAfter !== null) recorder.subscribeLate(lateAfter, (listener) => service.on('config-ready', listener));
});
service.discover();
