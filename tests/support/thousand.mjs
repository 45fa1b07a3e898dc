// A thousand services, each of them really checked: one server answers below a thousand base paths, the settings name them all.
import { startDaemon } from './daemon.mjs';
import { startHttpServer } from './http-server.mjs';

export const COUNT = 1_000;
const TEAMS = ['shop', 'search', 'back office'];

/** The numbers of the services. */
export const ALL = Array.from({ length: COUNT }, (_, index) => index);
export const nameOf = (index) => `service-${String(index).padStart(4, '0')}`;
/** The value of its label `team`. */
export const teamOf = (index) => TEAMS[index % TEAMS.length];
/** One of a hundred has DELETE, which the others do not have. */
export const isRare = (index) => index % 100 === 7;

/** @param {(...parts: string[]) => string} folder paths below an empty folder of its own */
export async function startThousand(folder) {
  const backend = await startHttpServer((request, response) => response.writeHead(request.url.endsWith('/health') ? 200 : 404).end());
  const services = ALL.map((index) => `
    [[services]]
    name = "${nameOf(index)}"
    url = "http://127.0.0.1:${backend.port}/${index}"
    health_path = "/health"
    labels = { team = "${teamOf(index)}" }
    [services.endpoints.it]
    path = "/it"
    methods = ["${isRare(index) ? 'DELETE' : 'GET'}"]`);
  const settings = `[budget]\ncpu_percent = 100\n[sockets]\nenabled = false\n${services.join('')}`;
  const daemon = await startDaemon(folder, { settings });
  return { url: daemon.url, stop: () => Promise.all([daemon.stop(), backend.stop()]) };
}
