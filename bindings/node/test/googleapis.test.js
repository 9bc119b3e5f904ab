// Google's client for Node, against the mock server: a filter is validated, then sent.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Filter, FilterError, init } from "gchat-filter";

const program = process.env.GCHAT_FILTER ?? new URL("../../../target/debug/gchat-filter", import.meta.url).pathname;

const members = [
  ["1", "ROLE_MANAGER", "HUMAN"],
  ["2", "ROLE_MEMBER", "HUMAN"],
  ["3", "ROLE_MEMBER", "BOT"],
  ["4", "ROLE_MANAGER", "HUMAN"],
];

let directory, server, chat;

before(async () => {
  await init();
  directory = await mkdtemp(join(tmpdir(), "gchat-filter-"));
  const seed = {
    spaces: [{ name: "spaces/AAAA" }],
    memberships: members.map(([id, role, type]) => ({
      name: `spaces/AAAA/members/${id}`,
      role,
      member: { name: `users/${id}`, type },
    })),
  };
  await writeFile(join(directory, "seed.json"), JSON.stringify(seed));
  const args = ["serve", "--listen", "127.0.0.1:0", "--seed", join(directory, "seed.json")];
  server = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  const lines = createInterface({ input: server.stdout });
  const url = await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`the mock server ended with ${code}`)));
    lines.once("line", resolve);
  });
  // Before the client is loaded, because it would look for the server of a cloud's metadata.
  process.env.METADATA_SERVER_DETECTION = "none";
  const { auth, chat: client } = await import("@googleapis/chat");
  const credentials = new auth.OAuth2();
  credentials.setCredentials({ access_token: "any" });
  chat = client({ version: "v1", auth: credentials, rootUrl: url });
});

after(async () => {
  server?.kill();
  await rm(directory, { recursive: true, force: true });
});

async function list(filter) {
  const { data } = await chat.spaces.members.list({ parent: "spaces/AAAA", filter, pageSize: 100 });
  return data.memberships ?? [];
}

test("a validated filter selects the same memberships on the server and here", async () => {
  const all = await list(undefined);
  assert.equal(all.length, members.length);
  for (const text of [
    'role = "ROLE_MANAGER"',
    'member.type = "BOT"',
    'member.type != "BOT" AND role = "ROLE_MEMBER"',
    'role = "ROLE_MANAGER" OR member.type = "BOT"',
    "",
  ]) {
    const filter = new Filter(text);
    const listed = await list(filter.toString());
    const selected = all.filter((membership) => filter.matches(membership));
    assert.deepEqual(listed, selected, text);
    assert.ok(listed.length > 0);
  }
});

test("what is invalid here is invalid on the server", async () => {
  for (const text of ['role = "OWNER"', "role = ROLE_MANAGER", "role ="]) {
    assert.throws(() => new Filter(text), FilterError);
    await assert.rejects(list(text), (error) => error.status === 400 || error.code === 400);
  }
});
