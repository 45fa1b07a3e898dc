// Short names for what crosses between the engine and its JavaScript: the long ones are for nobody, and do not compress.
import { Failure } from '../common/failure.mjs';

/**
 * The JavaScript that wasm-bindgen made, with the names that wasm-opt gave instead.
 *
 * @param {string} glue as wasm-bindgen writes it: imports are members of one object, exports are members of `wasm`
 * @param {{imports: [string, string, string][], exports: [string, string][]}} renamed what wasm-opt says of
 *   `--minify-imports-and-exports-and-modules`
 * @returns {string}
 */
export function withShortNames(glue, { imports, exports }) {
  const replace = (text, pattern, by) => {
    const parts = text.split(pattern);
    if (parts.length === 1) throw new Failure(`the engine's JavaScript has no ${pattern}`);
    return parts.join(by);
  };
  let short = glue;
  for (const module of new Set(imports.map(([name]) => name))) short = replace(short, `"${module}": import0`, '"a": import0');
  for (const [, name, by] of imports) short = replace(short, new RegExp(`(?<=^\\s+)${name}(?=: function\\()`, 'm'), by);
  for (const [name, by] of exports) {
    // Some are for a host that ends an instance by force; nobody does that here.
    short = short.split(new RegExp(`(?<=\\bwasm\\.)${name}\\b`)).join(by);
  }
  return short;
}
