//! Families of long texts: one for each construct, and for each mistake, that can be repeated.

/// The longest text that is read, in bytes.
const LENGTH: usize = 16_384;

/// The deepest nesting that is read.
const DEPTH: usize = 64;

/// How deep texts nest that have more groups inside or outside.
const LEVELS: usize = DEPTH - 4;

/// A text by its size: what is repeated, and what stands around it.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    before: &'static str,
    /// What opens a level of nesting, and what closes one.
    level: [&'static str; 2],
    unit: String,
    behind: &'static str,
    after: &'static str,
}

impl Family {
    /// The text of so many quarters of the limits. Twice the quarters are twice the units, and
    /// twice the levels of nesting.
    pub(crate) fn text(&self, quarters: usize) -> String {
        let [open, close] = self.level;
        let around = [self.before, self.behind, self.after].concat().len();
        let rest = LENGTH - around - LEVELS * (open.len() + close.len());
        let (levels, units) = (LEVELS / 4, rest / 4 / self.unit.len());
        [
            self.before,
            &open.repeat(levels * quarters),
            &self.unit.repeat(units * quarters),
            self.behind,
            &close.repeat(levels * quarters),
            self.after,
        ]
        .concat()
    }

    fn within(self, before: &'static str, after: &'static str) -> Self {
        Self {
            before,
            after,
            ..self
        }
    }
}

/// So many units between two texts.
fn long(
    name: &'static str,
    before: &'static str,
    unit: impl Into<String>,
    behind: &'static str,
) -> Family {
    Family {
        name,
        before,
        level: ["", ""],
        unit: unit.into(),
        behind,
        after: "",
    }
}

/// So many units, and a last one, in groups within groups.
fn deep(
    name: &'static str,
    level: [&'static str; 2],
    unit: impl Into<String>,
    behind: &'static str,
) -> Family {
    Family {
        level,
        ..long(name, "", unit, behind)
    }
}

const MEMBER: &str = r#"role = "ROLE_MEMBER""#;

/// The deepest nesting of something.
fn deepest(open: &str, inner: &str, close: &str) -> String {
    [&open.repeat(DEPTH), inner, &close.repeat(DEPTH)].concat()
}

fn and(text: &str) -> String {
    format!("{text} AND ")
}

fn or(text: &str) -> String {
    format!("{text} OR ")
}

/// Every family.
pub(crate) fn families() -> Vec<Family> {
    let families = [
        valid(),
        meaningless(),
        errors(),
        lints(),
        meaning(),
        broken(),
    ];
    families.into_iter().flatten().collect()
}

/// Valid, perhaps with warnings.
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
            "much white space",
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
            "redundant in groups",
            [r#"member.type != "BOT" AND ("#, ")"],
            or(MEMBER),
            MEMBER,
        ),
    ]
}

/// Syntax that means nothing to the filter.
fn meaningless() -> Vec<Family> {
    vec![
        long("sequence", "", "a ", ""),
        long("groups touch", "", "(a) ", ""),
        long("a path", "a", ".a", " = 1"),
        long("keywords in a path", "a", ".AND", " = 1"),
        long("arguments", "f(a", ", a", ")"),
        long("deep calls", "", deepest("f(", "", ")") + " ", ""),
        long("text", "", "x", ""),
        long("hyphens", "a", "-", ""),
        long("wide text", "", "é漢🙂", ""),
        long("a keyword's letters", "NOT", "é", ""),
        long("words of keywords", "", "NOTé ", ""),
        long("a string", "role = \"", "x", "\""),
        long("spaces in a string", "role = '", "a  ", "'"),
        long("quotes escaped", "role = \"", "\\\"", "\""),
        long("backslashes", "role = \"", "\\\\", "\""),
        long("line feeds", "role = \"", "\\n", "\""),
        long("escapes of four", "role = \"", "\\u00e9", "\""),
        long("escapes of eight", "role = \"", "\\U0001F642", "\""),
        long("unseen in a string", "role = \"", "\u{202e}", "\""),
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

/// Many errors at once.
fn errors() -> Vec<Family> {
    vec![
        long("unknown fields", "", and("x = 1"), "x = 1"),
        long("unknown values", "", or(r#"role = "OWNER""#), "x"),
        long("operators", "", and(r#"role < "ROLE_MEMBER""#), "role : 1"),
        long("functions", "", and("f(x)"), "f(x)"),
        long("long calls", "", and("f(a, b, c) = g(d)"), "f(x)"),
        long("bare values", "", "\"HUMAN\" ", ""),
        long("bare fields", "", and("role"), "role"),
        long("pairs", "", "role ROLE_MEMBER and ", "role"),
        long("lower case", "", "role = \"ROLE_MEMBER\" and ", "x"),
        long("swapped", "", and("\"HUMAN\" = member.type"), "x = 1"),
        long(
            "quoted fields",
            "",
            or("\"role\" = \"ROLE_MEMBER\""),
            "x = 1",
        ),
        long("other case", "", or("ROLE = \"role_member\""), "x = 1"),
        long("groups of values", "", or("role = (A OR B)"), "x = 1"),
        long("a group of values", "role = (", "A OR ", "A)"),
    ]
}

/// Many lints at once.
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
        long("side by side", "", "role = \"ROLE_MEMBER\" ", ""),
        long("inequality", "", and("role != \"ROLE_MEMBER\""), "x"),
        long(
            "undocumented",
            "",
            or("role = \"ROLE_ASSISTANT_MANAGER\""),
            "x",
        ),
        deep("negated groups", ["NOT (", ")"], and(MEMBER), MEMBER),
        deep("minus groups", ["-(a ", ")"], "x ", "x"),
    ]
}

/// Contradictions, and what admin access rejects.
fn meaning() -> Vec<Family> {
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

/// No filters at all.
fn broken() -> Vec<Family> {
    vec![
        long("open groups", "", "(", ""),
        long("open groups of terms", "", "(a AND ", "a"),
        long("open calls", "", "f(", ""),
        long("open arguments", "", "a = (", ""),
        deep("never closed", ["(", ""], "a AND ", "a"),
        deep("never closed calls", ["f(", ""], "a, ", "a"),
        long("closed groups", "", ")", ""),
        long("one closed too often", "a", " a", ")"),
        long("empty groups", "", "() ", ""),
        long("NOT NOT", "", "NOT ", "a"),
        long("minus minus", "", "-", "a"),
        long("AND AND", "a ", "AND ", "a"),
        long("touching groups", "", "(a)", ""),
        long("touching at the end", "", "a ", "\"a\"a"),
        long("a touching group", "(a)(a", " a", ")"),
        long("dots", "a", ".", ""),
        long("spaced dots", "a", " . a", ""),
        long("no value", "", and(MEMBER), "role ="),
        long("comparators", "a ", "= ", ""),
        long("wrong operators", "", "role == 1 AND ", "a"),
        long("one long operator", "a ", "=", " 1"),
        long("commas", "a", ", a", ""),
        long("typographic quotes", "", "“a” ", ""),
        long("typographic openings", "", "“", ""),
        long("single typographic", "role = ", "‘", "'"),
        long("a typographic string", "role = “", "x", "”"),
        long("no closing mark", "role = \"", "x", "”"),
        long("no closing mark in sight", "role = “", "x", ""),
        long("plain in typographic", "role = “", "\"", "”"),
        long("invisible", "", "\u{200b}", ""),
        long("invisible behind", "a", "\u{feff}", ""),
        long("no-break spaces", "a", "\u{a0}", "b"),
        long("controls", "a", "\u{1b}", ""),
        long("invisible here and there", "", "\u{200b}a ", ""),
        long("an unterminated string", "\"", "x", ""),
        long("unterminated and escaped", "\"", "\\\"", ""),
        long("one mark too many", "", "\"\" ", "\""),
        long("a bad escape at the end", "\"", "\\u00e9", "\\x\""),
        long("bad escapes", "\"", "\\x", "\""),
        long("surrogates", "\"", "\\uD83D\\uDE42", "\""),
    ]
}
