// A program with types, which `tsc --strict` checks. `@ts-expect-error` is an error where there is none.

import {
  type Checked,
  type Diagnostic,
  Filter,
  FilterError,
  type Method,
  type Options,
  type Token,
  check,
  codes,
  init,
  methods,
  tokenize,
} from "gchat-filter";

interface Membership {
  name: string;
  role?: "ROLE_MEMBER" | "ROLE_MANAGER";
  member?: { name: string; type: string };
}

export async function managers(memberships: readonly Membership[]): Promise<Membership[]> {
  await init();
  await init(new URL("https://example.com/gchat_filter.wasm"));
  await init(fetch("https://example.com/gchat_filter.wasm"));
  await init(new Uint8Array());
  const options: Options = { method: "spaces.members.list", adminAccess: false, preset: "strict" };
  const filter = new Filter('role = "ROLE_MANAGER"', options);
  const both: Filter = filter.and(new Filter('member.type = "HUMAN"')).or(filter);
  const method: Method = both.method;
  const same: boolean = both.equals(filter) && filter.implies(both) && method === "spaces.members.list";
  return same ? memberships.filter((membership) => both.matches(membership)) : [];
}

export function explain(text: string): string[] {
  const checked: Checked = check(text, { context: { caller: "users/1", unread: ["spaces/A/messages/B"] } });
  const tokens: Token[] = tokenize(text);
  const lines = checked.diagnostics.map(({ start, end, message, fix }: Diagnostic) => {
    const fixed: string = fix === null ? "" : fix.text;
    return `${text.slice(start, end)}: ${message} ${fixed}`;
  });
  const cells = checked.admits?.map(({ role, type }) => `${role} ${type ?? "no member"}`) ?? [];
  return [...lines, ...cells, ...methods(), ...codes(), ...tokens.map(({ kind }) => kind)];
}

export function fixed(text: string): string | null {
  try {
    return new Filter(text).toString();
  } catch (error) {
    return error instanceof FilterError ? error.fixed : null;
  }
}

// @ts-expect-error: there is no such method
check("", { method: "spaces.member.list" });
// @ts-expect-error: a filter is a string
new Filter(1);
// @ts-expect-error: a resource is an object
new Filter("").matches("users/1");
// @ts-expect-error: the method does not change
new Filter("").method = "spaces.list";
// @ts-expect-error: there may be no fixed text
export const text: string = check("").fixed;
