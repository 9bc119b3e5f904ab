// Filters and checks, on a module that has been started.

import { ERROR, YES, described, exports, indexOf, offsets, output, write } from "./module.js";

/** The default method, which is the first one. */
const MEMBERS = "spaces.members.list";

/** Thrown for an invalid filter. */
export class FilterError extends Error {
  constructor(message, checked) {
    super(message);
    this.name = "FilterError";
    this.filter = checked.filter;
    this.diagnostics = checked.diagnostics;
    this.fixed = checked.fixed;
  }
}

/** Calls a function of the module with a text and options. Its result is that function's. */
function call(run, text, options) {
  if (typeof text !== "string") throw new TypeError(`a filter is a string, not ${kindOf(text)}`);
  if (options === undefined) {
    return run(0, 0, 0, write(text), 0);
  }
  const { method = MEMBERS, adminAccess = false, preset = "default", context } = options;
  const methodIndex = named("method", method);
  const presetIndex = named("preset", preset);
  const json = context === undefined ? "" : JSON.stringify(lists(context));
  const length = write(text);
  const end = write(json, length);
  return run(methodIndex, adminAccess ? YES : 0, presetIndex, length, end - length);
}

/** Returns a context as the module reads it: lists of a key and its strings. */
function lists(context) {
  if (typeof context !== "object" || context === null) throw new TypeError("a context is an object");
  return Object.entries(context).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (key === "spaces") return Array.from(value, (space) => [key, JSON.stringify(space)]);
    if (Array.isArray(value)) return [[key, ...value]];
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).map(([name, stands]) => [key, name, stands]);
    }
    return [[key, value]];
  });
}

function named(kind, name) {
  const index = indexOf(kind, name);
  if (index === undefined) {
    const names = described()[`${kind}s`].join(", ");
    throw new TypeError(`unknown ${kind} ${JSON.stringify(name)}, expected one of ${names}`);
  }
  return index;
}

function kindOf(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}

/** Reads the JSON of a check of a text, with offsets in the string instead of in bytes. */
function readChecked(checked, text) {
  const toUnits = offsets(text);
  const convert = (part) => {
    part.start = toUnits(part.start);
    part.end = toUnits(part.end);
  };
  for (const diagnostic of checked.diagnostics) {
    convert(diagnostic);
    diagnostic.labels.forEach(convert);
    if (diagnostic.fix !== null) diagnostic.fix.edits.forEach(convert);
  }
  checked.filter = text;
  return checked;
}

/** Checks a filter. Never throws for an invalid one. */
export function check(text, options) {
  const { check } = exports();
  if (call(check, text, options) === ERROR) throw new TypeError(`invalid context: ${output()}`);
  return readChecked(JSON.parse(output()), text);
}

/** Splits any text into tokens, for coloring. */
export function tokenize(text) {
  const { tokens } = exports();
  tokens(write(text));
  const numbers = JSON.parse(output());
  const toUnits = offsets(text);
  const kinds = described().tokens;
  const found = [];
  for (let at = 0; at < numbers.length; at += 3) {
    const [start, end] = [toUnits(numbers[at + 1]), toUnits(numbers[at + 2])];
    found.push({ kind: kinds[numbers[at]], start, end });
  }
  return found;
}

/** The names of the methods with a filter. */
export function methods() {
  return [...described().methods];
}

/** The codes of diagnostics. */
export function codes() {
  return [...described().codes];
}

/** Filters that stay in the module are dropped there after JavaScript has dropped them. */
const kept =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry((handle) => exports().release(handle))
    : null;

/** Stands for the text of a filter whose value is known. */
const PARSED = Symbol("parsed");

/**
 * What a filter is to the module: its bits if it is of memberships, else a handle. A symbol, because
 * Apps Script may not read private fields.
 */
const VALUE = Symbol("value");

/** A valid filter. */
export class Filter {
  constructor(text, options) {
    this.method = options === undefined || options.method === undefined ? MEMBERS : options.method;
    this[VALUE] = text === PARSED ? options.value : parse(text, options);
    if (this.method !== MEMBERS && kept !== null) kept.register(this, this[VALUE]);
  }

  matches(resource) {
    if (this.method === MEMBERS) return ((this[VALUE] >>> cell(resource)) & 1) === 1;
    const json = toJson(resource);
    const { matches } = exports();
    const result = matches(0, this[VALUE], write(json));
    if (result === ERROR) throw new TypeError(output());
    return result === YES;
  }

  implies(other) {
    requireSameMethod(this, other);
    if (this.method === MEMBERS) return (this[VALUE] & ~other[VALUE]) === 0;
    return exports().implies(0, this[VALUE], other[VALUE]) === YES;
  }

  equals(other) {
    if (!(other instanceof Filter) || other.method !== this.method) return false;
    if (this.method === MEMBERS) return this[VALUE] === other[VALUE];
    return exports().equals(0, this[VALUE], other[VALUE]) === YES;
  }

  and(other) {
    requireSameMethod(this, other);
    const bits = this.method === MEMBERS ? this[VALUE] & other[VALUE] : 0;
    return combined(this, bits || combine("intersection", this, other));
  }

  or(other) {
    requireSameMethod(this, other);
    const bits = this.method === MEMBERS ? this[VALUE] | other[VALUE] : 0;
    return combined(this, bits || combine("union", this, other));
  }

  toString() {
    exports().text(isMembers(this), this[VALUE]);
    return output();
  }

  toJSON() {
    return this.toString();
  }
}

function parse(text, options) {
  const value = call(exports().parse, text, options);
  if (value !== 0) return value;
  const failure = output();
  if (!failure.startsWith("{")) throw new TypeError(`invalid context: ${failure}`);
  const { message, checked } = JSON.parse(failure);
  throw new FilterError(message, readChecked(checked, text));
}

function isMembers(filter) {
  return filter.method === MEMBERS ? YES : 0;
}

function requireSameMethod(filter, other) {
  if (!(other instanceof Filter)) throw new TypeError(`expected a Filter, not ${kindOf(other)}`);
  if (other.method !== filter.method) {
    throw new TypeError(`a filter of ${filter.method} cannot be compared with one of ${other.method}`);
  }
}

/** Returns the value of a combination, which throws if there is none. */
function combine(operation, left, right) {
  const value = exports()[operation](isMembers(left), left[VALUE], right[VALUE]);
  if (value === 0) throw new RangeError(output());
  return value;
}

function combined(filter, value) {
  return new Filter(PARSED, { method: filter.method, value });
}

function toJson(resource) {
  if (typeof resource !== "object" || resource === null) {
    throw new TypeError(`a resource is an object, not ${kindOf(resource)}`);
  }
  return JSON.stringify(resource);
}

/**
 * The roles and types of memberships with the indexes of their bits, as the module said when it was asked.
 * The type of a membership without a member is undefined. There are few names, so that a list is faster
 * than a map.
 */
const cells = [];

/** How many cells to remember: all that have names, as long as no resource has others. */
const REMEMBERED = 25;

/** Returns the index of a membership's bit. */
function cell(membership) {
  if (typeof membership !== "object" || membership === null) return ask(membership);
  const { member, role } = membership;
  let type;
  if (member === undefined || member === null) {
    if (Array.isArray(membership)) return ask(membership);
  } else {
    type = member.type;
    if (!isName(type)) return ask(membership);
    const { groupMember } = membership;
    if (groupMember !== undefined && groupMember !== null) return ask(membership);
  }
  for (let at = 0; at < cells.length; at++) {
    const known = cells[at];
    if (known.type === type && known.role === role) return known.index;
  }
  const index = ask(membership);
  if (cells.length < REMEMBERED && (role === undefined || isName(role))) cells.push({ role, type, index });
  return index;
}

/** Returns whether a value is of a type that enums have in JSON: a string or an integer. */
function isName(value) {
  return typeof value === "string" || typeof value === "number";
}

/** Asks the module for the index of a membership's bit. */
function ask(membership) {
  const json = toJson(membership);
  const { cell } = exports();
  const index = cell(write(json));
  if (index < 0) throw new TypeError(output());
  return index;
}
