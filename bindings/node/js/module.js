// The WebAssembly module from JavaScript: the other side of `src/boundary.rs`. It has no imports, and uses
// nothing that Apps Script lacks: no TextEncoder, no fetch, no promises.

/** Results of the module's functions that are neither numbers nor texts. */
export const YES = 1;
export const ERROR = 2;

/** The exported functions, once there is an instance. */
let wasm = null;

/** The input buffer: bytes of UTF-8 in the module's memory. */
let input = null;

/** What the module says about itself: names of methods, presets, tokens and codes. */
let description = null;

/** Indexes of names in the description. */
let indexes = null;

const MISSING = "gchat-filter: call `await init()` first";

/** Starts with an instance of the module. */
export function start(instance) {
  wasm = instance.exports;
  input = null;
  wasm.description();
  description = JSON.parse(output());
  const byName = (names) => new Map(names.map((name, index) => [name, index]));
  indexes = { method: byName(description.methods), preset: byName(description.presets) };
}

export function isStarted() {
  return wasm !== null;
}

export function exports() {
  if (wasm === null) throw new Error(MISSING);
  return wasm;
}

export function described() {
  exports();
  return description;
}

/** Returns the index of a method or a preset; undefined for an unknown name. */
export function indexOf(kind, name) {
  exports();
  return indexes[kind].get(name);
}

/**
 * Writes a text to the input buffer as UTF-8, after what is before an offset. Returns the offset of its
 * end.
 */
export function write(text, start = 0) {
  const { length } = text;
  const needed = start + 3 * length;
  // The buffer is detached, and has no length, whenever the memory grows.
  if (input === null || input.length < needed) {
    const bytes = Math.max(needed, 1024);
    const address = exports().input(bytes);
    input = new Uint8Array(wasm.memory.buffer, address, bytes);
  }
  const buffer = input;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return writeWide(text, at, start + at);
    buffer[start + at] = code;
  }
  return start + length;
}

/** Writes the rest of a text, whose characters are not all ASCII. */
function writeWide(text, from, start) {
  const buffer = input;
  let end = start;
  const continuation = (bits) => (buffer[end++] = 0x80 | (bits & 0x3f));
  for (let at = from; at < text.length; at++) {
    let code = text.codePointAt(at);
    // A part of a surrogate pair becomes a replacement character.
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) {
      buffer[end++] = code;
    } else if (code < 0x800) {
      buffer[end++] = 0xc0 | (code >> 6);
      continuation(code);
    } else if (code < 0x10000) {
      buffer[end++] = 0xe0 | (code >> 12);
      continuation(code >> 6);
      continuation(code);
    } else {
      buffer[end++] = 0xf0 | (code >> 18);
      continuation(code >> 12);
      continuation(code >> 6);
      continuation(code);
      at += 1;
    }
  }
  return end;
}

/** Returns the module's output. */
export function output() {
  const length = wasm.output_units();
  const units = new Uint16Array(wasm.memory.buffer, wasm.output(), length);
  let text = "";
  // Engines limit the number of arguments.
  for (let at = 0; at < length; at += 8192) {
    text += String.fromCharCode.apply(null, units.subarray(at, at + 8192));
  }
  return text;
}

/**
 * Returns a function that converts offsets in bytes of UTF-8, which the module counts in, to offsets in
 * the string.
 */
export function offsets(text) {
  // Bytes before each unit; one pass, because a text can have many offsets.
  let bytes = 0;
  const at = [];
  for (let unit = 0; unit < text.length; unit++) {
    at[bytes] = unit;
    const code = text.codePointAt(unit);
    if (code < 0x80) {
      bytes += 1;
    } else if (code < 0x800) {
      bytes += 2;
    } else if (code < 0x10000) {
      bytes += 3;
    } else {
      bytes += 4;
      unit += 1;
    }
  }
  at[bytes] = text.length;
  return bytes === text.length ? (offset) => offset : (offset) => at[offset];
}
