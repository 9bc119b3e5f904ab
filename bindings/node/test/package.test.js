// The package as it is published.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const run = promisify(execFile);
const root = new URL("../", import.meta.url).pathname;
let directory, files;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "gchat-filter-"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", directory], { cwd: root });
  const [packed] = Object.values(JSON.parse(stdout));
  files = packed.files.map(({ path }) => path).sort();
  const to = join(directory, "node_modules", "gchat-filter");
  await mkdir(to, { recursive: true });
  await run("tar", ["xzf", join(directory, packed.filename), "--strip-components=1", "-C", to]);
});

after(() => rm(directory, { recursive: true, force: true }));

test("it has what it needs and nothing else", () => {
  const own = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "gchat_filter.gs", "gchat_filter.wasm", "package.json"];
  const code = ["filter.js", "index.d.ts", "index.js", "module.js"].map((name) => `js/${name}`);
  const page = ["app.js", "examples.js", "icon.svg", "index.html", "render.js", "resources.js", "style.css"];
  assert.deepEqual(files, [...own, ...code, ...page.map((name) => `web/${name}`)].sort());
});

test("an installed package works in Node", async () => {
  const program = `
    import { Filter, init } from "gchat-filter";
    await init();
    console.log(String(new Filter('(role = "ROLE_MANAGER")')));`;
  await writeFile(join(directory, "program.mjs"), program);
  const { stdout } = await run(process.execPath, ["program.mjs"], { cwd: directory });
  assert.equal(stdout, 'role = "ROLE_MANAGER"\n');
});

// The goal is 160 KB. The reading of invalid texts takes 50 KB, much of it once for each language.
test("the module is at most 210 KB gzipped", async () => {
  const { length } = gzipSync(await readFile(join(root, "gchat_filter.wasm")), { level: 9 });
  assert.ok(length <= 210_000, `${length} bytes`);
});
