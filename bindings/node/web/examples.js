// Examples to click: a valid filter of each method, and one for each code of a diagnostic.

const messages = { method: "spaces.messages.list" };
const search = { method: "spaces.search", adminAccess: true };
const reactions = { method: "spaces.messages.reactions.list" };
const events = { method: "spaces.spaceEvents.list" };
const messagesSearch = { method: "spaces.messages.search" };
const items = { method: "users.sections.items.list" };
const admin = { adminAccess: true };

/** Valid filters. */
export const valid = [
  { text: 'member.type = "HUMAN" AND role = "ROLE_MANAGER"' },
  { method: "spaces.list", text: 'space_type = "SPACE" OR space_type = "GROUP_CHAT"' },
  { ...search, text: 'customer = "customers/my_customer" AND space_type = "SPACE" AND display_name:"Project"' },
  { ...messages, text: 'create_time > "2026-01-31T12:00:00Z" AND thread.name = spaces/A/threads/B' },
  { ...messagesSearch, text: '"pending reports" is_unread() sender.name = "users/me"' },
  { ...reactions, text: 'emoji.unicode = "🙂" AND user.name = "users/123456789"' },
  { ...events, text: 'event_types:"google.workspace.chat.message.v1.created"' },
  { method: "customEmojis.list", text: 'NOT creator("users/me")' },
  { ...items, text: "space = spaces/AAAA" },
];

/** Mistakes, by the code of their diagnostic. */
export const mistakes = {
  "unexpected-character": { text: 'role = \u200b"ROLE_MANAGER"' },
  "typographic-quote": { text: "role = “ROLE_MANAGER”" },
  "unexpected-token": { text: 'role = "ROLE_MANAGER" AND OR member.type = "HUMAN"' },
  "unexpected-end": { text: 'role = "ROLE_MANAGER" AND' },
  "unterminated-string": { text: 'role = "ROLE_MANAGER' },
  "invalid-escape": { text: 'role = "ROLE\\_MANAGER"' },
  "unclosed-parenthesis": { text: '(role = "ROLE_MANAGER"' },
  "unmatched-parenthesis": { text: 'role = "ROLE_MANAGER")' },
  "empty-parentheses": { text: 'role = "ROLE_MANAGER" AND ()' },
  "missing-space": { text: 'role = "ROLE_MANAGER"AND member.type = "HUMAN"' },
  "space-in-member": { text: 'member . type = "HUMAN"' },
  "wrong-operator": { text: 'role == "ROLE_MANAGER"' },
  "too-long": { ...search, text: `display_name:"${"long ".repeat(220)}"` },
  "too-deep": { text: `${"(".repeat(65)}role = "ROLE_MANAGER"${")".repeat(65)}` },
  "unknown-field": { text: 'type = "HUMAN"' },
  "unknown-value": { text: 'role = "OWNER"' },
  "unsupported-operator": { text: 'role : "ROLE_MANAGER"' },
  "missing-comparison": { text: '"ROLE_MANAGER"' },
  "lowercase-keyword": { text: 'role = "ROLE_MANAGER" and member.type = "HUMAN"' },
  "swapped-sides": { text: '"HUMAN" = member.type' },
  "quoted-field": { text: '"role" = "ROLE_MANAGER"' },
  "bad-timestamp": { ...messages, text: 'create_time > "2026-01-31"' },
  "bad-name": { ...items, text: "space = AAAA" },
  "missing-filter": { ...events, text: "" },
  "batch-event-type": { ...events, text: 'event_types:"google.workspace.chat.message.v1.batchCreated"' },
  "empty-value": { ...reactions, text: 'emoji.unicode = ""' },
  "cross-field-or": { ...reactions, text: 'emoji.unicode = "🙂" OR user.name = "users/1"' },
  "or-not-supported": {
    ...messages,
    text: 'create_time > "2026-01-31T12:00:00Z" OR create_time < "2026-01-01T12:00:00Z"',
  },
  "and-not-supported": {
    ...messages,
    text: "thread.name = spaces/A/threads/B AND thread.name = spaces/A/threads/C",
  },
  "mixed-within-field": {
    ...messagesSearch,
    text: 'annotations.user_mentions.user.name:"users/1" AND (annotations.user_mentions.user.name:"users/2" OR annotations.user_mentions.user.name:"users/3")',
  },
  "not-an-interval": {
    ...messages,
    text: 'create_time > "2026-01-31T12:00:00Z" AND create_time > "2026-01-01T12:00:00Z"',
  },
  "function-call": { text: 'role = lower("ROLE_MANAGER")' },
  "group-argument": { text: 'member.type = ("HUMAN" OR "BOT")' },
  "unquoted-value": { text: "role = ROLE_MANAGER" },
  "single-quotes": { text: "role = 'ROLE_MANAGER'" },
  "mixed-operators": { text: 'role = "ROLE_MANAGER" AND member.type = "HUMAN" OR member.type = "BOT"' },
  "implicit-and": { text: 'role = "ROLE_MANAGER" member.type = "HUMAN"' },
  negation: { text: 'NOT member.type = "BOT"' },
  "undocumented-operator": { text: 'role != "ROLE_MANAGER"' },
  "undocumented-value": { text: 'role = "ROLE_ASSISTANT_MANAGER"' },
  "field-spelling": { ...messagesSearch, text: 'createTime > "2026-01-31T12:00:00Z"' },
  "user-alias": { ...reactions, text: 'user.name = "users/me"' },
  "quoted-value": { ...items, text: 'space = "spaces/AAAA"' },
  contradiction: { text: 'role = "ROLE_MANAGER" AND role = "ROLE_MEMBER"' },
  "empty-interval": {
    ...messages,
    text: 'create_time > "2026-01-31T12:00:00Z" AND create_time < "2026-01-01T12:00:00Z"',
  },
  "foreign-thread": {
    ...messages,
    text: "thread.name = spaces/BBBB/threads/CCCC",
    context: { parent: "spaces/AAAA" },
  },
  "outside-window": {
    ...events,
    text: 'event_types:"google.workspace.chat.message.v1.created" AND start_time = "2020-01-01T00:00:00Z"',
    context: { now: "2026-01-31T12:00:00Z" },
  },
  "redundant-term": { text: 'role = "ROLE_MANAGER" AND role = "ROLE_MANAGER"' },
  "always-true": { text: 'member.type = "HUMAN" OR member.type != "HUMAN"' },
  "admin-type-comparison": { ...admin, text: 'member.type = "BOT"' },
  "admin-requires-type": { ...admin, text: 'role = "ROLE_MANAGER"' },
  "admin-only-field": { method: "spaces.search", text: 'display_name:"Project" AND customer = "customers/my_customer"' },
  "missing-conjunct": { ...search, text: 'display_name:"Project"' },
  "missing-event-type": { ...events, text: 'start_time = "2026-01-31T12:00:00Z"' },
  "empty-response": { method: "spaces.search", text: 'space_type = "SPACE"' },
};
