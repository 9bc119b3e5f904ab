// The end of the file for Apps Script, which has neither fetch nor atob: the module is in the file.

/** Decodes base64. */
function decode(base64) {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const values = new Uint8Array(128);
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value;
  const length = base64.replace(/=+$/, "").length;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let count = 0;
  let end = 0;
  for (let at = 0; at < length; at++) {
    bits = ((bits << 6) | values[base64.charCodeAt(at)]) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[end++] = bits >> count;
    }
  }
  return bytes;
}

start(new WebAssembly.Instance(new WebAssembly.Module(decode(BASE64))));

return { Filter, FilterError, check, codes, methods, tokenize };
