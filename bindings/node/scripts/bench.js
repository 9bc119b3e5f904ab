// Measures the package, beside a parser in JavaScript that reports no errors. Ratios vary less than
// nanoseconds on a busy machine; run it twice.

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { Filter, check, init } from "gchat-filter";
import { parseBits } from "./plain_parser.js";

const TEXTS = [
  'role = "ROLE_MANAGER"',
  'member.type = "HUMAN" AND role = "ROLE_MANAGER"',
  '(role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") AND member.type != "BOT"',
];

/** Returns the nanoseconds of a call: the fastest of many short rounds, which others interrupt least. */
function time(run, calls = 5_000) {
  let best = Infinity;
  for (let round = 0; round < 300; round++) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) run(call);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / calls);
  }
  return best;
}

const wasm = await readFile(new URL("../gchat_filter.wasm", import.meta.url));
console.log(`module: ${wasm.length} bytes, ${gzipSync(wasm, { level: 9 }).length} gzipped`);

const starts = [];
for (let round = 0; round < 15; round++) {
  const start = performance.now();
  const { instance } = await WebAssembly.instantiate(wasm);
  instance.exports.description();
  starts.push(performance.now() - start);
}
console.log(`compile and start: ${Math.min(...starts).toFixed(2)} ms, the first time ${starts[0].toFixed(2)} ms`);

await init();
for (const text of TEXTS) {
  const [own, plain] = [time(() => new Filter(text)), time(() => parseBits(text))];
  console.log(`new Filter: ${own.toFixed(0)} ns, plain parser ${plain.toFixed(0)} ns, ratio ${(own / plain).toFixed(2)}: ${text}`);
}

const memberships = [];
for (let number = 0; number < 1000; number++) {
  const member = { name: `users/${number}`, type: number % 3 === 0 ? "BOT" : "HUMAN" };
  memberships.push({ name: `spaces/A/members/${number}`, role: number % 4 === 0 ? "ROLE_MANAGER" : "ROLE_MEMBER", member });
}
const filter = new Filter(TEXTS[1]);
let matching = 0;
const own = time((call) => (matching += filter.matches(memberships[call % 1000])));
const inline = time((call) => {
  const { role, member } = memberships[call % 1000];
  matching += role === "ROLE_MANAGER" && member?.type === "HUMAN";
});
console.log(`matches: ${own.toFixed(1)} ns, a function by hand ${inline.toFixed(1)} ns (${matching > 0})`);
// Engines compare strings that JSON.parse made more slowly than those of a program.
const read = JSON.parse(JSON.stringify(memberships));
const ownOfRead = time((call) => (matching += filter.matches(read[call % 1000])));
console.log(`matches of a parsed response: ${ownOfRead.toFixed(1)} ns`);

const other = new Filter(TEXTS[0]);
console.log(`implies: ${time(() => filter.implies(other)).toFixed(1)} ns, and: ${time(() => filter.and(other)).toFixed(1)} ns`);
const messages = new Filter('create_time > "2026-01-31T12:00:00Z"', { method: "spaces.messages.list" });
const message = { name: "spaces/A/messages/B", createTime: "2026-02-01T09:30:00Z", text: "Hello" };
console.log(`matches of a message: ${time(() => messages.matches(message), 500).toFixed(0)} ns`);
console.log(`check of a wrong filter: ${time(() => check("role = OWNER"), 50).toFixed(0)} ns`);
