// Elements of the page. What users entered only ever becomes text.

/** Creates an element with properties and children: elements, or strings, which become text. */
export function element(name, properties = {}, ...children) {
  const { role, label, ...others } = properties;
  const created = Object.assign(document.createElement(name), others);
  if (role !== undefined) created.setAttribute("role", role);
  if (label !== undefined) created.setAttribute("aria-label", label);
  created.append(...children);
  return created;
}

/** Returns the colored text, as elements: a span for each part with its own kind and marks. */
export function colored(text, tokens, diagnostics) {
  const marks = [
    ...diagnostics.flatMap(({ labels }) => labels.map((label) => ({ ...label, mark: "label" }))),
    ...diagnostics.map(({ start, end, severity }) => ({ start, end, mark: `${severity}-span` })),
  ];
  const bounds = new Set([0, text.length]);
  for (const { start, end } of [...tokens, ...marks]) bounds.add(start).add(end);
  const sorted = [...bounds].sort((a, b) => a - b);
  const index = new Map(sorted.map((bound, at) => [bound, at]));
  const classes = sorted.map(() => new Set());
  const empty = new Set(marks.filter(({ start, end }) => start === end).map(({ start }) => start));
  const add = ({ start, end }, name) => {
    for (let at = index.get(start); at < index.get(end); at++) classes[at].add(name);
  };
  for (const token of tokens) add(token, token.kind);
  for (const mark of marks) add(mark, mark.mark);
  const parts = [];
  sorted.forEach((start, at) => {
    if (empty.has(start)) parts.push(element("span", { className: "empty-span" }));
    const part = text.slice(start, sorted[at + 1]);
    if (at + 1 < sorted.length) parts.push(element("span", { className: [...classes[at]].join(" ") }, part));
  });
  // A last line that is empty has a height only with something on it.
  parts.push("\u200b");
  return parts;
}

/** Returns the item of a diagnostic. */
export function message(diagnostic, text, { select, apply }) {
  const { severity, code, start, end, labels, help, fix } = diagnostic;
  const item = element("li", { className: `is-${severity}` });
  const place = element("button", { type: "button", className: "place" }, placeOf(start, end));
  place.addEventListener("click", () => select(start, end));
  item.append(
    element(
      "p",
      {},
      element("strong", { className: severity }, severity),
      " ",
      element("code", {}, code),
      " ",
      place,
    ),
    element("p", {}, diagnostic.message),
  );
  if (labels.length > 0) {
    const notes = labels.map((label) =>
      element("li", {}, element("code", {}, clipped(text.slice(label.start, label.end))), `: ${label.text}`),
    );
    item.append(element("ul", {}, ...notes));
  }
  for (const line of help === null ? [] : help.split("\n")) {
    item.append(element("p", { className: "help" }, `help: ${line}`));
  }
  if (fix !== null) {
    const button = element("button", { type: "button" }, fix.certain ? "Apply this fix" : "Apply this possible fix");
    button.addEventListener("click", () => apply(fix.text));
    item.append(
      element("p", {}, "Fixed: ", element("code", {}, fix.text === "" ? "(empty)" : clipped(fix.text, 400))),
      button,
    );
  }
  return item;
}

function placeOf(start, end) {
  return end - start > 1 ? `characters ${start + 1}–${end}` : `character ${start + 1}`;
}

/** Returns a text of limited length. */
export function clipped(text, length = 80) {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Returns what a valid filter matches. */
export function meaning(checked, everything) {
  if (checked.admits !== null) return grid(checked.admits, everything);
  const groups = checked.meaning ?? [];
  if (groups.length === 0) return element("p", {}, "Everything.");
  const lines = groups.flatMap((group) => [
    element("dt", {}, element("code", {}, group.fields.join(", "))),
    ...setOf(group).map((line) => element("dd", {}, line)),
  ]);
  return element("dl", {}, ...lines);
}

/** Returns the lines for the set of a group. */
function setOf(group) {
  if (group.values !== undefined) {
    return [group.values.map((name) => (name === "*" ? "any other value" : name)).join(", ") || "nothing"];
  }
  if (group.holds !== undefined) return [group.holds ? "yes" : "no"];
  if (group.intervals !== undefined) {
    return group.intervals.length === 0 ? ["nothing"] : group.intervals.map(interval);
  }
  if (group.texts !== undefined) return group.texts.map(({ field, text }) => `${field}: ${text}`);
  return (group.alternatives ?? []).map((all) => all.join(" and "));
}

function interval({ start, startIncluded, end, endIncluded }) {
  const from = start === null ? [] : [`${startIncluded ? "from" : "after"} ${start}`];
  const to = end === null ? [] : [`${endIncluded ? "until" : "before"} ${end}`];
  return [...from, ...to].join(", ") || "any time";
}

/** Returns the table of the cells that a filter of memberships matches, of all cells. */
function grid(admits, everything) {
  const key = ({ role, type }) => JSON.stringify([role, type]);
  const matching = new Set(admits.map(key));
  const names = (values) => [...new Set(values)];
  const roles = names(everything.map(({ role }) => role));
  const types = names(everything.map(({ type }) => type));
  const columns = types.map((type) => element("th", { scope: "col" }, nameOf(type, "no member (a group)")));
  const rows = roles.map((role) => {
    const cells = types.map((type) => {
      const matches = matching.has(key({ role, type }));
      const sign = element("span", { ariaHidden: "true" }, matches ? "✓" : "–");
      const words = element("span", { className: "visually-hidden" }, matches ? "matches" : "does not match");
      return element("td", { className: matches ? "matches" : "other" }, sign, words);
    });
    return element("tr", {}, element("th", { scope: "row" }, nameOf(role)), ...cells);
  });
  const corner = element("th", { scope: "col" }, "role \\ member.type");
  const table = element(
    "table",
    {},
    element("caption", { className: "visually-hidden" }, "Roles and types of the memberships that match"),
    element("thead", {}, element("tr", {}, corner, ...columns)),
    element("tbody", {}, ...rows),
  );
  const part = element("div", { className: "scroll", role: "region", label: "Table of what matches" }, table);
  part.tabIndex = 0;
  return part;
}

function nameOf(value, none) {
  if (value === null) return none;
  return value === "*" ? "any other" : value;
}

/** Returns the item of a resource: what the filter says about it, and what it is. */
export function result({ verdict, error, resource }) {
  const [className, words] =
    error !== undefined ? ["failure", "✗ error"] : verdict ? ["success", "✓ matches"] : ["help", "– no match"];
  const name = typeof resource?.name === "string" && resource.name !== "" ? resource.name : JSON.stringify(resource);
  return element(
    "li",
    {},
    element("span", { className: `what ${className}` }, words),
    element("code", {}, clipped(error ?? name ?? "", 160)),
  );
}

/** Returns the examples, by headings. */
export function examples(lists, open) {
  return Object.entries(lists).flatMap(([heading, list]) => {
    const items = list.map(({ name, ...example }) => {
      const text = clipped(example.text, 60) || "(empty)";
      const button = element("button", { type: "button" }, name, element("code", {}, text));
      button.addEventListener("click", () => open(example));
      return element("li", {}, button);
    });
    return [element("h3", {}, heading), element("ul", {}, ...items)];
  });
}
