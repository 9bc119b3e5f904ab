//! Families of long inputs: one for each construct and each mistake that can be repeated.

use gchat_filter::Method;

/// The parser's length limit, in bytes.
const LENGTH: usize = 16_384;

/// The limit of searches, in characters.
const SEARCH_LENGTH: usize = 1_000;

/// The parser's nesting limit.
const DEPTH: usize = 64;

/// Nesting levels of the deep families, whose inputs have a few more groups inside or outside.
const LEVELS: usize = DEPTH - 4;

/// Inputs of various lengths: a repeated unit in repeated nesting levels, with text around them.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    length: usize,
    before: &'static str,
    /// Opening and closing text of a nesting level.
    level: [&'static str; 2],
    unit: String,
    /// Text after the last unit, in the innermost level.
    last: &'static str,
    after: &'static str,
}

impl Family {
    /// The input whose length and nesting are this many quarters of the limits. The numbers of
    /// units and levels are proportional to `quarters`.
    pub(crate) fn text(&self, quarters: usize) -> String {
        let [open, close] = self.level;
        let around = [self.before, self.last, self.after].concat().len();
        let rest = self.length - around - LEVELS * (open.len() + close.len());
        let (levels, units) = (LEVELS / 4, rest / 4 / self.unit.len());
        [
            self.before,
            &open.repeat(levels * quarters),
            &self.units(units * quarters),
            self.last,
            &close.repeat(levels * quarters),
            self.after,
        ]
        .concat()
    }

    /// A number of units, with different numbers in place of `NNNN`.
    fn units(&self, count: usize) -> String {
        let units = (0..count).map(|n| self.unit.replace("NNNN", &format!("{n:04}")));
        units.collect()
    }

    /// Whether the input is a search, which has at most 1,000 characters: too short for growth to show
    /// in what a check allocates.
    #[allow(dead_code, reason = "benchmarks use all families")]
    pub(crate) const fn is_short(&self) -> bool {
        self.length == SEARCH_LENGTH
    }

    fn of(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// A family of valid searches.
    fn search(self, method: Method) -> Self {
        Self {
            method,
            length: SEARCH_LENGTH,
            ..self
        }
    }

    fn within(self, before: &'static str, after: &'static str) -> Self {
        Self {
            before,
            after,
            ..self
        }
    }
}

/// A family without nesting: repeated units with text before and after.
fn long(
    name: &'static str,
    before: &'static str,
    unit: impl Into<String>,
    last: &'static str,
) -> Family {
    Family {
        name,
        method: Method::SpacesMembersList,
        length: LENGTH,
        before,
        level: ["", ""],
        unit: unit.into(),
        last,
        after: "",
    }
}

/// A family with repeated units in nested levels.
fn deep(
    name: &'static str,
    level: [&'static str; 2],
    unit: impl Into<String>,
    last: &'static str,
) -> Family {
    Family {
        level,
        ..long(name, "", unit, last)
    }
}

const MEMBER: &str = r#"role = "ROLE_MEMBER""#;
const END: &str = r#"create_time < "2027-01-01T00:00:00Z""#;
const EMOJI: &str = r#"emoji.unicode = "a""#;

/// Text nested to the limit.
fn deepest(open: &str, inner: &str, close: &str) -> String {
    [&open.repeat(DEPTH), inner, &close.repeat(DEPTH)].concat()
}

fn and(text: &str) -> String {
    format!("{text} AND ")
}

fn or(text: &str) -> String {
    format!("{text} OR ")
}

/// All families.
pub(crate) fn families() -> Vec<Family> {
    let families = [
        valid(),
        unsupported(),
        schema_errors(),
        lints(),
        meaning_errors(),
        syntax_errors(),
        messages(),
        reactions(),
        space_events(),
        custom_emojis(),
        section_items(),
        searches(),
    ];
    families.into_iter().flatten().collect()
}

/// Valid filters, some with warnings.
fn valid() -> Vec<Family> {
    vec![
        long("white space", "", " \t\r\n", ""),
        long(
            "AND",
            "",
            r#"role = "ROLE_MEMBER" AND "#,
            r#"member.type != "BOT""#,
        ),
        long(
            "OR",
            "",
            r#"role = "ROLE_MEMBER" OR "#,
            r#"role = "ROLE_MANAGER""#,
        ),
        long(
            "AND of ORs",
            "",
            r#"(role = "ROLE_MEMBER" OR member.type = "BOT") AND "#,
            r#"role = "ROLE_MEMBER""#,
        ),
        long(
            "mixed",
            "",
            r#"role = "ROLE_MEMBER" OR role = "ROLE_MANAGER" AND "#,
            r#"member.type = "HUMAN""#,
        ),
        long(
            "long white space",
            r#"role = "ROLE_MEMBER""#,
            "  ",
            r#" AND member.type = "BOT""#,
        ),
        long(
            "always true",
            r#"member.type = "BOT" OR "#,
            r#"role = "ROLE_MEMBER" OR "#,
            r#"member.type != "BOT""#,
        ),
        long(
            "deep groups",
            "",
            and(&deepest("(", MEMBER, ")")),
            r#"role = "ROLE_MEMBER""#,
        ),
        deep("a deep group", ["(", ")"], and(MEMBER), MEMBER),
        deep(
            "redundant groups",
            [r#"role = "ROLE_MEMBER" AND ("#, ")"],
            or(MEMBER),
            MEMBER,
        ),
        deep(
            "redundant terms in groups",
            [r#"member.type != "BOT" AND ("#, ")"],
            or(MEMBER),
            MEMBER,
        ),
    ]
}

/// Syntax that the schema does not support.
fn unsupported() -> Vec<Family> {
    vec![
        long("sequence", "", "a ", ""),
        long("sequence of groups", "", "(a) ", ""),
        long("a path", "a", ".a", " = 1"),
        long("keywords in a path", "a", ".AND", " = 1"),
        long("arguments", "f(a", ", a", ")"),
        long("deep calls", "", deepest("f(", "", ")") + " ", ""),
        long("text", "", "x", ""),
        long("hyphens", "a", "-", ""),
        long("wide text", "", "é漢🙂", ""),
        long("a word starting with a keyword", "NOT", "é", ""),
        long("words starting with a keyword", "", "NOTé ", ""),
        long("a string", "role = \"", "x", "\""),
        long("spaces in a string", "role = '", "a  ", "'"),
        long("escaped quotes", "role = \"", "\\\"", "\""),
        long("backslashes", "role = \"", "\\\\", "\""),
        long("line feeds", "role = \"", "\\n", "\""),
        long("four-digit escapes", "role = \"", "\\u00e9", "\""),
        long("eight-digit escapes", "role = \"", "\\U0001F642", "\""),
        long("invisible in a string", "role = \"", "\u{202e}", "\""),
        long("a negative literal", "a = -1", ".1", ""),
        deep("deep arguments", ["f(", ")"], "a, ", "a"),
        deep("groups as arguments", ["role = (", ")"], "a AND ", "a"),
        deep(
            "groups in a group of values",
            ["A OR (A AND ", ")"],
            "A OR ",
            "A",
        )
        .within("role = (", ")"),
    ]
}

/// Many schema errors.
fn schema_errors() -> Vec<Family> {
    vec![
        long("unknown fields", "", and("x = 1"), "x = 1"),
        long("unknown values", "", or(r#"role = "OWNER""#), "x"),
        long(
            "comparators",
            "",
            and(r#"role < "ROLE_MEMBER""#),
            "role : 1",
        ),
        long("functions", "", and("f(x)"), "f(x)"),
        long("long calls", "", and("f(a, b, c) = g(d)"), "f(x)"),
        long("bare values", "", "\"HUMAN\" ", ""),
        long("bare fields", "", and("role"), "role"),
        long("missing comparators", "", "role ROLE_MEMBER and ", "role"),
        long("lower case", "", "role = \"ROLE_MEMBER\" and ", "x"),
        long("swapped sides", "", and("\"HUMAN\" = member.type"), "x = 1"),
        long(
            "quoted fields",
            "",
            or("\"role\" = \"ROLE_MEMBER\""),
            "x = 1",
        ),
        long("wrong case", "", or("ROLE = \"role_member\""), "x = 1"),
        long("groups of values", "", or("role = (A OR B)"), "x = 1"),
        long("a group of values", "role = (", "A OR ", "A)"),
    ]
}

/// Many lints.
fn lints() -> Vec<Family> {
    vec![
        long("unquoted", "", or("member.type = HUMAN"), "role = 1"),
        long(
            "single quotes",
            "",
            or("role = 'ROLE_MEMBER'"),
            "member.type = 'BOT'",
        ),
        long("NOT", "", or("NOT member.type = \"BOT\""), "NOT x"),
        long("minus", "", "-role = \"ROLE_MEMBER\" ", "-x"),
        long("implicit AND", "", "role = \"ROLE_MEMBER\" ", ""),
        long("inequality", "", and("role != \"ROLE_MEMBER\""), "x"),
        long(
            "undocumented",
            "",
            or("role = \"ROLE_ASSISTANT_MANAGER\""),
            "x",
        ),
        deep("negated groups", ["NOT (", ")"], and(MEMBER), MEMBER),
        deep("groups after minus", ["-(a ", ")"], "x ", "x"),
    ]
}

/// Contradictions, and filters that admin access rejects.
fn meaning_errors() -> Vec<Family> {
    vec![
        long(
            "one contradiction",
            "",
            r#"role = "ROLE_MEMBER" AND "#,
            r#"role = "ROLE_MANAGER""#,
        ),
        long(
            "contradictions",
            "",
            r#"(role = "ROLE_MEMBER" AND role = "ROLE_MANAGER") OR "#,
            r#"role = "ROLE_MEMBER""#,
        ),
        long(
            "a contradiction of groups",
            r#"member.type = "BOT" AND "#,
            r#"(role = "ROLE_MEMBER" OR member.type = "HUMAN") AND "#,
            r#"role = "ROLE_MANAGER""#,
        ),
        deep(
            "a deep contradiction",
            [r#"role = "ROLE_MEMBER" AND ("#, ")"],
            and(MEMBER),
            r#"role = "ROLE_MANAGER""#,
        ),
        deep(
            "deep contradictions",
            [r#"role = "ROLE_MEMBER" OR ("#, ")"],
            r#"(role = "ROLE_MEMBER" AND role = "ROLE_MANAGER") OR "#,
            MEMBER,
        ),
        long(
            "admin access",
            "",
            or("member.type != \"HUMAN\""),
            "member.type = \"BOT\"",
        ),
        long(
            "admin access to apps",
            "",
            or("member.type = \"HUMAN\""),
            "role = \"ROLE_MEMBER\"",
        ),
    ]
}

/// Syntax errors.
fn syntax_errors() -> Vec<Family> {
    vec![
        long("open groups", "", "(", ""),
        long("open groups of terms", "", "(a AND ", "a"),
        long("open calls", "", "f(", ""),
        long("open arguments", "", "a = (", ""),
        deep("unclosed groups", ["(", ""], "a AND ", "a"),
        deep("unclosed calls", ["f(", ""], "a, ", "a"),
        long("unmatched parentheses", "", ")", ""),
        long("one unmatched parenthesis", "a", " a", ")"),
        long("empty groups", "", "() ", ""),
        long("NOT NOT", "", "NOT ", "a"),
        long("repeated minus", "", "-", "a"),
        long("AND AND", "a ", "AND ", "a"),
        long("touching groups", "", "(a)", ""),
        long("touching terms at the end", "", "a ", "\"a\"a"),
        long("a touching group", "(a)(a", " a", ")"),
        long("dots", "a", ".", ""),
        long("spaced dots", "a", " . a", ""),
        long("no value", "", and(MEMBER), "role ="),
        long("comparators", "a ", "= ", ""),
        long("wrong operators", "", "role == 1 AND ", "a"),
        long("one long operator", "a ", "=", " 1"),
        long("commas", "a", ", a", ""),
        long("typographic quotes", "", "“a” ", ""),
        long("typographic opening quotes", "", "“", ""),
        long("typographic single quotes", "role = ", "‘", "'"),
        long("a string in typographic quotes", "role = “", "x", "”"),
        long("a typographic closing quote", "role = \"", "x", "”"),
        long("an unclosed typographic quote", "role = “", "x", ""),
        long("quotes in typographic quotes", "role = “", "\"", "”"),
        long("invisible characters", "", "\u{200b}", ""),
        long("invisible characters at the end", "a", "\u{feff}", ""),
        long("no-break spaces", "a", "\u{a0}", "b"),
        long("control characters", "a", "\u{1b}", ""),
        long("invisible before each term", "", "\u{200b}a ", ""),
        long("an unterminated string", "\"", "x", ""),
        long("unterminated with escaped quotes", "\"", "\\\"", ""),
        long("one extra quote", "", "\"\" ", "\""),
        long("an invalid escape at the end", "\"", "\\u00e9", "\\x\""),
        long("invalid escapes", "\"", "\\x", "\""),
        long("surrogates", "\"", "\\uD83D\\uDE42", "\""),
    ]
}

/// Filters of messages, which have timestamps and names.
fn messages() -> Vec<Family> {
    let time = r#"create_time > "2026-01-31T12:00:00.NNNNZ""#;
    let families = [
        long(
            "bounds",
            "",
            and(time),
            r#"create_time < "2027-01-01T00:00:00Z""#,
        ),
        long("OR of bounds", "", or(time), END),
        long(
            "timestamps without time zone",
            "",
            and(r#"create_time > "2026-01-31T12:00:00""#),
            END,
        ),
        long(
            "intervals without timestamps",
            r#"create_time > "2026-01-31T12:00:00Z""#,
            " ",
            r#"AND create_time < "2026-01-31T12:00:00Z""#,
        ),
        long(
            "threads",
            "",
            and("thread.name = spaces/A/threads/NNNN"),
            END,
        ),
        long("invalid names", "", and("thread.name = spaces/NNNN"), END),
        long(
            "a foreign thread",
            "",
            " ",
            "thread.name = spaces/A/threads/B",
        ),
    ];
    let families = families.into_iter();
    families
        .map(|family| family.of(Method::SpacesMessagesList))
        .collect()
}

/// Filters of reactions, of which a group has two fields.
fn reactions() -> Vec<Family> {
    let emoji = "emoji.unicode = \"aNNNN\"";
    let families = [
        long("OR of texts", "", or(emoji), EMOJI),
        long("AND of texts", "", and(emoji), EMOJI),
        long(
            "AND of ORs of texts",
            "",
            r#"(emoji.unicode = "NNNN" OR emoji.unicode = "a") AND "#,
            r#"emoji.unicode = "a""#,
        ),
        long("OR of fields", "", or(r#"user.name = "users/NNNN""#), EMOJI),
        long(
            "other spelling",
            "",
            or(r#"emoji.customEmoji.uid = "a""#),
            EMOJI,
        ),
        long(
            "aliases",
            "",
            or(r#"user.name = "users/NNNN@example.com""#),
            EMOJI,
        ),
        long("empty values", "", or(r#"emoji.unicode = """#), EMOJI),
        deep("nested reactions", ["(", ")"], or(emoji), EMOJI),
    ];
    let families = families.into_iter();
    families
        .map(|family| family.of(Method::SpacesMessagesReactionsList))
        .collect()
}

/// Filters of space events.
fn space_events() -> Vec<Family> {
    let updated = r#"event_types:"google.workspace.chat.space.v1.updated""#;
    let start = r#"start_time = "2026-01-01T00:00:00.00000NNNNZ""#;
    let families = [
        long("no filter", "", " ", ""),
        long(
            "OR of event types",
            "",
            or(updated),
            r#"event_types:"google.workspace.chat.message.v1.created""#,
        ),
        long(
            "AND of event types",
            "",
            and(updated),
            r#"start_time = "2026-01-31T12:00:00Z""#,
        ),
        long(
            "batch types",
            "",
            or(r#"event_types:"google.workspace.chat.space.v1.batchUpdated""#),
            END,
        ),
        long(
            "start times",
            "",
            and(start),
            r#"end_time = "2026-01-31T12:00:00Z""#,
        ),
        long(
            "an event long ago",
            "",
            " ",
            r#"start_time = "2000-01-01T00:00:00Z""#,
        ),
    ];
    let families = families.into_iter();
    families
        .map(|family| family.of(Method::SpacesSpaceEventsList))
        .collect()
}

/// Filters of custom emojis, which have calls and negations.
fn custom_emojis() -> Vec<Family> {
    let mine = r#"creator("users/me")"#;
    let families = [
        long("OR of calls", "", or(mine), mine),
        long("AND of calls", "", and(mine), mine),
        long(
            "OR of negated calls",
            "",
            or(r#"NOT creator("users/me")"#),
            mine,
        ),
        long(
            "compared functions",
            "",
            and(r#"creator = "users/me""#),
            mine,
        ),
        long("wrong arguments", "", and(r#"creator("NNNN")"#), mine),
        deep("negated calls", ["NOT (", ")"], or(mine), mine),
    ];
    let families = families.into_iter();
    families
        .map(|family| family.of(Method::CustomEmojisList))
        .collect()
}

/// Filters of section items, whose values have no quotes.
fn section_items() -> Vec<Family> {
    let space = "space = spaces/A";
    let families = [
        long("AND of spaces", "", and("space = spaces/NNNN"), space),
        long("OR of spaces", "", or("space = spaces/NNNN"), space),
        long("quoted spaces", "", and("space = \"spaces/A\""), space),
        long("spaces with dots", "", and("space = spaces/a.b.c.d"), space),
    ];
    let families = families.into_iter();
    families
        .map(|family| family.of(Method::UsersSectionsItemsList))
        .collect()
}

/// Filters of searches: two that are too long, and others of different words, names and timestamps.
fn searches() -> Vec<Family> {
    let words = r#"display_name:"NNNN""#;
    let spaces = long("a long search of spaces", "", or(words), words);
    let messages = long("a long search of messages", "", "NNNN ", "a");
    let required = r#"space_type = "SPACE" AND customer = "customers/my_customer" AND ("#;
    let of_spaces = [
        long("OR of display names", required, or(words), words),
        long(
            "a display name of many words",
            r#"space_type = "SPACE" AND customer = "customers/my_customer" AND (display_name:""#,
            "NNNN ",
            "a\"",
        ),
        long(
            "OR of times",
            required,
            or(r#"create_time = "2026-01-31T12:00:00.NNNNZ""#),
            END,
        ),
    ];
    let mention = "annotations.user_mentions.user.name:users/NNNN";
    let of_messages = [
        long("keywords", "", "NNNN ", "a"),
        long("phrases", "", "\"a NNNN\" ", "a"),
        long("phrases in each other", "", "\"0000 NNNN\" 0000 ", "a"),
        long("AND of mentions", "", and(mention), mention),
        long("OR of mentions", "", or(mention), mention),
        long(
            "AND of display names",
            "",
            and("space.display_name:NNNN"),
            "space.display_name:a",
        ),
        long(
            "OR of senders",
            "",
            or(r#"sender.name = "users/NNNN""#),
            r#"sender.name = "users/me""#,
        ),
    ];
    let of_spaces = of_spaces.map(|family| Family {
        after: ")",
        ..family.search(Method::SpacesSearch)
    });
    let of_messages = of_messages.map(|family| family.search(Method::SpacesMessagesSearch));
    [
        spaces.of(Method::SpacesSearch),
        messages.of(Method::SpacesMessagesSearch),
    ]
    .into_iter()
    .chain(of_spaces)
    .chain(of_messages)
    .collect()
}
