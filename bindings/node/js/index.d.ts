/** A method of the Chat API with a filter. */
export type Method =
  | "spaces.members.list"
  | "spaces.list"
  | "spaces.search"
  | "spaces.messages.list"
  | "spaces.messages.search"
  | "spaces.messages.reactions.list"
  | "spaces.spaceEvents.list"
  | "customEmojis.list"
  | "users.sections.items.list";

/** Levels of the lints: the default, all denied, or all allowed. */
export type Preset = "default" | "strict" | "aip160";

/** Settings of a check. */
export interface Options {
  /** The method that the filter is for; `spaces.members.list` if absent. */
  method?: Method;
  /** Whether the request has `useAdminAccess`; `false` if absent. */
  adminAccess?: boolean;
  /** `default` if absent. */
  preset?: Preset;
  /** What is known about the request and its caller. */
  context?: Context;
}

/**
 * What some filters depend on besides the resource, and some lints besides the text. All of it is
 * optional; `matches` throws a TypeError if it needs what is not there.
 */
export interface Context {
  /** Name of the calling user, such as `users/123456789`, which `users/me` stands for. */
  caller?: string;
  /** Names of users by other names of theirs, such as `users/dana@example.com`. */
  aliases?: Record<string, string>;
  /** Time of the request in RFC 3339 format. */
  now?: string;
  /** Parent of the request, such as `spaces/AAAA`. */
  parent?: string;
  /** Spaces, of which messages only have the name. */
  spaces?: readonly object[];
  /** Names of the messages that the caller has not read. All others are read. */
  unread?: readonly string[];
  /** Names of the users who created custom emoji, by the names of the emoji. */
  creators?: Record<string, string>;
}

/** A part of a text, from `start` up to but not including `end`: indexes in the string. */
export interface Span {
  start: number;
  end: number;
}

/** A note on a part of the text, or the replacement of it. */
export interface SpannedText extends Span {
  text: string;
}

/** A fix for the problem that a diagnostic reports. */
export interface Fix {
  /** Whether it is clearly what was intended, so that it needs no question. */
  certain: boolean;
  /** The replacements, in the order of the text, without overlaps. */
  edits: SpannedText[];
  /** The text with only this fix applied. */
  text: string;
}

/** An error or a warning. */
export interface Diagnostic extends Span {
  severity: "error" | "warning";
  stage: "syntax" | "schema" | "meaning" | "access";
  /** Stable name in kebab case, such as `unknown-field`. */
  code: string;
  /** One line in lower case. */
  message: string;
  labels: SpannedText[];
  help: string | null;
  fix: Fix | null;
}

/** A role and a type of memberships: `*` for unknown names, and a type of null for no member. */
export interface Cell {
  role: string;
  type: string | null;
}

/** An interval of timestamps in RFC 3339 format; a bound of null is none. */
export interface Interval {
  start: string | null;
  startIncluded: boolean;
  end: string | null;
  endIncluded: boolean;
}

/** What a filter matches of a group of fields: one of the optional properties is there. */
export interface GroupMeaning {
  fields: string[];
  /** Names of enum values; `*` for all others. */
  values?: string[];
  /** Whether a condition without a value holds. */
  holds?: boolean;
  intervals?: Interval[];
  texts?: { field: string; text: string }[];
  /** Words, phrases or names, of which one of the lists must be there completely. */
  alternatives?: string[][];
}

/** The result of a check, as `gchat-filter check --format json` prints it, with indexes in the string. */
export interface Checked {
  /** The text that was checked. */
  filter: string;
  valid: boolean;
  /** Errors and warnings, in the order of the text. */
  diagnostics: Diagnostic[];
  /** The text with all certain fixes applied; null if there are none. */
  fixed: string | null;
  /** The shortest text with the filter's meaning; null if it is invalid. */
  simplified: string | null;
  /** The cells that a filter of memberships matches; null for others. */
  admits: Cell[] | null;
  /** What a valid filter of another method matches; groups that it does not restrict are left out. */
  meaning?: GroupMeaning[];
}

/** A part of a text, for coloring. */
export interface Token extends Span {
  kind: "keyword" | "word" | "string" | "operator" | "punctuation" | "invalid";
}

/**
 * Loads the WebAssembly module. Call it once and await it; everything else is synchronous.
 *
 * Without a source, the module is read from the package: from the file system in Node, with `fetch`
 * elsewhere.
 */
export function init(
  source?:
    | string
    | URL
    | Response
    | BufferSource
    | WebAssembly.Module
    | PromiseLike<Response | BufferSource | WebAssembly.Module>,
): Promise<void>;

/** Checks a filter. It never throws for an invalid one. */
export function check(text: string, options?: Options): Checked;

/** A valid filter: what it matches. */
export class Filter {
  /** @throws {FilterError} if the filter is invalid */
  constructor(text: string, options?: Options);

  readonly method: Method;

  /**
   * Returns whether the filter matches a resource of its method, as the API returns it. Of a membership,
   * only the role and the member are read.
   *
   * @throws {TypeError} if it is not such a resource, or the context lacks what the filter depends on
   */
  matches(resource: object): boolean;

  /** Returns whether `other` matches everything that this filter matches. */
  implies(other: Filter): boolean;

  /** Returns whether `other` has the same meaning. */
  equals(other: unknown): boolean;

  /**
   * Returns the filter that matches what both match.
   *
   * @throws {RangeError} if nothing does, or the language cannot express it
   */
  and(other: Filter): Filter;

  /**
   * Returns the filter that matches what either matches.
   *
   * @throws {RangeError} for other methods than `spaces.members.list`, whose unions have no text
   */
  or(other: Filter): Filter;

  /** Returns the shortest text with the filter's meaning. */
  toString(): string;

  /** The same as `toString`. */
  toJSON(): string;
}

/** Thrown for an invalid filter. The message is one line. */
export class FilterError extends Error {
  private constructor();
  name: "FilterError";
  /** The invalid text. */
  filter: string;
  /** Errors and warnings, in the order of the text. At least one is an error. */
  diagnostics: Diagnostic[];
  /** The text with all certain fixes applied; null if there are none. */
  fixed: string | null;
}

/** Splits any text, valid or not, into tokens. Only white space is not part of one. */
export function tokenize(text: string): Token[];

/** Returns the names of the methods. */
export function methods(): Method[];

/** Returns the codes of diagnostics. */
export function codes(): string[];
