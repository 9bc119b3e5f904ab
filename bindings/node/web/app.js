// The page: its state is the form's, and everything else follows from it.

import { Filter, check, init, methods, tokenize } from "../js/index.js";
import { mistakes, valid } from "./examples.js";
import * as render from "./render.js";
import { readResources } from "./resources.js";

/** Number of results to show at a time. */
const SHOWN = 100;

/** Length of pasted text that is not shown: browsers take long to lay it out. */
const LONG = 100_000;

/** Fixes of fixes end; this is for the case that they do not. */
const STEPS = 20;

const part = Object.fromEntries([...document.querySelectorAll("[id]")].map((found) => [found.id, found]));

/** The pasted resources, and how many of them are shown. */
let resources = [];
let shown = SHOWN;

/** All cells of memberships: those of the empty filter. */
let everything = [];

function settings() {
  return {
    method: part.method.value,
    adminAccess: part.admin.checked,
    preset: part.preset.value,
    context: readContext(),
  };
}

function readContext() {
  part["context-error"].textContent = "";
  const text = part.context.value.trim();
  if (text === "") return undefined;
  try {
    const context = JSON.parse(text);
    check("", { context });
    return context;
  } catch (error) {
    part["context-error"].textContent = error.message;
    return undefined;
  }
}

/** Shows what follows from the filter and the settings. */
function update() {
  const text = part.filter.value;
  const options = settings();
  const checked = check(text, options);
  part.colored.replaceChildren(...render.colored(text, tokenize(text), checked.diagnostics));
  showVerdict(checked);
  const actions = { select, apply };
  const items = checked.diagnostics.map((diagnostic) => render.message(diagnostic, text, actions));
  part.messages.replaceChildren(...items);
  part["no-messages"].hidden = items.length > 0;
  part["fix-all"].disabled = checked.fixed === null;
  part["shortest-part"].hidden = !checked.valid;
  part.shortest.textContent = checked.simplified ?? "";
  part.copied.textContent = "";
  part["copied-link"].textContent = "";
  part.meaning.replaceChildren(
    checked.valid
      ? render.meaning(checked, everything)
      : render.element("p", {}, "An invalid filter matches nothing. The service rejects it."),
  );
  showResults(checked.valid ? new Filter(text, options) : null);
  keepState();
}

function showVerdict({ valid, diagnostics }) {
  const count = (severity, words) => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? words : `${words}s`}`];
  };
  const counts = [...count("error", "error"), ...count("warning", "warning")];
  part.verdict.textContent = [valid ? "Valid" : "Invalid", ...counts].join(", ");
  part.verdict.className = valid ? "success" : "error";
  part.filter.ariaInvalid = String(!valid);
}

/** Takes the resources of a text, in place of those before. */
function openResources(text) {
  resources = readResources(text);
  shown = SHOWN;
  if (text.length > LONG) {
    const megabytes = (text.length / 1e6).toFixed(1);
    part.resources.value = "";
    part.resources.placeholder = `${megabytes} MB of text, not shown. Type or paste to replace it.`;
  } else {
    part.resources.placeholder = "";
  }
  update();
}

/** Marks the resources as matching or not. */
function showResults(filter) {
  const marked = resources.map((resource) => mark(filter, resource));
  const errors = marked.filter(({ error }) => error !== undefined).length;
  const matching = marked.filter(({ verdict }) => verdict).length;
  const total = marked.length.toLocaleString("en-US");
  const failed = errors === 0 ? "" : `, ${errors.toLocaleString("en-US")} with errors`;
  if (marked.length === 0) part.matched.textContent = "";
  else if (filter === null) part.matched.textContent = `${total} resources, but the filter is invalid`;
  else part.matched.textContent = `${matching.toLocaleString("en-US")} of ${total} match${failed}`;
  const visible = filter === null ? [] : marked.slice(0, shown);
  part.results.replaceChildren(...visible.map(render.result));
  part.more.hidden = filter === null || marked.length <= shown;
}

function mark(filter, { resource, error }) {
  if (error !== undefined || filter === null) return { resource, error };
  try {
    return { resource, verdict: filter.matches(resource) };
  } catch (failure) {
    return { resource, error: failure.message };
  }
}

/** Replaces the text, as if it was typed. */
function apply(text) {
  part.filter.value = text;
  update();
  part.filter.focus();
}

function select(start, end) {
  part.filter.focus();
  part.filter.setSelectionRange(start, end);
}

function fixAll() {
  let text = part.filter.value;
  const options = settings();
  for (let step = 0; step < STEPS; step++) {
    const { fixed } = check(text, options);
    if (fixed === null) break;
    text = fixed;
  }
  apply(text);
}

/** Keeps the state in the fragment, so that a link opens it. Resources are not part of it. */
function keepState() {
  const state = new URLSearchParams({ filter: part.filter.value });
  if (part.method.selectedIndex > 0) state.set("method", part.method.value);
  if (part.admin.checked) state.set("admin", "1");
  if (part.preset.value !== "default") state.set("preset", part.preset.value);
  if (part.context.value.trim() !== "") state.set("context", part.context.value);
  const fragment = `#${state}`;
  // Browsers limit how often this may be called.
  clearTimeout(keepState.timer);
  keepState.timer = setTimeout(() => history.replaceState(null, "", fragment), 200);
  keepState.fragment = fragment;
}

function openState() {
  const state = new URLSearchParams(location.hash.slice(1));
  open({
    text: state.get("filter") ?? valid[0].text,
    method: state.get("method") ?? undefined,
    adminAccess: state.has("admin"),
    preset: state.get("preset") ?? undefined,
    context: state.get("context") ?? undefined,
  });
}

/** Sets the form. */
function open({ text, method = methods()[0], adminAccess = false, preset = "default", context = "" }) {
  part.filter.value = text;
  part.method.value = methods().includes(method) ? method : methods()[0];
  part.admin.checked = adminAccess;
  part.preset.value = [...part.preset.options].some(({ value }) => value === preset) ? preset : "default";
  part.context.value = typeof context === "string" ? context : JSON.stringify(context);
  part.request.open = part.context.value !== "";
  update();
}

async function copy(text, status) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied";
  } catch {
    status.textContent = "The browser does not allow it";
  }
}

function listen() {
  for (const name of ["filter", "context"]) part[name].addEventListener("input", update);
  for (const name of ["method", "preset", "admin"]) part[name].addEventListener("change", update);
  part.resources.addEventListener("input", () => openResources(part.resources.value));
  part.resources.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.length <= LONG) return;
    event.preventDefault();
    openResources(text);
  });
  part.more.addEventListener("click", () => {
    const next = shown;
    shown += SHOWN;
    update();
    // The button may be gone, so the focus moves to what it showed.
    part.results.children[next].tabIndex = -1;
    part.results.children[next].focus();
  });
  part["fix-all"].addEventListener("click", fixAll);
  part.copy.addEventListener("click", () => copy(part.shortest.textContent, part.copied));
  part["copy-link"].addEventListener("click", () => {
    copy(new URL(keepState.fragment, location.href).href, part["copied-link"]);
  });
  window.addEventListener("hashchange", openState);
}

try {
  await init();
  everything = check("").admits;
  part.method.append(...methods().map((name) => render.element("option", { value: name }, name)));
  const lists = {
    "Valid filters": valid.map((example) => ({ name: example.method ?? methods()[0], ...example })),
    Mistakes: Object.entries(mistakes).map(([name, example]) => ({ name, ...example })),
  };
  const openExample = (example) => {
    open(example);
    part.filter.focus();
    part.filter.scrollIntoView({ block: "center" });
  };
  part.examples.replaceChildren(...render.examples(lists, openExample));
  listen();
  openState();
} catch (error) {
  part.verdict.textContent = `The page could not be loaded: ${error.message}`;
  part.verdict.className = "error";
}
