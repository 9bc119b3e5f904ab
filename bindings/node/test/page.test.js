// The page in Chromium: what users do, hostile text, and accessibility.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { check, codes, init } from "gchat-filter";
import { serve } from "../scripts/serve.js";
import { mistakes, valid } from "../web/examples.js";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const MANAGERS = 'role = "ROLE_MANAGER"';

let served, browser, context, page;
/** What the page requested or logged that it should not have. */
let unexpected;

before(async () => {
  await init();
  served = await serve();
  browser = await launch();
});

/** Starts the browser. On busy machines, Debian's sometimes crashes before it has opened a page. */
async function launch(attempts = 3) {
  try {
    return await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  } catch (error) {
    if (attempts === 1) throw error;
    console.log(String(error));
    return launch(attempts - 1);
  }
}

after(async () => {
  await browser?.close();
  served?.server.close();
});

/** Opens the page. */
async function open(fragment = "", options = {}) {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  page = await context.newPage();
  unexpected = [];
  page.on("console", (message) => {
    if (message.type() !== "info") unexpected.push(message.text());
  });
  page.on("pageerror", (error) => unexpected.push(String(error)));
  page.on("dialog", (dialog) => {
    unexpected.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(served.url).origin)) unexpected.push(request.url());
  });
  await page.goto(served.url + fragment);
  await page.locator("#verdict:not(:empty)").waitFor();
}

/** Runs a test on a page of its own, which must not log or request anything else. */
function pageTest(name, run) {
  test(name, async () => {
    await open();
    await run();
    assert.deepEqual(unexpected, []);
  });
}

const verdict = () => page.locator("#verdict").textContent();
const shortest = () => page.locator("#shortest").textContent();
const underlined = (severity) => page.locator(`#colored .${severity}-span`).allTextContents();

pageTest("typing shows errors under their place, and then what is valid", async () => {
  await page.locator("#filter").fill("");
  await page.locator("#filter").pressSequentially('role = "OWNER"');
  assert.equal(await verdict(), "Invalid, 1 error");
  assert.deepEqual(await underlined("error"), ['"OWNER"']);
  assert.match(await page.locator("#messages").textContent(), /unknown-value.*characters 8–14.*OWNER/s);
  assert.equal(await page.locator("#shortest").isVisible(), false);
  await page.locator("#filter").fill(`(${MANAGERS})`);
  assert.equal(await verdict(), "Valid");
  assert.equal(await shortest(), MANAGERS);
  assert.deepEqual(await page.locator("#colored .string").allTextContents(), ['"ROLE_MANAGER"']);
  assert.ok(await page.locator("#no-messages").isVisible());
});

pageTest("the colored copy has the text's size and place", async () => {
  for (const text of ["", `${MANAGERS} OR `.repeat(20), "a\nb\n", "(", `${"漢".repeat(200)}\u{1f642}`]) {
    await page.locator("#filter").fill(text);
    const [textarea, copy] = await page.evaluate(() =>
      ["filter", "colored"].map((id) => {
        const { clientWidth, clientHeight, scrollHeight } = document.getElementById(id);
        return { clientWidth, clientHeight, scrollHeight };
      }),
    );
    assert.deepEqual([textarea.clientWidth, textarea.clientHeight], [copy.clientWidth, copy.clientHeight], text);
    // None of the text is hidden.
    assert.equal(textarea.scrollHeight, textarea.clientHeight, text);
  }
});

pageTest("one fix is applied, or all of them", async () => {
  await page.locator("#filter").fill("role = OWNER and member.type = human");
  assert.equal(await page.locator("#fix-all").isEnabled(), true);
  await page.locator("#messages button", { hasText: "Apply this" }).first().click();
  assert.notEqual(await page.locator("#filter").inputValue(), "role = OWNER and member.type = human");
  await page.locator("#filter").fill("role = 'ROLE_MANAGER' and member.type = human");
  await page.locator("#fix-all").click();
  assert.match(await verdict(), /^Valid/);
  assert.equal(await shortest(), `member.type = "HUMAN" AND ${MANAGERS}`);
  assert.equal(await page.locator("#fix-all").isEnabled(), false);
});

pageTest("a message's place selects the text", async () => {
  await page.locator("#filter").fill('x = 1 AND role = "OWNER"');
  await page.locator(".place").last().click();
  const selected = await page.locator("#filter").evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(selected, '"OWNER"');
});

pageTest("the method, admin access and the preset change the verdict", async () => {
  await page.locator("#filter").fill('space_type = "SPACE"');
  assert.match(await verdict(), /^Invalid/);
  await page.locator("#method").selectOption("spaces.list");
  assert.equal(await verdict(), "Valid");
  assert.match(await page.locator("#meaning").textContent(), /space_type.*SPACE/);
  await page.locator("#method").selectOption("spaces.members.list");
  await page.locator("#filter").fill(MANAGERS);
  await page.locator("#admin").check();
  assert.match(await verdict(), /^Invalid/);
  await page.locator("#fix-all").click();
  assert.equal(await page.locator("#filter").inputValue(), `${MANAGERS} AND member.type != "BOT"`);
  await page.locator("#admin").uncheck();
  await page.locator("#filter").fill("NOT role = ROLE_MANAGER");
  await page.locator("#preset").selectOption("aip160");
  assert.match(await verdict(), /^Valid/);
});

pageTest("the grid has the cells that match", async () => {
  await page.locator("#filter").fill(`member.type = "HUMAN" AND ${MANAGERS}`);
  assert.equal(await page.locator("#meaning td").count(), 25);
  assert.equal(await page.locator("#meaning td.matches").count(), 1);
  const row = page.locator("#meaning tr", { has: page.locator("th", { hasText: "ROLE_MANAGER" }) });
  assert.equal(await row.locator("td.matches").count(), 1);
  await page.locator("#filter").fill("");
  assert.equal(await page.locator("#meaning td.matches").count(), 25);
});

pageTest("pasted resources are marked", async () => {
  await page.locator("#filter").fill(MANAGERS);
  const memberships = [
    { name: "spaces/A/members/1", role: "ROLE_MANAGER" },
    { name: "spaces/A/members/2", role: "ROLE_MEMBER" },
  ];
  const lines = memberships.map((one) => JSON.stringify(one)).join("\n");
  for (const text of [lines, JSON.stringify(memberships), JSON.stringify({ memberships, nextPageToken: "x" }, null, 2)]) {
    await page.locator("#resources").fill(text);
    assert.equal(await page.locator("#matched").textContent(), "1 of 2 match");
    const results = await page.locator("#results li").allInnerTexts();
    assert.match(results[0], /✓ matches\s*spaces\/A\/members\/1/);
    assert.match(results[1], /– no match\s*spaces\/A\/members\/2/);
  }
  await page.locator("#resources").fill(`${lines}\n{"role":\n[1]`);
  assert.equal(await page.locator("#matched").textContent(), "1 of 4 match, 2 with errors");
  assert.match(await page.locator("#results li").nth(2).innerText(), /✗ error\s*line 3: /);
  await page.locator("#filter").fill("role =");
  assert.match(await page.locator("#matched").textContent(), /but the filter is invalid/);
});

pageTest("10,000 pasted memberships are marked at once", async () => {
  await page.locator("#filter").fill(MANAGERS);
  const milliseconds = await page.evaluate(() => {
    const lines = [];
    for (let number = 0; number < 10_000; number++) {
      lines.push(
        JSON.stringify({
          name: `spaces/AAAA/members/${number}`,
          state: "JOINED",
          role: number % 4 === 0 ? "ROLE_MANAGER" : "ROLE_MEMBER",
          createTime: "2026-01-31T12:00:00.000000Z",
          member: { name: `users/${number}`, displayName: `Person ${number}`, type: "HUMAN" },
        }),
      );
    }
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", lines.join("\n"));
    const area = document.getElementById("resources");
    area.focus();
    const start = performance.now();
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    const isInserted = area.dispatchEvent(event);
    // Style and layout are part of it.
    document.getElementById("results").getBoundingClientRect();
    const end = performance.now();
    if (isInserted) throw new Error("the text area has the text");
    return end - start;
  });
  assert.equal(await page.locator("#matched").textContent(), "2,500 of 10,000 match");
  assert.equal(await page.locator("#results li").count(), 100);
  await page.locator("#more").click();
  assert.equal(await page.locator("#results li").count(), 200);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /members\/100$/);
  console.log(`10,000 memberships: ${milliseconds.toFixed(0)} ms`);
  assert.match(await page.locator("#resources").getAttribute("placeholder"), /^\d\.\d MB of text/);
  await page.locator("#resources").fill('{"role": "ROLE_MEMBER"}');
  assert.equal(await page.locator("#matched").textContent(), "0 of 1 match");
});

pageTest("examples show their mistake, one for each code", async () => {
  assert.deepEqual(Object.keys(mistakes), codes());
  for (const [code, { text, ...options }] of Object.entries(mistakes)) {
    const found = check(text, options).diagnostics.map((diagnostic) => diagnostic.code);
    assert.ok(found.includes(code), `${code}: ${found}`);
  }
  for (const { text, ...options } of valid) assert.deepEqual(check(text, options).diagnostics, [], text);
  await page.locator("#examples button", { hasText: "outside-window" }).click();
  assert.equal(await page.locator("#method").inputValue(), "spaces.spaceEvents.list");
  assert.match(await page.locator("#messages").textContent(), /outside-window/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "filter");
  await page.locator("#examples button", { hasText: "contradiction" }).click();
  assert.equal(await page.locator("#context").inputValue(), "");
  const labeled = await page.locator("#colored .label").allTextContents();
  assert.equal(labeled.join(""), `${MANAGERS}role = "ROLE_MEMBER"`);
});

pageTest("a link opens the same state", async () => {
  await page.locator("#examples button", { hasText: "admin-type-comparison" }).click();
  await page.locator("#copy-link").click();
  await page.locator("#copied-link", { hasText: "Copied" }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.waitForURL(link);
  await open(new URL(link).hash);
  assert.equal(await page.locator("#filter").inputValue(), 'member.type = "BOT"');
  assert.equal(await page.locator("#admin").isChecked(), true);
  await page.evaluate(() => (location.hash = "#filter=x&method=nonsense&preset=nonsense&context=%7B"));
  await page.locator("#verdict", { hasText: "Invalid" }).waitFor();
  assert.equal(await page.locator("#method").inputValue(), "spaces.members.list");
  assert.notEqual(await page.locator("#context-error").textContent(), "");
});

pageTest("the shortest text is copied", async () => {
  await page.locator("#filter").fill(`(${MANAGERS})`);
  await page.locator("#copy").click();
  await page.locator("#copied", { hasText: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), MANAGERS);
});

pageTest("hostile text is only text", async () => {
  const hostile = [
    '<img src=x onerror=alert(1)>',
    'role = "</pre><script>alert(1)</script>"',
    '"><svg onload=alert(1)> AND \u202e\u0000\ud800',
    "javascript:alert(1) = \"'`${alert(1)}\"",
    `${"(".repeat(5_000)}<b>`,
    'display_name:"<i>" AND __proto__ = "constructor"',
  ];
  const elements = () => page.evaluate(() => [...document.querySelectorAll("img, script, svg, b, i, iframe")].length);
  const before = await elements();
  for (const text of hostile) {
    await page.locator("#filter").fill(text);
    await page.locator("#resources").fill(`${text}\n{"name": ${JSON.stringify(text)}, "role": "ROLE_MANAGER"}\n{"__proto__": 1}`);
    await page.locator("#context").evaluate((area, value) => {
      area.value = value;
      area.dispatchEvent(new Event("input"));
    }, text);
    assert.equal(await elements(), before, text);
    await page.evaluate((value) => (location.hash = new URLSearchParams({ filter: value, method: value }).toString()), text);
  }
  await page.locator("#filter").fill(MANAGERS);
  await page.locator("#context").evaluate((area) => {
    area.value = "";
    area.dispatchEvent(new Event("input"));
  });
  assert.equal(await elements(), before);
  assert.equal(await verdict(), "Valid");
});

pageTest("the policy allows no other script", async () => {
  const violations = await page.evaluate(async () => {
    const found = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => found.push(violatedDirective));
    const script = document.createElement("script");
    try {
      script.textContent = "window.hostile = true";
    } catch {
      found.push("trusted types");
    }
    document.body.append(script);
    try {
      await fetch("https://example.com/");
    } catch {
      // The policy.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    script.remove();
    return { found, hostile: window.hostile };
  });
  assert.equal(violations.hostile, undefined);
  assert.ok(violations.found.some((directive) => directive.startsWith("connect-src")), String(violations.found));
  // The violations themselves are logged.
  unexpected = [];
});

pageTest("everything is reached and done with the keyboard", async () => {
  await page.locator("#method").focus();
  const visited = [];
  for (let step = 0; step < 12; step++) {
    visited.push(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
    await page.keyboard.press("Tab");
  }
  const order = ["method", "preset", "admin", "filter", "copy-link", "SUMMARY", "DIV", "copy", "resources"];
  assert.deepEqual(visited.slice(0, order.length), order);
  await page.locator("#filter").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("role == 'ROLE_MANAGER'");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "fix-all");
  await page.keyboard.press("Enter");
  assert.match(await verdict(), /^Valid/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "filter");
  await page.locator("#method").focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#method").inputValue(), "spaces.list");
  await page.locator("#admin").focus();
  await page.keyboard.press("Space");
  assert.equal(await page.locator("#admin").isChecked(), true);
});

/** States whose looks differ: valid, invalid, another method, examples of long text. */
const STATES = [
  "",
  "#filter=role+%3D+OWNER+and+member.type+%3D+human",
  "#filter=role+%3D+%22ROLE_MANAGER%22+AND",
  "#method=spaces.messages.list&filter=create_time+%3E+%222026-01-31T12%3A00%3A00Z%22&context=%7B",
];

const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

for (const colorScheme of ["light", "dark"]) {
  for (const width of [320, 1000]) {
    test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
      for (const state of STATES) {
        await open(state, { colorScheme, viewport: { width, height: 800 } });
        await page.locator("#resources").fill('{"name": "spaces/A/members/1"}\n{');
        // Not through a script element, which the policy forbids.
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        assert.deepEqual(found, [], state);
        assert.ok(passes.length > 20);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${state}: ${overflow} px too wide`);
      }
    });

    test(`colors of the text have enough contrast: ${colorScheme}, ${width} px`, async () => {
      await open("#filter=NOT+a.b+%3D+%22c%22+%5C", { colorScheme, viewport: { width, height: 800 } });
      const ratios = await page.evaluate(() => {
        const luminance = (color) => {
          const [red, green, blue] = color.match(/[\d.]+/g).map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const colored = document.getElementById("colored");
        const background = luminance(getComputedStyle(colored).backgroundColor);
        return [...colored.children].map((part) => {
          const text = luminance(getComputedStyle(part).color);
          const [dark, light] = [text, background].sort((a, b) => a - b);
          return [part.className, (light + 0.05) / (dark + 0.05)];
        });
      });
      assert.ok(ratios.length > 5);
      for (const [name, ratio] of ratios) assert.ok(ratio >= 4.5, `${name}: ${ratio}`);
    });
  }
}

test("screenshots", { skip: process.env.SCREENSHOTS === undefined }, async () => {
  const directory = new URL("../screenshots/", import.meta.url).pathname;
  const shots = [
    ["light", "#filter=role+%3D+OWNER+and+member.type+%3D+human", { width: 900, height: 760 }],
    ["dark", "#filter=member.type+%3D+%22HUMAN%22+AND+role+%3D+%22ROLE_MANAGER%22", { width: 900, height: 760 }],
    ["narrow", "#filter=role+%3D+%22ROLE_MANAGER%22+AND+role+%3D+%22ROLE_MEMBER%22", { width: 320, height: 760 }],
  ];
  for (const [name, fragment, viewport] of shots) {
    await open(fragment, { colorScheme: name === "dark" ? "dark" : "light", viewport });
    await page.screenshot({ path: `${directory}${name}.png` });
  }
  const memberships = [
    ["1", "ROLE_MANAGER", "HUMAN"],
    ["2", "ROLE_MEMBER", "HUMAN"],
    ["3", "ROLE_MANAGER", "BOT"],
  ].map(([id, role, type]) => ({ name: `spaces/AAAA/members/${id}`, role, member: { type } }));
  await open("#filter=member.type+%3D+%22HUMAN%22+AND+role+%3D+%22ROLE_MANAGER%22", { viewport: { width: 900, height: 760 } });
  await page.locator("#resources").fill(memberships.map((one) => JSON.stringify(one)).join("\n"));
  await page.locator("#meaning-heading").evaluate((heading) => heading.scrollIntoView());
  await page.screenshot({ path: `${directory}resources.png` });
});
