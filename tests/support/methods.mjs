// The rule that holds for everything that looks for something: GET and OPTIONS only, whoever counts.
import assert from 'node:assert/strict';

/** Fails when a request to this server was sent by another method than GET or OPTIONS, or when there was none at all. */
export function assertOnlySafeMethods(who, requests) {
  assert.notEqual(requests.length, 0, `${who} was never asked anything`);
  const others = requests.filter(({ method }) => !['GET', 'OPTIONS', 'WEBSOCKET'].includes(method));
  assert.deepEqual(others, [], `${who} was sent other methods than GET and OPTIONS`);
}
