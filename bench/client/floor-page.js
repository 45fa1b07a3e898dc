// A page that reads what the client keeps for the next visit, and does nothing else with it: the least that a second visit takes.
import { record } from './recorder.js';

const recorder = record();
const before = performance.now();
const { s: snapshot } = JSON.parse(localStorage.getItem('landfall:default'));
recorder.atOnce(performance.now() - before, { url: snapshot.baseUrl });
