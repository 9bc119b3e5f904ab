// The package's functions in Node.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Filter, FilterError, check, codes, init, methods, tokenize } from "gchat-filter";
import { exports } from "../js/module.js";

test("nothing works before init, and the error says so", () => {
  assert.throws(() => new Filter(""), /call `await init\(\)` first/);
  assert.throws(() => check(""), /call `await init\(\)` first/);
});

test("an init that fails can be tried again", async () => {
  await assert.rejects(init(new Uint8Array([1, 2, 3])), WebAssembly.CompileError);
  await init();
  await init();
});

const MANAGERS = 'role = "ROLE_MANAGER"';
const HUMANS = 'member.type = "HUMAN"';

test("a filter of memberships matches what the API returns", () => {
  const filter = new Filter(`${HUMANS} AND ${MANAGERS}`);
  const human = { name: "users/1", type: "HUMAN" };
  assert.equal(filter.matches({ role: "ROLE_MANAGER", member: human }), true);
  assert.equal(filter.matches({ role: "ROLE_MEMBER", member: human }), false);
  assert.equal(filter.matches({ role: "ROLE_MANAGER", member: { type: "BOT" } }), false);
});

test("a Google Group has no type", () => {
  const group = { role: "ROLE_MEMBER", groupMember: { name: "groups/1" } };
  for (const membership of [group, { ...group, member: null }, { groupMember: {} }, {}]) {
    assert.equal(new Filter('member.type != "BOT"').matches(membership), true);
    assert.equal(new Filter(HUMANS).matches(membership), false);
  }
});

test("every form of a membership matches alike, at the first time and at any other", () => {
  const managers = new Filter(`${MANAGERS} AND ${HUMANS}`);
  for (let time = 0; time < 3; time++) {
    for (const membership of [
      { role: "ROLE_MANAGER", member: { type: "HUMAN" } },
      { role: 2, member: { type: 1 } },
      { role: "ROLE_MANAGER", member: { type_: "HUMAN" } },
      { role: "ROLE_MANAGER", member: { type: "HUMAN" }, groupMember: null },
    ]) {
      assert.equal(managers.matches(membership), true, JSON.stringify(membership));
    }
    const unspecified = new Filter('member.type = "TYPE_UNSPECIFIED"', { preset: "aip160" });
    assert.equal(unspecified.matches({ member: {} }), true);
    assert.equal(unspecified.matches({ member: { type: null } }), true);
    assert.equal(unspecified.matches({}), false);
  }
});

test("unknown names match like other values, however many there are", () => {
  const notManager = new Filter('role != "ROLE_MANAGER"', { preset: "aip160" });
  for (let number = 0; number < 1000; number++) {
    assert.equal(notManager.matches({ role: `ROLE_${number}`, member: { type: `T${number}` } }), true);
  }
  assert.equal(notManager.matches({ role: "ROLE_MANAGER", member: { type: "HUMAN" } }), false);
});

test("what is no resource is an error", () => {
  for (const text of ["", HUMANS]) {
    const filter = new Filter(text);
    filter.matches({});
    for (const value of [null, undefined, 1, "users/1", [], { member: "users/1" }, { role: {} }, { member: {}, groupMember: {} }]) {
      assert.throws(() => filter.matches(value), TypeError, JSON.stringify(value));
    }
  }
  const filter = new Filter('space_type = "SPACE"', { method: "spaces.list" });
  assert.throws(() => filter.matches([]), { name: "TypeError", message: /expected a space object/ });
});

test("filters of memberships are compared and combined", () => {
  const [managers, humans] = [new Filter(MANAGERS), new Filter(HUMANS)];
  const both = managers.and(humans);
  assert.equal(`${both}`, `${HUMANS} AND ${MANAGERS}`);
  assert.equal(`${managers.or(humans)}`, `${HUMANS} OR ${MANAGERS}`);
  assert.ok(both.implies(managers) && !managers.implies(both));
  assert.ok(both.equals(new Filter(`(${MANAGERS}) AND ${HUMANS}`)) && !both.equals(managers));
  assert.ok(!both.equals("text") && !both.equals(null));
  assert.throws(() => humans.and(new Filter('member.type = "BOT"')), {
    name: "RangeError",
    message: "nothing matches both filters",
  });
  assert.throws(() => humans.and(HUMANS), { name: "TypeError", message: "expected a Filter, not of type string" });
  assert.equal(JSON.stringify({ filter: humans }), JSON.stringify({ filter: HUMANS }));
});

const EXAMPLES = {
  "spaces.members.list": [MANAGERS, { role: "ROLE_MANAGER" }, { role: "ROLE_MEMBER" }],
  "spaces.list": ['space_type = "SPACE"', { spaceType: "SPACE" }, {}],
  "spaces.search": [
    'customer = "customers/my_customer" AND space_type = "SPACE" AND display_name:"a"',
    { spaceType: "SPACE", displayName: "A b" },
    { spaceType: "SPACE", displayName: "b" },
    { adminAccess: true },
  ],
  "spaces.messages.list": [
    'create_time > "2026-01-31T12:00:00Z"',
    { createTime: "2026-01-31T13:00:00+00:30" },
    { createTime: "2026-01-31T12:00:00Z" },
  ],
  "spaces.messages.search": [
    "is_unread()",
    { name: "spaces/A/messages/1" },
    { name: "spaces/A/messages/2" },
    { context: { unread: ["spaces/A/messages/1"] } },
  ],
  "spaces.messages.reactions.list": ['emoji.unicode = "🙂"', { emoji: { unicode: "🙂" } }, {}],
  "spaces.spaceEvents.list": [
    'event_types:"google.workspace.chat.space.v1.updated"',
    { eventType: "google.workspace.chat.space.v1.updated" },
    {},
  ],
  "customEmojis.list": [
    'creator("users/me")',
    { name: "customEmojis/1" },
    { name: "customEmojis/2" },
    { context: { caller: "users/1", creators: { "customEmojis/1": "users/1", "customEmojis/2": "users/2" } } },
  ],
  "users.sections.items.list": ["space = spaces/A", { space: "spaces/A" }, { space: "spaces/B" }],
};

test("every method has filters", () => {
  assert.deepEqual(Object.keys(EXAMPLES), methods());
  for (const [method, [text, matching, other, options]] of Object.entries(EXAMPLES)) {
    const filter = new Filter(text, { method, ...options });
    assert.equal(filter.method, method);
    assert.equal(filter.matches(matching), true, method);
    assert.equal(filter.matches(other), false, method);
    const again = new Filter(filter.toString(), { method, ...options });
    assert.ok(filter.equals(again) && filter.implies(again) && again.implies(filter), method);
    assert.ok(filter.and(again).equals(filter), method);
    const checked = check(text, { method, ...options });
    assert.equal(checked.valid, true, method);
    assert.equal(checked.simplified, filter.toString());
    assert.equal(checked.admits !== null, method === "spaces.members.list");
    assert.equal(checked.meaning === undefined, method === "spaces.members.list");
    assert.throws(() => new Filter("(", { method, ...options }), FilterError, method);
  }
});

test("filters of other methods have no union, and filters of two methods nothing in common", () => {
  const spaces = new Filter('space_type = "SPACE"', { method: "spaces.list" });
  const chats = new Filter('space_type = "GROUP_CHAT"', { method: "spaces.list" });
  assert.throws(() => spaces.or(chats), RangeError);
  assert.throws(() => spaces.and(chats), { name: "RangeError", message: "nothing matches both filters" });
  assert.throws(() => spaces.implies(new Filter("")), TypeError);
  assert.equal(spaces.equals(new Filter("")), false);
});

test("an invalid filter throws its diagnostics", () => {
  let error;
  try {
    new Filter('member.type = "human"');
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof FilterError && error instanceof Error);
  assert.equal(error.name, "FilterError");
  assert.equal(error.filter, 'member.type = "human"');
  assert.equal(error.fixed, HUMANS);
  assert.match(error.message, /^unknown value `"human"`.*at byte 14\)$/);
  const [{ code, severity, stage, start, end, fix }] = error.diagnostics;
  assert.deepEqual([code, severity, stage, start, end], ["unknown-value", "error", "schema", 14, 21]);
  assert.deepEqual(fix, { certain: true, edits: [{ start: 15, end: 20, text: "HUMAN" }], text: HUMANS });
});

test("admin access and presets change the verdict", () => {
  assert.equal(check(MANAGERS, { adminAccess: true }).fixed, `${MANAGERS} AND member.type != "BOT"`);
  assert.throws(() => new Filter(MANAGERS, { adminAccess: true }), FilterError);
  assert.equal(check("role = 'ROLE_MANAGER'").valid, true);
  assert.equal(check("role = 'ROLE_MANAGER'", { preset: "strict" }).valid, false);
  assert.equal(check("NOT role = ROLE_MANAGER", { preset: "aip160" }).valid, true);
});

test("wrong options are errors that say what is expected", () => {
  assert.throws(() => check("", { method: "spaces.member.list" }), {
    name: "TypeError",
    message: /unknown method "spaces.member.list", expected one of spaces.members.list, /,
  });
  assert.throws(() => new Filter("", { preset: "lenient" }), /expected one of default, strict, aip160/);
  assert.throws(() => check("", { context: { user: "users/1" } }), /invalid context: `user` is not of the form of `caller`/);
  assert.throws(() => new Filter("", { context: { now: "today" } }), /invalid context: /);
  for (const text of [undefined, null, 1, {}]) assert.throws(() => new Filter(text), TypeError);
  const filter = new Filter("is_unread()", { method: "spaces.messages.search" });
  assert.throws(() => filter.matches({}), { name: "TypeError", message: /context does not have/ });
});

test("offsets are indexes in the string", () => {
  const at = (text) => {
    const { diagnostics } = check(text);
    return text.slice(diagnostics[0].start, diagnostics[0].end);
  };
  assert.equal(at('role = "🙂é漢"'), '"🙂é漢"');
  assert.equal(at('member.type = "🙂" AND foo = "1"'), '"🙂"');
  assert.equal(at("role = “ROLE_MANAGER”"), "“");
  const { diagnostics } = check('x = "🙂" AND y = "漢字" AND role = "é"');
  assert.deepEqual(diagnostics.map(({ start, end }) => [start, end]), [[0, 1], [13, 14], [33, 36]]);
  assert.equal(check("role = “ROLE_MANAGER”").diagnostics[0].fix.text, MANAGERS);
});

test("any string has a check: lone surrogates, controls, long texts", () => {
  for (const text of ["\ud800", 'role = "\udfff\ud800x', "\0\u202e", "(".repeat(20_000), "🙂".repeat(9_000)]) {
    const checked = check(text);
    assert.equal(checked.valid, false);
    assert.equal(checked.filter, text);
    for (const { start, end } of checked.diagnostics) assert.ok(0 <= start && start <= end && end <= text.length);
    const tokens = tokenize(text);
    assert.equal(tokens.at(-1).end, text.length);
  }
});

test("each of many errors has its place", () => {
  const text = Array(1000).fill('é = "漢"').join(" AND ");
  const { diagnostics } = check(text);
  assert.equal(diagnostics.length, 1000);
  assert.equal(text.slice(diagnostics[999].start, diagnostics[999].end), "é");
});

test("tokens color any text", () => {
  const text = 'NOT a.b >= "é" (';
  assert.deepEqual(
    tokenize(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`),
    ["keyword NOT", "word a", "punctuation .", "word b", "operator >=", 'string "é"', "punctuation ("],
  );
});

test("codes have all that checks report", () => {
  assert.ok(codes().includes("unknown-value"));
});

test("filters that are not used any more are dropped from the module", async () => {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const method = "spaces.messages.list";
  const kept = new Filter('create_time > "2026-01-01T00:00:00Z"', { method });
  const size = () => exports().memory.buffer.byteLength;
  const before = size();
  for (let round = 0; round < 20; round++) {
    for (let at = 0; at < 5_000; at++) new Filter(`thread.name = spaces/${"a".repeat(500)}/threads/${at}`, { method });
    await new Promise((resolve) => setTimeout(resolve, 5));
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // 100,000 filters of more than 500 bytes, if all were there.
  assert.ok(size() - before < 25_000_000, `${size()}`);
  assert.equal(kept.toString(), 'create_time > "2026-01-01T00:00:00Z"');
});
