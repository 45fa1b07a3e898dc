// What an application's own OpenAPI document says of its endpoints, in the shape in which tests compare it.

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Reads `/openapi.json`: path template to its methods, both sorted, e.g. `{'/items': ['GET', 'POST']}`. */
export async function describedMethods(url) {
  const { paths } = await (await fetch(`${url}/openapi.json`)).json();
  return sorted(Object.entries(paths).map(([path, item]) => [path, METHODS.filter((method) => item[method]).map((it) => it.toUpperCase())]));
}

/** `[path, methods]` pairs as an object that `deepEqual` compares and a reader compares too. */
export const sorted = (pairs) => Object.fromEntries(pairs.map(([path, methods]) => [path, [...methods].sort()]).sort());
