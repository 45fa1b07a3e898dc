// An application whose hand-written config service was replaced by the drop-in one, with the options that stand in its URL.
import { createConfigService } from 'landfall/config-service';

const options = JSON.parse(new URLSearchParams(location.search).get('options') ?? '{}');
const service = createConfigService({ devtools: true, ...options });
const told = [];

for (const type of ['config-ready', 'config-updated', 'discovery-failed', 'service-relocated']) {
  service.on(type, (detail) => told.push({ type, detail }));
}

window.application = { service, client: service.client, create: createConfigService, told };
