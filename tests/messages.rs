//! The full text of the diagnostics for a catalog of mistakes.
//!
//! The expected text is in `snapshots`, one file for each topic.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests fail by panicking, and their tables are long"
)]

use std::fmt::Write;

use gchat_filter::diagnostic::{Severity, visible};
use gchat_filter::members::Filter;
use gchat_filter::{Checker, Level, Lint, Preset};
use insta::assert_snapshot;

/// Returns the diagnostics of a filter as lines.
fn report(checker: &Checker, text: &str) -> String {
    let checked = Filter::check(checker, text);
    let mut out = String::new();
    for d in &checked.diagnostics {
        let severity = if d.severity == Severity::Error {
            "error"
        } else {
            "warning"
        };
        let (start, end) = (d.span.start, d.span.end);
        writeln!(out, "{severity}[{}] {start}..{end}: {}", d.code, d.message).unwrap();
        for label in &d.labels {
            let (start, end) = (label.span.start, label.span.end);
            writeln!(out, "  {start}..{end}: {}", label.text).unwrap();
        }
        if let Some(help) = &d.help {
            writeln!(out, "  help: {help}").unwrap();
        }
        if let Some(fix) = &d.fix {
            let how = if fix.certain { "fix" } else { "possible fix" };
            writeln!(out, "  {how}: {}", visible(&fix.apply(text).unwrap())).unwrap();
        }
    }
    out
}

/// Returns a topic of the catalog: each filter with its diagnostics.
fn catalog(checker: &Checker, filters: &[&str]) -> String {
    let mut out = String::new();
    for text in filters {
        writeln!(out, "> {}\n{}", visible(text), report(checker, text)).unwrap();
    }
    out
}

#[test]
fn unexpected_ends() {
    let output = catalog(
        &Checker::new(),
        &[
            "NOT",
            "NOT ",
            "- ",
            "-",
            "a AND",
            "a OR ",
            "(a AND",
            "NOT a AND NOT",
            "a = - ",
            "(a) AND -  ",
            "AND",
            "(",
            "a = ",
            "(a = ",
            "a = -",
            "a.",
            "a. ",
            "(a .",
            "f(",
            "f(a",
            "f(a,",
            "f(a, ",
            "f(a AND",
            "f((a",
            "a = (",
            "a =(b OR",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn unexpected_tokens() {
    let output = catalog(
        &Checker::new(),
        &[
            // In place of a term.
            "AND",
            "AND a = b",
            "( AND b)",
            "(OR b)",
            "= b",
            "(= b)",
            "(>= b)",
            ", a",
            "(,)",
            ":b",
            "< b",
            "<= b",
            ".a",
            "a AND AND b",
            "a OR AND b",
            "a AND OR NOT b",
            "(a AND )",
            "(a AND b OR )",
            "(a AND NOT )",
            "(OR )",
            "f(x, (a AND ))",
            "a AND = b",
            "NOT OR a",
            "a OR ,",
            // In place of a negated term.
            "NOT ,",
            "NOT = b",
            "NOT NOT a",
            "NOT -a",
            "--a",
            "-NOT a",
            "-AND a",
            "NOT )",
            "- a",
            "-  \ta = b",
            "-(a) AND - b",
            "-,",
            // In place of a value.
            "a = ,",
            "a = AND",
            "a = NOT b",
            "a = OR b",
            "a = )",
            "(a = )",
            "a = = b",
            "a = .",
            "f(,",
            "f(a,)",
            "f(a, )",
            "f(a,,b)",
            "f(AND)",
            "f(a, NOT b)",
            "f(a, OR",
            "a = -,",
            "a = -b",
            "a = - 5",
            "a = -5.,",
            "a = -5. 5",
            "a = -5 .5",
            "a = -5.5.5",
            "f(- 3)",
            "f(-, 3)",
            "a = \"b\" = c",
            // In place of a field.
            "a.,",
            "a. ,",
            "a.=",
            "a.(b)",
            "a . )",
            "a . \u{200b}b",
            "a. = b",
            "a.-b",
            // After an argument.
            "f(a b)",
            "f(a = b)",
            "f(a (b))",
            "f(a -b)",
            "f(a) .b",
            "f(a).b",
            "f(a .b)",
            "f(a.b .c)",
            // After a term.
            "a, b",
            "(a, b)",
            "a = b, c = d",
            "a = b = c",
            "(a = b = c)",
            "a:b:c",
            "a = b <= c",
            "(a).b",
            "(a) .b",
            "a .b",
            "a. b = c",
            "a . b",
            "a .é",
            "a .\"b\"",
            "a .-b",
            "a = b)",
            "a) b) c)",
            "a) AND b",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn touching_terms() {
    let output = catalog(
        &Checker::new(),
        &[
            "a\"b\"",
            "\"a\"b",
            "\"a\"é",
            "\"a\"-b",
            "\"a\"(b)",
            "(a)(b)",
            "(a)b = c",
            "(a)\"b\" = c",
            "f(a)b",
            "(a)-b",
            "(a)-",
            "(a)\"b",
            "a = \"b\"c",
            "a = \"b\"c = d",
            "(a = \"b\"c)",
            "AND(b)",
            "a AND(b)",
            "a AND(b) AND(c)",
            "(a)OR (b)",
            "(a)OR(b)",
            "\"X\"AND b",
            "\"X\"AND\"b\"",
            "NOT(a)",
            "NOT\"a\"",
            "NOT(a) AND NOT(b)",
            "a OR NOT(b)",
            "(NOT(a))",
            "NOT-a",
            "a AND-b",
            "a AND,b",
            "a AND=b",
            "a AND)",
            "a AND“b”",
            "a AND\u{a0}b",
            "NOT,a",
            "NOT=a",
            "NOT.a",
            "a AND.b",
            "(a)AND",
            "(a)AND ",
            "(a)NOT b",
            "a OR\"é\"",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn wrong_operators() {
    let output = catalog(
        &Checker::new(),
        &[
            "a == b",
            "a === b",
            "a <> b",
            "a !== b",
            "a => b",
            "a =< b",
            "a =! b",
            "a ! b",
            "a ! = b",
            "a !  == b",
            "a ! ",
            "!a",
            "! a",
            "(!a)",
            "(! a)",
            "NOT !a",
            "NOT ! a",
            "-!a",
            "a = !b",
            "a = ! b",
            "a != !b",
            "a = b ! c",
            "a = b == c",
            "a == == b",
            "a =\u{a0}= b",
            "f(!a)",
            "f(a == b)",
            "a <>",
            "== b",
            "(<> b)",
            "a <=> b",
            "a !< b",
            "a !! b",
            "!!a",
            "a =!b",
            "a = == b",
            "a.==b",
            "(!!a)",
            "a AND!b",
            "NOT!a",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn parentheses() {
    let deep = "(".repeat(65);
    let output = catalog(
        &Checker::new(),
        &[
            "()",
            "( )",
            "a AND ( )",
            "a = ()",
            "f()",
            "f( )",
            "(a",
            "((a = b) AND (c",
            "(a ",
            "a)",
            ")",
            "(a))",
            "(a) )",
            "a = (b",
            "f(a",
            "f((a)",
            "(\"a\" = b",
            "(a AND",
            &deep,
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn strings() {
    let output = catalog(
        &Checker::new(),
        &[
            "\"a",
            "'a",
            "a = \"b ",
            "a = \"b”",
            "a = 'b’",
            "a = \"b\\",
            "a = \"b\\\"",
            "a = \"b\\ ",
            "\"",
            "a = \"b AND c = \"d\"",
            "\"\\x\"",
            "\"\\é\"",
            "\"\\\u{202e}\"",
            "\"\\\n\"",
            "\"\\u12\"",
            "\"\\u\"",
            "\"\\u12G4\"",
            "\"\\U00110000\"",
            "\"\\UFFFFFFFF\"",
            "\"\\U0001F60\"",
            "\"\\uD83D\"",
            "\"\\uDE00\"",
            "\"\\uD83D\\uDE00\"",
            "\"\\uD83D\\u0041\"",
            "\"\\uD83D\\uDE0\"",
            "\"\\uD83D\\n\"",
            "\"\\U0000D83D\\uDE00\"",
            "a \\ b",
            "\\a",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn characters() {
    let output = catalog(
        &Checker::new(),
        &[
            "a\u{a0}= b",
            "a\u{200b} = b",
            "\u{feff}a = b",
            "\u{feff}= b",
            "\u{200b})",
            "a\u{ad}b",
            "a\u{202f}b",
            "a\u{3000}b",
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{200e}b",
            "a\u{200f}b",
            "a\u{61c}b",
            "a\u{202a}b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{2069}b",
            "a\u{2060}b",
            "a\u{e0041}b",
            "a\0b",
            "a\u{1b}[31m",
            "a\u{7f}",
            "a\u{85}b",
            "a\u{b}b",
            "a \u{200b}\u{a0}\u{200b} b",
            "a\u{200d}b",
            "a\u{3164}b",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn typographic_quotes() {
    let output = catalog(
        &Checker::new(),
        &[
            "“HUMAN”",
            "role = “ROLE_MEMBER”",
            "role = „ROLE_MEMBER“",
            "role = «ROLE_MEMBER»",
            "role = ‘ROLE_MEMBER’",
            "role = ‹ROLE_MEMBER›",
            "role = “ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER”",
            "role = ‘ROLE_MEMBER'",
            "role = “ROLE_MEMBER",
            "role = ‘a\"b’",
            "role = “a'b”",
            "role = “a\\b”",
            "role = ‘a'b’",
            "role = ״ROLE_MEMBER״",
            "role ”",
            "role = ＂ROLE_MEMBER＂",
            "“a” b” c",
            "role = “ROLE_MEMBER AND member.type = \"HUMAN\"",
            "role = “X AND member.type = “HUMAN”",
            "role = ‘a\"b'c’",
            "‘it's’ ‘a’b",
            "“a”\"b\"",
            "“a”\"",
            "““a””",
            "role = “X AND member.type = \"\"",
            "“",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn fields() {
    let output = catalog(
        &Checker::new(),
        &[
            // Different case, quotes, synonyms.
            "Role = \"ROLE_MEMBER\"",
            "MEMBER.TYPE = \"HUMAN\"",
            "\"role\" = \"ROLE_MEMBER\"",
            "member.\"type\" = \"HUMAN\"",
            "\"member.type\" = \"HUMAN\"",
            "type = \"HUMAN\"",
            "memberType = \"HUMAN\"",
            "member_type = \"HUMAN\"",
            "user.type = \"HUMAN\"",
            "membership.type = \"HUMAN\"",
            "member.member.type = \"HUMAN\"",
            "membership.member.type = \"HUMAN\"",
            "member.role = \"ROLE_MEMBER\"",
            "membership.role = \"ROLE_MEMBER\"",
            "roles = \"ROLE_MEMBER\"",
            "user.role = \"ROLE_MEMBER\"",
            // Parameters of the request.
            "state = \"JOINED\"",
            "membership.state = \"JOINED\"",
            "member.state = \"JOINED\"",
            "invited = \"true\"",
            "group = \"x\"",
            "groups = \"x\"",
            "groupMember = \"x\"",
            "groupMember.name = \"x\"",
            "showGroups = \"true\"",
            "showInvited = \"true\"",
            "useAdminAccess = \"true\"",
            "pageSize = \"1\"",
            "pageToken = \"1\"",
            // Fields of memberships that filters cannot use.
            "name = \"x\"",
            "member.name = \"x\"",
            "displayName = \"x\"",
            "member.displayName = \"x\"",
            "email = \"x\"",
            "member.email = \"x\"",
            "createTime > \"x\"",
            "deleteTime > \"x\"",
            "affiliation = \"x\"",
            "domainId = \"x\"",
            "member.domainId = \"x\"",
            "isAnonymous = \"x\"",
            "member.isAnonymous = \"x\"",
            "avatarUrl = \"x\"",
            "member.avatarUrl = \"x\"",
            // Misspelled or unknown.
            "rol = \"ROLE_MEMBER\"",
            "roel = \"ROLE_MEMBER\"",
            "rule = \"ROLE_MEMBER\"",
            "rl = \"ROLE_MEMBER\"",
            "rolexy = \"ROLE_MEMBER\"",
            "ole = \"ROLE_MEMBER\"",
            "xrole = \"ROLE_MEMBER\"",
            "xyrole = \"ROLE_MEMBER\"",
            "ember.type = \"HUMAN\"",
            "mber.type = \"HUMAN\"",
            "xymember.type = \"HUMAN\"",
            "xyzmember.type = \"HUMAN\"",
            "membr.type = \"HUMAN\"",
            "member.tpye = \"HUMAN\"",
            "mmbr.typ = \"HUMAN\"",
            "mbr.typ = \"HUMAN\"",
            "member.types = \"HUMAN\"",
            "member.type.name = \"HUMAN\"",
            "member = \"HUMAN\"",
            "ärger = \"x\"",
            "x = \"y\"",
            "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z = \"HUMAN\"",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn values() {
    let output = catalog(
        &Checker::new(),
        &[
            "role = \"role_member\"",
            "role = \" ROLE_MEMBER \"",
            "role = \"role_assistant_manager\"",
            "role = role_assistant_manager",
            "role = \"ROLE_ASSISTANT_MANAGR\"",
            "member.type = human",
            "member.type = \"Human\"",
            "role = \"OWNER\"",
            "role = \"OWNERS\"",
            "role = \"ROLE_OWNER\"",
            "role = \"SPACE_OWNER\"",
            "role = \"ADMIN\"",
            "role = \"MANAGER\"",
            "role = \"managers\"",
            "role = \"SPACE_MANAGER\"",
            "role = \"ASSISTANT_MANAGER\"",
            "role = \"ASSISTANT\"",
            "role = \"MEMBER\"",
            "role = \"MEMBERS\"",
            "role = \"USER\"",
            "role = MEMBER",
            "member.type = \"APP\"",
            "member.type = \"APPS\"",
            "member.type = \"BOTS\"",
            "member.type = \"CHAT_APP\"",
            "member.type = \"SERVICE_ACCOUNT\"",
            "member.type = \"USER\"",
            "member.type = \"USERS\"",
            "member.type = \"PERSON\"",
            "member.type = \"PEOPLE\"",
            "member.type = \"HUMANS\"",
            "member.type = \"GROUP\"",
            "member.type = \"GROUPS\"",
            "member.type = \"GOOGLE_GROUP\"",
            "member.type = PERSON",
            "role = 'OWNER'",
            "role = \"\"",
            "role = \"  \"",
            "role = \"ROLE_*\"",
            "role = *",
            "role = \"HUMAN\"",
            "member.type = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBR\"",
            "role = \"ROLE_MANGER\"",
            "role = \"ROL_MAMAGER\"",
            "role = \"RL_MEMBR\"",
            "role = \"RL_MMBR\"",
            "member.type = \"HUMN\"",
            "member.type = \"UMAN\"",
            "member.type = \"MAN\"",
            "member.type = \"XHUMAN\"",
            "member.type = \"XYHUMAN\"",
            "member.type = \"HMN\"",
            "member.type = \"BOOT\"",
            "member.type = \"BO\"",
            "member.type = \"B\"",
            "member.type = \"HUMANHUMANX\"",
            "member.type = \"CAT\"",
            "role = \"ÄÖÜ\"",
            "role = 1",
            "role = -1",
            "member.type = -\"x\"",
            "role = ROLE.MEMBER",
            "member.type = member.type",
            "role = f(x)",
            "role = AND.b",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn comparisons() {
    let output = catalog(
        &Checker::new(),
        &[
            "role:\"ROLE_MEMBER\"",
            "member.type:\"HUMAN\"",
            "role < \"ROLE_MEMBER\"",
            "member.type >= \"HUMAN\"",
            "role > \"X\"",
            // Swapped.
            "\"ROLE_MEMBER\" = role",
            "ROLE_MEMBER = role",
            "OWNER = role",
            "\"HUMAN\" != member.type",
            "\"x\" = role",
            "x = role",
            "\"HUMAN\" = \"role\"",
            "role = role",
            "\"HUMAN\" = \"HUMAN\"",
            "\"ROLE_MEMBER\" : role",
            "\"HUMAN\" = type",
            // Values in a group.
            "role = (\"ROLE_MEMBER\" OR \"ROLE_MANAGER\")",
            "member.type != (\"HUMAN\" OR \"BOT\")",
            "member.type = (HUMAN)",
            "role = (ROLE_MEMBER OR ROLE_MANAGER) AND member.type = \"HUMAN\"",
            "member.type != (\"HUMAN\" AND \"BOT\")",
            "member.type != (\"HUMAN\" OR (\"BOT\" AND \"HUMAN\"))",
            "role = (\"ROLE_MEMBER\" AND (\"ROLE_MANAGER\" OR \"ROLE_MEMBER\"))",
            "role = (\"ROLE_MEMBER\" \"ROLE_MANAGER\")",
            "role = (NOT \"ROLE_MEMBER\")",
            "role = (\"OWNER\" OR \"x\")",
            "role = (a = b)",
            "roles = (\"ROLE_MEMBER\")",
            "x = (\"ROLE_MEMBER\")",
            "role : (\"ROLE_MEMBER\" OR \"ROLE_MANAGER\")",
            "role = ('ROLE_MEMBER' OR ROLE_MANAGER)",
            "NOT role = (\"ROLE_MEMBER\" OR \"ROLE_MANAGER\")",
            "role = (\"ROLE_MEMBER\" OR f(x))",
            "role = (a.b)",
            "role = ((\"ROLE_MEMBER\") OR \"ROLE_MANAGER\")",
            "role = (NOT (\"OWNER\" x))",
            "Role = (\"ROLE_MEMBER\" OR \"ROLE_MANAGER\")",
            "\"HUMAN\" = (role)",
            // Function calls.
            "f(x)",
            "role(\"ROLE_MEMBER\")",
            "a.f(x) AND g()",
            "and(a)",
            "x.AND(b)",
            "x.not(y)",
            "not(role = \"ROLE_MEMBER\")",
            // Values, members and fields without a comparison.
            "role",
            "member.type",
            "Role",
            "type",
            "HUMAN",
            "\"HUMAN\"",
            "ROLE_ASSISTANT_MANAGER",
            "x",
            "a.b",
            "(x)",
            "NOT x",
            "-x",
            "NOT HUMAN",
            "role AND HUMAN",
            "(HUMAN) AND role = \"ROLE_MEMBER\"",
            "state",
            "and",
            "&&",
            "or or",
            "|| x",
            "email",
            "avatarUrl",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn terms() {
    let output = catalog(
        &Checker::new(),
        &[
            // Words in place of keywords.
            "role = \"ROLE_MEMBER\" and member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" && member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" || role = \"ROLE_MANAGER\"",
            "not role = \"ROLE_MEMBER\"",
            "Not member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" and not member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" not member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" and and member.type = \"HUMAN\"",
            "and role = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER\" and",
            "not not member.type = \"BOT\"",
            "not NOT member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" AND and",
            "role = \"ROLE_MEMBER\" OR or x",
            "role = \"ROLE_MEMBER\" or not not member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" \"and\" member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" (and) member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" and or not member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" and (not member.type = \"BOT\")",
            "(and)",
            "not",
            "role = \"ROLE_MEMBER\" AND not member.type = \"BOT\"",
            "member.type = \"HUMAN\" and role = \"ROLE_MEMBER\" or role = \"ROLE_MANAGER\"",
            // Field and value without an operator.
            "role \"ROLE_MEMBER\"",
            "member.type HUMAN",
            "role ROLE_MEMBER AND member.type HUMAN",
            "role role",
            "role and",
            "x \"ROLE_MEMBER\"",
            "role (ROLE_MEMBER)",
            "(role) ROLE_MEMBER",
            "role a.b",
            "role AND ROLE_MEMBER",
            "role x y",
            "NOT role \"ROLE_MEMBER\"",
            "(NOT role) \"ROLE_MEMBER\"",
            "member.type = \"HUMAN\" NOT role \"ROLE_MEMBER\"",
            "NOT role \"ROLE_MEMBER\" member.type = \"HUMAN\"",
            "-role ROLE_MEMBER",
            "NOT (role) \"ROLE_MEMBER\"",
            "role NOT \"ROLE_MEMBER\"",
            "role \"MEMBER\"",
            "role \"ROLE_MEMBER\" OR role \"ROLE_MANAGER\"",
            "member.type human",
            "Type HUMAN",
            "HUMAN OR BOT",
            "HUMAN ROLE_MEMBER",
            "HUMAN and role = \"ROLE_MEMBER\"",
            "role \"ROLE_MEMBER\" AND member.type \"HUMAN\" OR member.type \"BOT\"",
            "member.type = \"HUMAN\" role \"ROLE_MEMBER\"",
            "role \"ROLE_MEMBER\" member.type = \"HUMAN\"",
            "state \"JOINED\"",
            // Adjacent terms.
            "role = \"ROLE_MEMBER\" member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" (member.type = \"HUMAN\")",
            "role = \"ROLE_MEMBER\" x",
            "role = \"ROLE_MEMBER\" NOT x",
            "role = \"ROLE_MEMBER\" NOT (x)",
            "NOT x role = \"ROLE_MEMBER\"",
            "x y",
            "x role = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER\" member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" OR member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\" member.type != \"BOT\"",
            "role = \"ROLE_MEMBER\" -member.type = \"BOT\"",
            // AND and OR mixed.
            "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"",
            "member.type = \"HUMAN\" role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"",
            "member.type = \"HUMAN\" AND (role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\")",
            "member.type = \"HUMAN\" and role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"",
            "member.type = \"HUMAN\" and not role = \"ROLE_MEMBER\" or role = \"ROLE_MANAGER\"",
            "member.type = \"HUMAN\" and role = \"ROLE_MEMBER\" or not role = \"ROLE_MANAGER\"",
            "member.type = \"HUMAN\" x OR role = \"ROLE_MEMBER\"",
            "member.type = \"HUMAN\" and role = \"ROLE_MEMBER\" or role = \"ROLE_MANAGER\" and member.type = \"BOT\"",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn lints() {
    let output = catalog(
        &Checker::new().preset(Preset::Strict),
        &[
            "member.type = HUMAN",
            "member.type = 'HUMAN'",
            "member.type = 'HU\\u004dAN'",
            "role != \"ROLE_MEMBER\"",
            "NOT role = \"ROLE_MEMBER\"",
            "-member.type = \"BOT\"",
            "NOT member.type != \"BOT\"",
            "NOT (role = \"ROLE_MEMBER\" AND member.type = \"BOT\")",
            "NOT \"HUMAN\" = member.type",
            "NOT NOT_A = b",
            "role = \"ROLE_ASSISTANT_MANAGER\"",
            "role = \"MEMBERSHIP_ROLE_UNSPECIFIED\"",
            "member.type = \"TYPE_UNSPECIFIED\"",
            "ROLE_MEMBER = role",
            "role != ROLE_MEMBER",
            "-role = 'ROLE_MEMBER'",
            "-(role = \"ROLE_MEMBER\")",
            "role != \"ROLE_MEMBER\" AND NOT role = \"ROLE_MANAGER\"",
        ],
    );
    assert_snapshot!(output);
}

#[test]
fn fixes_respect_lint_levels() {
    for (level, is_offered) in [
        (Level::Allow, true),
        (Level::Warn, true),
        (Level::Deny, false),
    ] {
        let checker = Checker::new().level(Lint::UndocumentedValue, level);
        let checked = Filter::check(&checker, "role = \"role_assistant_manager\"");
        let fix = checked.diagnostics[0].fix.as_ref();
        let fix = fix.map(|fix| fix.apply(&checked.text).unwrap());
        let expected = is_offered.then_some("role = \"ROLE_ASSISTANT_MANAGER\"");
        assert_eq!(fix.as_deref(), expected, "{level:?}");
    }

    for (level, fix) in [
        (Level::Allow, "role != \"ROLE_MEMBER\""),
        (Level::Warn, "role != \"ROLE_MEMBER\""),
    ] {
        let checker = Checker::new().level(Lint::UndocumentedOperator, level);
        let checked = Filter::check(&checker, "NOT role = \"ROLE_MEMBER\"");
        assert_eq!(checked.fixed.as_deref(), Some(fix));
    }
    let denied = Filter::check(&Checker::new(), "NOT role = \"ROLE_MEMBER\"");
    assert_eq!(denied.fixed, None);
}

#[test]
fn meanings() {
    let output = catalog(
        &Checker::new(),
        &[
            "(role = \"ROLE_MEMBER\" AND role = \"ROLE_MANAGER\") AND member.type = \"HUMAN\"",
            "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" AND role = \"ROLE_MANAGER\" AND member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" AND role = \"ROLE_MANAGER\"",
            "member.type = \"HUMAN\" AND member.type = \"BOT\"",
            "member.type = \"BOT\" AND member.type != \"BOT\"",
            "role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\" AND role = \"ROLE_MANAGER\" AND member.type = \"BOT\"",
            "role = \"ROLE_MEMBER\" OR member.type = \"HUMAN\" AND member.type = \"BOT\"",
            "(role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\") AND role = \"ROLE_MEMBER\" AND role = \"ROLE_MANAGER\"",
            "role = \"ROLE_MANAGER\" AND (role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\")",
            "(role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\") AND (role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\")",
            "(role = \"ROLE_MEMBER\" OR member.type = \"BOT\") AND role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"",
            "role = \"ROLE_MEMBER\" AND role = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER\" OR role = \"ROLE_MEMBER\" OR role = \"ROLE_MEMBER\"",
            "member.type = \"HUMAN\" AND member.type != \"BOT\"",
            "member.type != \"BOT\" AND member.type = \"HUMAN\"",
            "member.type != \"BOT\" OR member.type = \"HUMAN\"",
            "member.type != \"BOT\" OR member.type = \"BOT\"",
            "member.type != \"BOT\" OR member.type != \"HUMAN\"",
            "(role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\") OR role = \"ROLE_MEMBER\"",
            "(member.type != \"BOT\" OR member.type != \"HUMAN\") AND role = \"ROLE_MEMBER\"",
            "(role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\") AND (role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\")",
            "role = \"ROLE_MEMBER\" AND (member.type = \"HUMAN\" OR role = \"ROLE_MEMBER\")",
            "role = \"ROLE_MEMBER\" AND (member.type != \"HUMAN\" OR member.type = \"HUMAN\")",
        ],
    );
    assert_snapshot!(output);
    let all = Checker::new().preset(Preset::Aip160);
    let output = catalog(
        &all,
        &[
            "(role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\") AND NOT role = \"ROLE_MEMBER\" AND NOT role = \"ROLE_MANAGER\"",
            "NOT (member.type != \"BOT\" OR member.type = \"BOT\")",
            "role != \"ROLE_MEMBER\" AND role = \"ROLE_MEMBER\"",
            "NOT role = \"ROLE_MEMBER\" AND role = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER\" AND NOT (role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\")",
            "NOT (role = \"ROLE_MEMBER\" AND role = \"ROLE_MANAGER\")",
            "role = \"ROLE_MEMBER\" role = \"ROLE_MANAGER\"",
            "role != \"ROLE_MEMBER\" AND role != \"ROLE_MANAGER\" AND role != \"ROLE_ASSISTANT_MANAGER\" AND (role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\")",
        ],
    );
    assert_snapshot!("meanings_with_negations", output);
}

#[test]
fn admin_access() {
    let output = catalog(
        &Checker::new().admin_access(true),
        &[
            "",
            " ",
            "role = \"ROLE_MEMBER\"",
            "(role = \"ROLE_MEMBER\")",
            "role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"",
            "(role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\")",
            "(role = \"ROLE_MEMBER\") OR (role = \"ROLE_MANAGER\")",
            "member.type = \"BOT\"",
            "member.type != \"HUMAN\"",
            "member.type = \"HUMAN\"",
            "member.type != \"BOT\"",
            "role = \"ROLE_MEMBER\" AND member.type != \"HUMAN\"",
            "member.type = \"HUMAN\" OR role = \"ROLE_MEMBER\"",
            "member.type = \"BOT\" OR member.type != \"HUMAN\"",
            "role = ROLE_MEMBER",
            "role = \"ROLE_MEMBER\" and role = \"ROLE_MEMBER\"",
        ],
    );
    assert_snapshot!(output);
    let all = Checker::new().preset(Preset::Aip160).admin_access(true);
    let output = catalog(
        &all,
        &[
            "NOT member.type = \"BOT\"",
            "NOT member.type = \"HUMAN\"",
            "NOT (role = \"ROLE_MEMBER\" OR member.type = \"BOT\")",
            "NOT NOT_A = b",
            "NOT role = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER\" role = \"ROLE_MEMBER\"",
            "role = \"ROLE_MEMBER\" AND role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"",
            "member.type = \"TYPE_UNSPECIFIED\"",
        ],
    );
    assert_snapshot!("admin_access_with_negations", output);
}

#[test]
fn syntax_errors_have_labels_and_help() {
    for text in [
        "role = \"ROLE_MEMBER\" AND AND x",
        "(a",
        "a)",
        "()",
        "\"HUMAN",
        "a = ",
        "= b",
        "“HUMAN”",
        "a == b",
        "a\u{a0}= b",
    ] {
        let diagnostics = Filter::check(&Checker::new(), text).diagnostics;
        let [diagnostic] = &diagnostics[..] else {
            panic!("{text}: {diagnostics:?}")
        };
        assert!(!diagnostic.labels.is_empty(), "{text}: {diagnostic:?}");
        assert!(
            diagnostic.help.is_some(),
            "no help for {text:?}: {diagnostic:?}"
        );
    }
}
