// A parser for filters of memberships as one would write it by hand in JavaScript, for the benchmark: it
// returns the same bits as the library for documented filters, and throws without saying why for others.

const ROLES = { ROLE_MEMBER: 1, ROLE_MANAGER: 2 };
const TYPES = { HUMAN: 2, BOT: 3 };
const ALL = (1 << 25) - 1;

const ofRole = (role) => 31 << (5 * role);
const ofType = (type) => [0, 5, 10, 15, 20].reduce((bits, row) => bits | (1 << (row + type)), 0);

const VALUES = { role: {}, "member.type": {} };
for (const [name, role] of Object.entries(ROLES)) VALUES.role[name] = ofRole(role);
for (const [name, type] of Object.entries(TYPES)) VALUES["member.type"][name] = ofType(type);

const TOKEN = /\s*([()]|AND\b|OR\b|role|member\.type|=|!=|"[^"\\]*")/y;

export function parseBits(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (found === null) throw new Error("invalid");
    tokens.push(found[1]);
  }
  let at = 0;

  const term = () => {
    const token = tokens[at++];
    if (token === "(") {
      const bits = expression();
      if (tokens[at++] !== ")") throw new Error("invalid");
      return bits;
    }
    const values = VALUES[token];
    const operator = tokens[at++];
    const value = tokens[at++];
    if (values === undefined || value === undefined || (operator !== "=" && operator !== "!=")) {
      throw new Error("invalid");
    }
    const bits = values[value.slice(1, -1)];
    if (bits === undefined || (operator === "!=" && token === "role")) throw new Error("invalid");
    return operator === "=" ? bits : ALL & ~bits;
  };
  const factor = () => {
    let bits = term();
    while (tokens[at] === "OR") {
      at++;
      bits |= term();
    }
    return bits;
  };
  const expression = () => {
    let bits = factor();
    while (tokens[at] === "AND") {
      at++;
      bits &= factor();
      if (bits === 0) throw new Error("invalid");
    }
    return bits;
  };

  if (tokens.length === 0) return ALL;
  const bits = expression();
  if (at < tokens.length) throw new Error("invalid");
  return bits;
}
