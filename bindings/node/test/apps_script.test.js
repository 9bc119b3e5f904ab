// The file for Apps Script, in a context that has nothing but the language and WebAssembly.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const source = await readFile(new URL("../gchat_filter.gs", import.meta.url), "utf8");

/** Runs a script after the file, in a new context, and returns its JSON. */
function run(script) {
  const context = createContext({}, { codeGeneration: { strings: false } });
  // What Apps Script lacks, or may lack.
  runInContext(
    `for (const name of ["FinalizationRegistry", "WeakRef", "Promise", "console", "SharedArrayBuffer", "Atomics"]) {
      delete globalThis[name];
    }
    delete WebAssembly.compile; delete WebAssembly.instantiate;`,
    context,
  );
  runInContext(source, context);
  return JSON.parse(runInContext(`JSON.stringify((() => { ${script} })())`, context));
}

test("one global variable, and no other names of a browser or Node", () => {
  const names = run("return Object.keys(globalThis)");
  assert.deepEqual(names, ["GchatFilter"]);
  assert.deepEqual(run("return [typeof TextEncoder, typeof fetch, typeof Promise, typeof atob]"), Array(4).fill("undefined"));
  assert.doesNotMatch(source, /^(import|export) /m);
});

test("filters, checks and errors", () => {
  const result = run(`
    const filter = new GchatFilter.Filter('member.type = "HUMAN" AND role = "ROLE_MANAGER"');
    const memberships = [
      { name: "a", role: "ROLE_MANAGER", member: { type: "HUMAN" } },
      { name: "b", role: "ROLE_MEMBER", member: { type: "HUMAN" } },
      { name: "c", role: "ROLE_MEMBER", groupMember: { name: "groups/1" } },
    ];
    let error;
    try { new GchatFilter.Filter("role = “OWNER”") } catch (thrown) { error = thrown }
    const messages = new GchatFilter.Filter('create_time > "2026-01-31T12:00:00Z"', { method: "spaces.messages.list" });
    return {
      matching: memberships.filter((membership) => filter.matches(membership)).map(({ name }) => name),
      text: filter.toString(),
      isError: error instanceof GchatFilter.FilterError && error instanceof Error,
      codes: error.diagnostics.map(({ code }) => code),
      message: messages.matches({ createTime: "2026-02-01T00:00:00Z" }),
      checked: GchatFilter.check('emoji.unicode = "🙂"', { method: "spaces.messages.reactions.list" }).simplified,
    };`);
  assert.deepEqual(result, {
    matching: ["a"],
    text: 'member.type = "HUMAN" AND role = "ROLE_MANAGER"',
    isError: true,
    codes: ["typographic-quote"],
    message: true,
    checked: 'emoji.unicode = "🙂"',
  });
});
