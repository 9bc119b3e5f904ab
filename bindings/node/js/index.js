// The package: loads the module, and exports what works with it.

import { isStarted, start } from "./module.js";

export { Filter, FilterError, check, codes, methods, tokenize } from "./filter.js";

let starting = null;

/** Loads the module. Later calls do nothing. */
export function init(source) {
  if (isStarted()) return Promise.resolve();
  if (starting === null) {
    starting = load(source).then(start);
    // Another call can try again.
    starting.catch(() => (starting = null));
  }
  return starting;
}

async function load(source = new URL("../gchat_filter.wasm", import.meta.url)) {
  const module = await source;
  if (module instanceof WebAssembly.Module) return WebAssembly.instantiate(module);
  const { instance } = await WebAssembly.instantiate(await bytes(module));
  return instance;
}

/** Returns the bytes of a URL or a response; anything else is the bytes. */
async function bytes(source) {
  if (typeof source === "string" || source instanceof URL) {
    const url = new URL(source, import.meta.url);
    if (url.protocol === "file:") {
      // Node's fetch does not read files. A bundler must not look for the module: hence a variable.
      const files = "node:fs/promises";
      const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ files);
      return readFile(url);
    }
    return bytes(await fetch(url));
  }
  if (typeof Response === "function" && source instanceof Response) {
    if (!source.ok) throw new Error(`gchat-filter: ${source.url}: HTTP status ${source.status}`);
    return source.arrayBuffer();
  }
  return source;
}
