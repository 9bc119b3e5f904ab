//! Syntax trees, and every code of the syntax and schema stages with its exact spans and fix.
//!
//! In the tables, `⟦` and `⟧` mark the spans and are not part of the text.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use gchat_filter::Checker;
use gchat_filter::diagnostic::{Code, Span, Stage};
use gchat_filter::members::Filter;
use gchat_filter::syntax::{
    self, Arg, Comparable, Comparator, Comparison, Expr, ExprKind, Function, MAX_DEPTH, MAX_LENGTH,
    Member, Negation, Quotes, Restriction, TokenKind, Value, tokens,
};
use proptest::prelude::*;

/// Returns the text without the marks, and the marked spans in the order of the text. Of spans that
/// begin together, the shorter one comes first.
fn unmark(marked: &str) -> (String, Vec<Span>) {
    let (mut text, mut open, mut spans) = (String::new(), Vec::new(), Vec::new());
    for c in marked.chars() {
        match c {
            '⟦' => open.push(text.len()),
            '⟧' => spans.push(Span::new(open.pop().unwrap(), text.len())),
            c => text.push(c),
        }
    }
    assert!(open.is_empty(), "{marked}");
    spans.sort();
    (text, spans)
}

// ---- Builders for trees ----

fn spanned(start: usize, text: &'static str, quotes: Quotes) -> Value<'static> {
    let length = text.len() + if quotes == Quotes::None { 0 } else { 2 };
    Value {
        span: Span::new(start, start + length),
        text: text.into(),
        quotes,
    }
}

/// Returns a TEXT. Spans make no difference to equality.
fn text(text: &'static str) -> Value<'static> {
    spanned(0, text, Quotes::None)
}

fn string(text: &'static str) -> Value<'static> {
    spanned(0, text, Quotes::Double)
}

fn path<const N: usize>(path: [Value<'static>; N]) -> Member<'static> {
    Member {
        span: Span::default(),
        path: path.into(),
    }
}

fn member<const N: usize>(values: [Value<'static>; N]) -> Comparable<'static> {
    Comparable::Member(path(values))
}

fn call<const N: usize, const A: usize>(
    name: [Value<'static>; N],
    args: [Arg<'static>; A],
) -> Comparable<'static> {
    Comparable::Function(Function {
        span: Span::default(),
        name: path(name),
        args: args.into(),
    })
}

fn expr(kind: ExprKind<'static>) -> Expr<'static> {
    Expr {
        span: Span::default(),
        bare_span: Span::default(),
        kind,
    }
}

fn alone(comparable: Comparable<'static>) -> Expr<'static> {
    expr(ExprKind::Restriction(Restriction {
        comparable,
        comparison: None,
    }))
}

fn compare(
    comparable: Comparable<'static>,
    comparator: Comparator,
    arg: Arg<'static>,
) -> Expr<'static> {
    expr(ExprKind::Restriction(Restriction {
        comparable,
        comparison: Some(Comparison {
            comparator,
            comparator_span: Span::default(),
            arg,
        }),
    }))
}

fn one<const N: usize>(values: [Value<'static>; N]) -> Arg<'static> {
    Arg::Comparable(member(values))
}

fn and<const N: usize>(operands: [Expr<'static>; N]) -> Expr<'static> {
    expr(ExprKind::And(operands.into()))
}

fn or<const N: usize>(operands: [Expr<'static>; N]) -> Expr<'static> {
    expr(ExprKind::Or(operands.into()))
}

fn sequence<const N: usize>(operands: [Expr<'static>; N]) -> Expr<'static> {
    expr(ExprKind::Sequence(operands.into()))
}

fn not(operand: Expr<'static>) -> Expr<'static> {
    expr(ExprKind::Not(Negation::Keyword, Box::new(operand)))
}

fn group(operand: Expr<'static>) -> Arg<'static> {
    Arg::Group(Box::new(operand))
}

/// Returns the expression that is a single TEXT.
fn t(name: &'static str) -> Expr<'static> {
    alone(member([text(name)]))
}

fn parse(text: &str) -> Option<Expr<'_>> {
    syntax::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[test]
#[rustfmt::skip]
fn parses_grammar_examples() {
    use Comparator::{Equal, Greater, GreaterOrEqual, Has, Less, LessOrEqual, NotEqual};
    let value = |name| one([text(name)]);
    let table = [
        // The examples of AIP-160.
        (
            r#"create_time > "2012-04-21T11:30:00-04:00" AND thread.name = spaces/A/threads/1"#,
            and([
                compare(member([text("create_time")]), Greater, one([string("2012-04-21T11:30:00-04:00")])),
                compare(member([text("thread"), text("name")]), Equal, value("spaces/A/threads/1")),
            ]),
        ),
        (r#"creator("users/me")"#, alone(call([text("creator")], [one([string("users/me")])]))),
        (r#"display_name:"Hello""#, compare(member([text("display_name")]), Has, one([string("Hello")]))),
        ("a b AND c AND d", and([sequence([t("a"), t("b")]), t("c"), t("d")])),
        ("New York Giants OR Yankees", sequence([t("New"), t("York"), or([t("Giants"), t("Yankees")])])),
        ("a < 10 OR a >= 100", or([compare(member([text("a")]), Less, value("10")), compare(member([text("a")]), GreaterOrEqual, value("100"))])),
        ("a <= b", compare(member([text("a")]), LessOrEqual, value("b"))),
        ("a!=b", compare(member([text("a")]), NotEqual, value("b"))),
        ("map:key", compare(member([text("map")]), Has, value("key"))),
        ("m.foo:*", compare(member([text("m"), text("foo")]), Has, value("*"))),
        ("regex(m.key, '^.*prod.*$')", alone(call([text("regex")], [one([text("m"), text("key")]), one([string("^.*prod.*$")])]))),
        ("math.mem('30mb')", alone(call([text("math"), text("mem")], [one([string("30mb")])]))),
        // OR binds tighter than AND and than a sequence; AND binds loosest.
        ("a AND b OR c", and([t("a"), or([t("b"), t("c")])])),
        ("a OR b AND c OR d", and([or([t("a"), t("b")]), or([t("c"), t("d")])])),
        ("a OR b c AND d", and([sequence([or([t("a"), t("b")]), t("c")]), t("d")])),
        ("NOT a OR b", or([not(t("a")), t("b")])),
        ("NOT a b", sequence([not(t("a")), t("b")])),
        // Parentheses only affect the nesting.
        ("a AND (b AND c)", and([t("a"), and([t("b"), t("c")])])),
        ("(a AND b) AND c", and([and([t("a"), t("b")]), t("c")])),
        ("a OR (b OR c)", or([t("a"), or([t("b"), t("c")])])),
        ("a (b c)", sequence([t("a"), sequence([t("b"), t("c")])])),
        ("((a))", t("a")),
        ("( a\r\n)", t("a")),
        ("NOT (NOT a)", not(not(t("a")))),
        // Hyphens: a negation before a term, a sign before a value, text inside.
        ("-30", not(t("30"))),
        ("a = -30.5", compare(member([text("a")]), Equal, Arg::Negative(text("-30.5")))),
        ("a=-b.c.d", compare(member([text("a")]), Equal, Arg::Negative(text("-b.c.d")))),
        ("-(a)", not(t("a"))),
        ("-\"a\"", not(alone(member([string("a")])))),
        ("-f(a)", not(alone(call([text("f")], [value("a")])))),
        ("-a = -b", not(compare(member([text("a")]), Equal, Arg::Negative(text("-b"))))),
        ("ce-service -b-", sequence([t("ce-service"), not(t("b-"))])),
        ("AND-b", t("AND-b")),
        ("a OR-b", sequence([t("a"), t("OR-b")])),
        ("f(-3, a)", alone(call([text("f")], [Arg::Negative(text("-3")), value("a")]))),
        // Keywords are whole words in upper case, and may be fields.
        ("a.AND = 1", compare(member([text("a"), text("AND")]), Equal, value("1"))),
        ("x.AND(b)", alone(call([text("x"), text("AND")], [value("b")]))),
        ("a.NOT.OR", alone(member([text("a"), text("NOT"), text("OR")]))),
        ("ANDROID AND NOTE OR ORG", and([t("ANDROID"), or([t("NOTE"), t("ORG")])])),
        ("x ANDROID ORG NOTé", sequence([t("x"), t("ANDROID"), t("ORG"), t("NOTé")])),
        ("a ANDé ORé OR-", sequence([t("a"), t("ANDé"), t("ORé"), t("OR-")])),
        ("a and b", sequence([t("a"), t("and"), t("b")])),
        ("a && b", sequence([t("a"), t("&&"), t("b")])),
        ("a\tAND\r\nb", and([t("a"), t("b")])),
        ("a OR\nNOT\tb", or([t("a"), not(t("b"))])),
        // A call is followed directly by its parenthesis, a sequence with a group is not.
        ("f (a)", sequence([t("f"), t("a")])),
        ("f()", alone(call([text("f")], []))),
        ("f(\n)", alone(call([text("f")], []))),
        ("f(a, (b OR c))", alone(call([text("f")], [value("a"), group(or([t("b"), t("c")]))]))),
        ("f( a ,b\t,  c )", alone(call([text("f")], [value("a"), value("b"), value("c")]))),
        ("f(g(a))", alone(call([text("f")], [Arg::Comparable(call([text("g")], [value("a")]))]))),
        ("f(a) = g(b)", compare(call([text("f")], [value("a")]), Equal, Arg::Comparable(call([text("g")], [value("b")])))),
        ("a = (b OR c)", compare(member([text("a")]), Equal, group(or([t("b"), t("c")])))),
        ("a:(b)", compare(member([text("a")]), Has, group(t("b")))),
        // Strings and their content.
        (r#""a"."b".c"#, alone(member([string("a"), string("b"), text("c")]))),
        ("a.\"AND\"", alone(member([text("a"), string("AND")]))),
        ("\"AND\" 'OR'", sequence([alone(member([string("AND")])), alone(member([string("OR")]))])),
        (r#""\\ \" \' \n \r \t \u00e9 \U0001F642""#, alone(member([string("\\ \" ' \n \r \t é 🙂")]))),
        (r"'\u0000\U0010FFFF\uFFFF'", alone(member([string("\0\u{10ffff}\u{ffff}")]))),
        ("\"'“”\u{a0}\u{200b}\0\n()\"", alone(member([string("'“”\u{a0}\u{200b}\0\n()")]))),
        ("'\"'", alone(member([string("\"")]))),
        ("\"\"", alone(member([string("")]))),
        // Everything else is text.
        ("🙂 é * & 👩\u{200d}💻", sequence([t("🙂"), t("é"), t("*"), t("&"), t("👩\u{200d}💻")])),
        ("2024-01-01", t("2024-01-01")),
        ("a = b.c", compare(member([text("a")]), Equal, one([text("b"), text("c")]))),
    ];
    for (text, tree) in table {
        assert_eq!(parse(text).as_ref(), Some(&tree), "{text}");
        let printed = tree.to_string();
        assert_eq!(parse(&printed), Some(tree), "{text} printed as {printed}");
    }
    for empty in ["", " ", "\t\r\n "] {
        assert_eq!(parse(empty), None);
    }
}

#[test]
fn tree_equality_ignores_notation() {
    for (a, b) in [
        ("a", " ( a ) "),
        ("a = \"b\"", "a='b'"),
        ("-a", "NOT a"),
        ("-(a b)", "NOT ((a b))"),
        ("\"\\u0061\"", "\"a\""),
        ("'\\''", "\"'\""),
        ("f(a,b)", "f( a , b )"),
        ("a AND b OR c", "a AND (b OR c)"),
        ("a b AND c", "(a b) AND (c)"),
        ("a = (b)", "a = ((b))"),
        ("a = -3", "a   =   -3"),
    ] {
        assert_eq!(parse(a), parse(b), "{a} and {b}");
    }
    for (a, b) in [
        ("a", "\"a\""),
        ("a", "A"),
        ("a.b", "\"a.b\""),
        ("a b", "a AND b"),
        ("a AND b", "b AND a"),
        ("a OR b", "a AND b"),
        ("a AND b AND c", "a AND (b AND c)"),
        ("a AND b AND c", "(a AND b) AND c"),
        ("a OR b OR c", "(a OR b) OR c"),
        ("a b c", "a (b c)"),
        ("a = b", "a != b"),
        ("a = b", "a : b"),
        ("a = b", "a = (b)"),
        ("a = -3", "a = \"-3\""),
        ("-a", "a"),
        ("NOT (NOT a)", "a"),
        ("f(a)", "f (a)"),
        ("f()", "f"),
        ("f(a, b)", "f(b, a)"),
        ("a", ""),
    ] {
        assert_ne!(parse(a), parse(b), "{a} and {b}");
    }
}

#[test]
fn trees_print_canonically() {
    for (text, printed) in [
        ("  a  ", "a"),
        ("((a OR b))AND", ""),
        ("(a OR b) AND c", "a OR b AND c"),
        ("(a AND b) OR c", "(a AND b) OR c"),
        ("a (b AND c)", "a (b AND c)"),
        ("(a b) AND c", "a b AND c"),
        ("a AND (b AND c)", "a AND (b AND c)"),
        ("-(a)", "NOT a"),
        ("-(-a)", "NOT (NOT a)"),
        ("-(a OR b)", "NOT (a OR b)"),
        ("a='b'", "a = \"b\""),
        ("a=((b OR c))", "a = (b OR c)"),
        ("a:*", "a : *"),
        ("f( a,b ,\t-3.5 )", "f(a, b, -3.5)"),
        ("a . b", ""),
        // A function name cannot be quoted.
        ("\"a\".b(c)", ""),
        ("a.\"b\"(c)", ""),
        // Invisible characters are written as escapes.
        (
            "'\u{200b}\u{e0041} \0\u{1b}'",
            "\"\\u200B\\U000E0041 \\u0000\\u001B\"",
        ),
        ("'\n\r\t\\\\'", "\"\\n\\r\\t\\\\\""),
        ("'\"'", "\"\\\"\""),
        ("a.AND.'b'", "a.AND.\"b\""),
    ] {
        let tree = syntax::parse(text).ok().flatten();
        assert_eq!(
            tree.map(|tree| tree.to_string()).unwrap_or_default(),
            printed,
            "{text}"
        );
    }
}

#[test]
fn tree_spans_are_byte_ranges_including_parentheses() {
    let text = "  é.b != ( ( x ) )  AND\r\nNOT (f(\"é\", -1.5))  ";
    let tree = parse(text).unwrap();
    assert_eq!(tree.span, Span::new(2, text.len() - 2));
    assert!(!tree.is_parenthesized());
    let ExprKind::And(operands) = &tree.kind else {
        panic!("{tree:?}")
    };
    let [first, second] = &operands[..] else {
        panic!("{operands:?}")
    };
    let ExprKind::Restriction(Restriction {
        comparable: Comparable::Member(member),
        comparison: Some(comparison),
    }) = &first.kind
    else {
        panic!("{first:?}")
    };
    assert_eq!(first.span.of(text).unwrap(), "é.b != ( ( x ) )");
    assert_eq!(member.span.of(text).unwrap(), "é.b");
    let path: Vec<&str> = member
        .path
        .iter()
        .map(|value| value.span.of(text).unwrap())
        .collect();
    assert_eq!(path, ["é", "b"]);
    assert_eq!(comparison.comparator_span.of(text).unwrap(), "!=");
    assert_eq!(comparison.arg.span().of(text).unwrap(), "( ( x ) )");
    let Arg::Group(inner) = &comparison.arg else {
        panic!("{comparison:?}")
    };
    assert!(inner.is_parenthesized());
    assert_eq!(inner.bare_span.of(text).unwrap(), "x");

    assert_eq!(second.span.of(text).unwrap(), "NOT (f(\"é\", -1.5))");
    let ExprKind::Not(Negation::Keyword, operand) = &second.kind else {
        panic!("{second:?}")
    };
    assert_eq!(operand.span.of(text).unwrap(), "(f(\"é\", -1.5))");
    assert_eq!(operand.bare_span.of(text).unwrap(), "f(\"é\", -1.5)");
    let ExprKind::Restriction(Restriction {
        comparable: Comparable::Function(function),
        comparison: None,
    }) = &operand.kind
    else {
        panic!("{operand:?}")
    };
    assert_eq!(function.span, operand.bare_span);
    assert_eq!(function.name.span.of(text).unwrap(), "f");
    let args: Vec<&str> = function
        .args
        .iter()
        .map(|arg| arg.span().of(text).unwrap())
        .collect();
    assert_eq!(args, ["\"é\"", "-1.5"]);
}

#[test]
fn strings_without_escapes_are_borrowed() {
    for (text, borrowed) in [
        ("\"é b\"", true),
        ("'a'", true),
        ("a", true),
        (r#""\n""#, false),
    ] {
        let Some(Expr {
            kind:
                ExprKind::Restriction(Restriction {
                    comparable: Comparable::Member(member),
                    ..
                }),
            ..
        }) = parse(text)
        else {
            panic!("{text}")
        };
        let is_borrowed = matches!(member.path[0].text, std::borrow::Cow::Borrowed(_));
        assert_eq!(is_borrowed, borrowed, "{text}");
    }
}

// ---- Errors ----

/// The marked text, the expected code, and the expected text after certain fixes.
type Row = (&'static str, Code, Option<&'static str>);

#[track_caller]
fn check_syntax(rows: &[Row]) {
    let mut wrong = Vec::new();
    for (marked, code, fixed) in rows {
        let (text, spans) = unmark(marked);
        let checked = Filter::check(&Checker::new(), &text);
        let found: Vec<_> = checked
            .diagnostics
            .iter()
            .map(|d| (d.code, d.span))
            .collect();
        let found = (found, checked.fixed.as_deref());
        if found != (vec![(*code, spans[0])], *fixed) {
            wrong.push(format!("{marked:?}: {found:?}"));
        }
        let error = syntax::parse(&text)
            .err()
            .map(syntax::SyntaxError::into_diagnostic);
        assert_eq!(error.as_slice(), checked.diagnostics, "{text:?}");
        assert_eq!(code.stage(), Stage::Syntax);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[rustfmt::skip]
fn reports_unexpected_characters() {
    use Code::UnexpectedCharacter as C;
    check_syntax(&[
        ("role⟦\u{a0}⟧= \"ROLE_MEMBER\"", C, Some("role = \"ROLE_MEMBER\"")),
        ("role =⟦\u{3000}⟧\"ROLE_MEMBER\"", C, Some("role = \"ROLE_MEMBER\"")),
        ("a⟦\u{2028}⟧AND b", C, Some("a AND b")),
        ("a⟦\u{202f}⟧b", C, Some("a b")),
        ("⟦\u{feff}⟧role = \"ROLE_MEMBER\"", C, Some("role = \"ROLE_MEMBER\"")),
        ("role = \"ROLE_MEMBER\"⟦\u{200b}⟧", C, Some("role = \"ROLE_MEMBER\"")),
        ("ro⟦\u{ad}⟧le", C, Some("role")),
        ("é⟦\u{202e}⟧é", C, Some("éé")),
        ("a⟦\u{200c}⟧", C, Some("a")),
        ("a ⟦\0⟧", C, Some("a ")),
        ("a⟦\u{7f}⟧", C, Some("a")),
        ("a⟦\u{80}⟧", C, Some("a")),
        ("a = ⟦\u{1b}⟧b", C, Some("a = b")),
        ("(a⟦\u{b}⟧)", C, Some("(a )")),
        ("a = ⟦\\⟧n", C, None),
        ("⟦\\⟧", C, None),
        ("a⟦\\⟧\"", C, None),
        ("f(a⟦\\⟧)", C, None),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_typographic_quotes() {
    use Code::TypographicQuote as C;
    check_syntax(&[
        ("role = ⟦“⟧ROLE_MEMBER”", C, Some("role = \"ROLE_MEMBER\"")),
        ("member.type = ⟦”⟧HUMAN”", C, Some("member.type = \"HUMAN\"")),
        ("a = ⟦„⟧b“", C, Some("a = \"b\"")),
        ("a = ⟦«⟧b»", C, Some("a = \"b\"")),
        ("a = ⟦‘⟧b’", C, Some("a = \"b\"")),
        ("a = ⟦‹⟧b›", C, Some("a = \"b\"")),
        ("a = ⟦「⟧b」", C, Some("a = \"b\"")),
        ("a = ⟦＂⟧b＂", C, Some("a = \"b\"")),
        ("a = ⟦״⟧b״", C, Some("a = \"b\"")),
        ("⟦“⟧é”", C, Some("\"é\"")),
        ("f(⟦“⟧a”, b)", C, Some("f(\"a\", b)")),
        ("a = ⟦“⟧b\"", C, Some("a = \"b\"")),
        ("a = \"b\" OR a = ⟦“⟧c”", C, Some("a = \"b\" OR a = \"c\"")),
        ("⟦”⟧", C, None),
        ("a = ⟦“⟧b", C, None),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_unexpected_tokens() {
    use Code::UnexpectedToken as C;
    check_syntax(&[
        ("role = \"ROLE_MEMBER\" AND ⟦AND⟧ x", C, None),
        ("a OR ⟦OR⟧ b", C, None),
        ("⟦OR⟧ a", C, None),
        ("⟦AND⟧", C, None),
        ("⟦AND⟧(b)", C, None),
        ("a AND ⟦OR⟧ b", C, None),
        ("NOT ⟦NOT⟧ a", C, None),
        ("NOT ⟦AND⟧ a", C, None),
        ("-⟦-⟧a", C, None),
        ("NOT ⟦-⟧a", C, None),
        ("⟦=⟧ b", C, None),
        ("é = ⟦=⟧ b", C, None),
        ("a = ⟦<=⟧ b", C, None),
        ("a = ⟦AND⟧ b", C, None),
        ("a = ⟦NOT⟧ b", C, None),
        ("role = \"ROLE_MEMBER\" ⟦=⟧ extra", C, None),
        ("a:b⟦:⟧c", C, None),
        ("(a) ⟦=⟧ b", C, None),
        ("a.b(c)⟦.⟧d", C, None),
        ("a.⟦.⟧b", C, None),
        ("⟦.⟧a", C, None),
        ("⟦,⟧", C, None),
        ("a⟦,⟧ b", C, None),
        ("f(a ⟦b⟧)", C, None),
        ("f(⟦,⟧)", C, None),
        ("f(a, ⟦,⟧ b)", C, None),
        ("f(⟦NOT⟧ a)", C, None),
        ("f(a ⟦=⟧ b)", C, None),
        ("a = -⟦\"b\"⟧", C, None),
        ("🙂 = ⟦,⟧", C, None),
    ]);
}

#[test]
fn reports_unexpected_ends() {
    use Code::UnexpectedEnd as C;
    check_syntax(&[
        ("role =⟦⟧", C, None),
        ("role = ⟦⟧", C, None),
        ("é !=\r\n⟦⟧", C, None),
        ("a AND⟦⟧", C, None),
        ("a AND ⟦⟧", C, None),
        ("a OR ⟦⟧", C, None),
        ("a AND NOT⟦⟧", C, None),
        ("NOT ⟦⟧", C, None),
        ("-⟦⟧", C, None),
        ("a = -⟦⟧", C, None),
        ("a.⟦⟧", C, None),
        ("a = é.⟦⟧", C, None),
        ("(⟦⟧", C, None),
        ("(a AND ⟦⟧", C, None),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_unterminated_strings_and_invalid_escapes() {
    use Code::{InvalidEscape as E, UnterminatedString as S};
    check_syntax(&[
        ("member.type = ⟦\"HUMAN⟧", S, None),
        ("⟦'⟧", S, None),
        ("⟦'é\" ⟧", S, None),
        ("a = \"b\" AND c = ⟦\"d\n\n⟧", S, None),
        (r#"⟦"a\"⟧"#, S, None),
        (r#"⟦"a\\\" = b⟧"#, S, None),
        ("a = ⟦\"b”⟧", S, None),
        ("f(⟦'a)⟧", S, None),
        (r#""a⟦\x⟧""#, E, None),
        (r#""⟦\ ⟧""#, E, None),
        (r#""\\⟦\q⟧""#, E, None),
        (r"'⟦\0⟧'", E, None),
        (r#""⟦\é⟧""#, E, None),
        (r#""é⟦\🙂⟧""#, E, None),
        (r#""⟦\N⟧""#, E, None),
        (r#""⟦\u12⟧""#, E, None),
        (r#""⟦\u⟧""#, E, None),
        (r#""⟦\U0001F64⟧""#, E, None),
        (r#""⟦\u00⟧g0""#, E, None),
        (r#""⟦\uD800⟧""#, E, None),
        (r#""⟦\uDFFF⟧""#, E, None),
        (r#""⟦\U00110000⟧""#, E, None),
        (r#""⟦\U0000D800⟧""#, E, None),
        (r#""⟦\ud83d⟧\ude42""#, E, Some(r#""\U0001F642""#)),
    ]);
}

#[test]
fn reports_mismatched_and_empty_parentheses() {
    use Code::{EmptyParentheses as E, UnclosedParenthesis as U, UnmatchedParenthesis as M};
    check_syntax(&[
        ("⟦(⟧a", U, None),
        ("⟦(⟧a AND (b)", U, None),
        ("⟦(⟧(a)", U, None),
        ("(⟦(⟧a", U, None),
        ("é AND ⟦(⟧é OR b", U, None),
        ("f⟦(⟧", U, None),
        ("f⟦(⟧a", U, None),
        ("f⟦(⟧a, ", U, None),
        ("f⟦(⟧g(a)", U, None),
        ("a = ⟦(⟧b", U, None),
        ("a⟦)⟧", M, None),
        ("(a)⟦)⟧", M, None),
        ("⟦)⟧", M, None),
        ("é = \"é\"⟦)⟧ AND b", M, None),
        ("f(a)⟦)⟧", M, None),
        ("a AND ⟦)⟧", M, None),
        ("⟦()⟧", E, None),
        ("⟦( \r\n)⟧", E, None),
        ("a AND ⟦()⟧", E, None),
        ("(⟦()⟧)", E, None),
        ("NOT ⟦()⟧", E, None),
        ("é = ⟦( )⟧", E, None),
        ("f(⟦()⟧)", E, None),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_missing_spaces() {
    use Code::MissingSpace as C;
    check_syntax(&[
        ("a ⟦AND⟧(b)", C, Some("a AND (b)")),
        ("(a)⟦OR⟧ (b)", C, Some("(a) OR (b)")),
        ("(a)⟦AND⟧(b)", C, Some("(a) AND (b)")),
        ("⟦NOT⟧(a)", C, Some("NOT (a)")),
        ("(⟦NOT⟧(a))", C, Some("(NOT (a))")),
        ("a AND ⟦NOT⟧\"b\"", C, Some("a AND NOT \"b\"")),
        ("\"X\"⟦AND⟧ b", C, Some("\"X\" AND b")),
        ("é = 'é'⟦OR⟧'b'", C, Some("é = 'é' OR 'b'")),
        ("a ⟦OR⟧\"b\"", C, Some("a OR \"b\"")),
        ("f(a)⟦AND⟧ b", C, Some("f(a) AND b")),
        ("member.type=\"HUMAN\"⟦AND⟧ role=\"ROLE_MEMBER\"", C, Some("member.type=\"HUMAN\" AND role=\"ROLE_MEMBER\"")),
        ("(a)⟦(b)⟧", C, None),
        ("(a)⟦b⟧", C, None),
        ("é⟦\"b\"⟧", C, None),
        ("\"é\"⟦b⟧", C, None),
        ("\"a\"⟦'b'⟧", C, None),
        ("⟦\"a\"⟧(b)", C, None),
        ("a = \"b\"⟦c⟧", C, None),
        ("f(a)⟦b⟧", C, None),
        ("f(a)⟦(b)⟧", C, None),
        ("a = (b)⟦c⟧", C, None),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_spaces_in_members_and_wrong_operators() {
    use Code::{SpaceInMember as S, WrongOperator as W};
    check_syntax(&[
        ("member⟦ . ⟧type = \"HUMAN\"", S, Some("member.type = \"HUMAN\"")),
        ("é⟦ .⟧b", S, Some("é.b")),
        ("a⟦. ⟧b", S, Some("a.b")),
        ("a⟦\r\n\t.⟧b", S, Some("a.b")),
        ("a = \"b\"⟦ . ⟧'c'", S, Some("a = \"b\".'c'")),
        ("a⟦ . ⟧AND", S, Some("a.AND")),
        ("role ⟦==⟧ \"ROLE_MEMBER\"", W, Some("role = \"ROLE_MEMBER\"")),
        ("é⟦==⟧b", W, Some("é=b")),
        ("member.type ⟦<>⟧ \"BOT\"", W, Some("member.type != \"BOT\"")),
        ("a⟦<>⟧b", W, Some("a!=b")),
        ("a ⟦!⟧ b", W, Some("a != b")),
        ("a⟦!⟧b", W, Some("a!=b")),
        ("⟦!⟧a", W, Some("NOT a")),
        ("⟦!⟧(a)", W, Some("NOT (a)")),
        ("a AND ⟦!⟧b", W, Some("a AND NOT b")),
    ]);
}

#[test]
fn limits_length() {
    let long = "é".repeat(MAX_LENGTH / 2);
    assert_eq!((MAX_LENGTH, long.len()), (16_384, 16_384));
    assert!(syntax::parse(&long).is_ok());
    assert!(syntax::parse(&" ".repeat(MAX_LENGTH)).is_ok());
    // Nothing else is reported for such input, and the span does not split its last character.
    for (text, at) in [
        (long.clone() + "a", MAX_LENGTH),
        (format!("a{long}"), MAX_LENGTH - 1),
        (" ".repeat(MAX_LENGTH + 1), MAX_LENGTH),
        ("(".repeat(MAX_LENGTH + 1), MAX_LENGTH),
    ] {
        let error = syntax::parse(&text).unwrap_err();
        assert_eq!(
            (error.diagnostic().code, error.span()),
            (Code::TooLong, Span::at(at))
        );
        let checked = Filter::check(&Checker::new(), &text);
        assert_eq!(checked.diagnostics.len(), 1);
        assert_eq!(checked.fixed, None);
    }
    let padded = |text: &str, length: usize| format!("{text:length$}");
    for (length, is_valid) in [(0, true), (1, false), (2, false), (100, false)] {
        let text = padded("role = \"ROLE_MEMBER\"", MAX_LENGTH + length);
        let parsed = Filter::parse(&text);
        assert_eq!(parsed.is_ok(), is_valid, "{length}");
        assert_eq!(syntax::parse(&text).is_ok(), is_valid, "{length}");
    }
    // A fix that would make the text too long is not certain, or is dropped.
    for text in ["(a)AND b", "(a"] {
        let checked = Checker::new();
        let first = |length| {
            Filter::check(&checked, &padded(text, length))
                .diagnostics
                .remove(0)
        };
        assert!(first(MAX_LENGTH - 1).fix.is_some());
        let checked = Filter::check(&checked, &padded(text, MAX_LENGTH)).fixed;
        assert_eq!(checked, None, "{text}");
        assert!(first(MAX_LENGTH).fix.is_none_or(|fix| !fix.certain));
    }
    let unclosed = padded("(a", MAX_LENGTH);
    assert_eq!(syntax::parse(&unclosed).unwrap_err().diagnostic().fix, None);
}

#[test]
fn limits_nesting() {
    const DEPTH: usize = 64;
    assert_eq!(usize::from(MAX_DEPTH), DEPTH);
    let nested = |open: &str, depth: usize| open.repeat(depth) + "a" + &")".repeat(depth);
    for (open, width) in [
        ("(", 1),
        ("f(", 2),
        ("a AND (", 7),
        ("NOT (", 5),
        ("-(", 2),
        ("a = (", 5),
        ("f(é, ", 6),
    ] {
        let open_at = open.find('(').unwrap();
        assert!(syntax::parse(&nested(open, DEPTH)).is_ok(), "{open}");
        // A tree of the maximum depth can be checked, printed and dropped.
        let text = nested(open, DEPTH);
        assert!(!Filter::check(&Checker::new(), &text).is_valid());
        assert!(parse(&text).unwrap().to_string().ends_with(['a', ')']));
        for text in [
            nested(open, DEPTH + 1),
            open.repeat(DEPTH + 1),
            nested(open, 1000),
        ] {
            let error = syntax::parse(&text).unwrap_err();
            let at = DEPTH * width + open_at;
            assert_eq!(error.diagnostic().code, Code::TooDeep, "{open}");
            assert_eq!(error.span(), Span::new(at, at + 1), "{open}");
        }
    }
    // Groups and calls are counted together, and only while they are open.
    let mixed = |depth: usize| "(f(".repeat(depth) + "a" + &"))".repeat(depth);
    assert!(syntax::parse(&mixed(DEPTH / 2)).is_ok());
    let text = mixed(DEPTH / 2 + 1);
    let error = syntax::parse(&text).unwrap_err();
    assert_eq!(
        (error.diagnostic().code, error.span()),
        (Code::TooDeep, Span::new(96, 97))
    );
    assert!(syntax::parse(&vec!["(a)"; 1000].join(" ")).is_ok());
}

// ---- The schema stage ----

/// The marked text, the codes of its spans in the order of the spans, and the expected text after
/// certain fixes.
type SchemaRow = (&'static str, &'static [Code], Option<&'static str>);

#[track_caller]
fn check_schema(rows: &[SchemaRow]) {
    let mut wrong = Vec::new();
    for (marked, codes, fixed) in rows {
        let (text, spans) = unmark(marked);
        let checked = Filter::check(&Checker::new(), &text);
        let mut found: Vec<_> = checked
            .diagnostics
            .iter()
            .map(|d| (d.span, d.code))
            .collect();
        assert_eq!(spans.len(), codes.len(), "{marked}");
        let mut expected: Vec<_> = spans.into_iter().zip(codes.iter().copied()).collect();
        for list in [&mut found, &mut expected] {
            list.sort_by_key(|(span, code)| (*span, code.as_str()));
        }
        if (&found, checked.fixed.as_deref()) != (&expected, *fixed) {
            wrong.push(format!("{marked}: {found:?}, fixed {:?}", checked.fixed));
        }
        assert!(
            checked
                .diagnostics
                .iter()
                .all(|d| d.stage() == Stage::Schema),
            "{text}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[rustfmt::skip]
fn reports_unknown_fields() {
    use Code::UnknownField as C;
    check_schema(&[
        ("⟦foo⟧ = \"x\"", &[C], None),
        ("⟦foo.bar⟧ > x", &[C], None),
        ("⟦ROLE⟧ = \"ROLE_MEMBER\"", &[C], Some("role = \"ROLE_MEMBER\"")),
        ("⟦Member.Type⟧ = \"HUMAN\"", &[C], Some("member.type = \"HUMAN\"")),
        ("⟦type⟧ = \"HUMAN\"", &[C], None),
        ("⟦member⟧ = \"HUMAN\"", &[C], None),
        ("⟦member.type.x⟧ = \"HUMAN\"", &[C], None),
        ("⟦state⟧ = \"JOINED\"", &[C], None),
        ("⟦and⟧ = 1", &[C], None),
        ("⟦é⟧ = \"x\" AND ⟦🙂⟧ = \"y\"", &[C, C], None),
        ("(⟦foo⟧ = \"x\" OR role = \"ROLE_MEMBER\")", &[C], None),
    ]);
    let helps = |text: &str| Filter::check(&Checker::new(), text).diagnostics[0].help.clone().unwrap();
    assert!(helps("type = \"HUMAN\"").contains("member.type"));
    assert!(helps("membr.type = \"HUMAN\"").contains("`member.type`"));
    assert!(helps("state = \"JOINED\"").contains("showInvited"));
}

#[test]
#[rustfmt::skip]
fn reports_unknown_values() {
    use Code::{SingleQuotes, UnknownValue as C, UnquotedValue};
    check_schema(&[
        ("role = ⟦\"ROLE_OWNER\"⟧", &[C], None),
        ("role = ⟦\"role_member\"⟧", &[C], Some("role = \"ROLE_MEMBER\"")),
        ("member.type = ⟦\"Bot\"⟧", &[C], Some("member.type = \"BOT\"")),
        ("role = ⟦\"HUMAN\"⟧", &[C], None),
        ("member.type = ⟦\"é\"⟧", &[C], None),
        ("role = ⟦\"\"⟧", &[C], None),
        ("role = ⟦\"*\"⟧", &[C], None),
        ("role = ⟦*⟧", &[C], None),
        ("role = ⟦-30⟧", &[C], None),
        ("role = ⟦a.b⟧", &[C], None),
        ("member.type = ⟦\"HUMAN AND BOT\"⟧", &[C], None),
        ("member.type != ⟦\"APP\"⟧ AND role = ⟦\"OWNER\"⟧", &[C, C], None),
        ("role = ⟦⟦'ROLE_OWNER'⟧⟧", &[C, SingleQuotes], None),
        ("role = ⟦⟦role_member⟧⟧", &[C, UnquotedValue], Some("role = \"ROLE_MEMBER\"")),
    ]);
    let helps = |text: &str| Filter::check(&Checker::new(), text).diagnostics[0].help.clone().unwrap();
    assert!(helps("role = \"OWNER\"").contains("ROLE_MANAGER"));
    let help = helps("role = \"MANAGER\"");
    assert!(help.contains("ROLE_MANAGER") && help.contains("ROLE_ASSISTANT_MANAGER"), "{help}");
    assert!(helps("member.type = \"APP\"").contains("BOT"));
    assert!(helps("member.type = \"*\"").contains("wildcard"));
}

#[test]
#[rustfmt::skip]
fn reports_invalid_comparisons() {
    use Code::{FunctionCall, GroupArgument, LowercaseKeyword, MissingComparison, Negation, QuotedField, SwappedSides, UnsupportedOperator};
    check_schema(&[
        ("role ⟦>⟧ \"ROLE_MEMBER\"", &[UnsupportedOperator], None),
        ("role⟦<=⟧\"ROLE_MEMBER\"", &[UnsupportedOperator], None),
        ("member.type ⟦:⟧ \"HUMAN\"", &[UnsupportedOperator], None),
        ("member.type ⟦<⟧ \"HUMAN\" OR member.type ⟦>=⟧ \"BOT\"", &[UnsupportedOperator; 2], None),
        ("⟦\"HUMAN\"⟧", &[MissingComparison], None),
        ("⟦HUMAN⟧", &[MissingComparison], None),
        ("⟦role⟧", &[MissingComparison], None),
        ("(⟦member.type⟧)", &[MissingComparison], None),
        ("⟦é⟧", &[MissingComparison], None),
        ("⟦role \"ROLE_MEMBER\"⟧", &[MissingComparison], None),
        ("⟦member.type HUMAN⟧", &[MissingComparison], None),
        ("member.type = \"HUMAN\" OR ⟦\"BOT\"⟧", &[MissingComparison], None),
        ("role = \"ROLE_MEMBER\" ⟦and⟧ member.type = \"HUMAN\"", &[LowercaseKeyword], Some("role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\"")),
        ("role = \"ROLE_MEMBER\" ⟦Or⟧ (member.type = \"HUMAN\")", &[LowercaseKeyword], Some("role = \"ROLE_MEMBER\" OR (member.type = \"HUMAN\")")),
        ("role = \"ROLE_MEMBER\" ⟦&&⟧ member.type = \"HUMAN\"", &[LowercaseKeyword], Some("role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\"")),
        ("role = \"ROLE_MEMBER\" ⟦||⟧ member.type = \"HUMAN\"", &[LowercaseKeyword], Some("role = \"ROLE_MEMBER\" OR member.type = \"HUMAN\"")),
        ("⟦⟦not⟧ role = \"ROLE_MEMBER\"⟧", &[LowercaseKeyword, Negation], Some("NOT role = \"ROLE_MEMBER\"")),
        ("⟦\"HUMAN\" = member.type⟧", &[SwappedSides], Some("member.type = \"HUMAN\"")),
        ("(⟦\"ROLE_MEMBER\"=role⟧)", &[SwappedSides], Some("(role=\"ROLE_MEMBER\")")),
        ("⟦\"member\".type⟧ = \"HUMAN\"", &[QuotedField], Some("member.type = \"HUMAN\"")),
        ("⟦'role'⟧ = \"ROLE_MEMBER\"", &[QuotedField], Some("role = \"ROLE_MEMBER\"")),
        ("⟦hasRole(\"x\")⟧", &[FunctionCall], None),
        ("⟦f(é)⟧ = \"y\"", &[FunctionCall], None),
        ("role = ⟦f()⟧", &[FunctionCall], None),
        ("member.type = ⟦(\"HUMAN\" OR \"BOT\")⟧", &[GroupArgument], Some("member.type = \"HUMAN\" OR member.type = \"BOT\"")),
        (
            "role = \"ROLE_MEMBER\" AND member.type = ⟦(\"HUMAN\" OR \"BOT\")⟧",
            &[GroupArgument],
            Some("role = \"ROLE_MEMBER\" AND (member.type = \"HUMAN\" OR member.type = \"BOT\")"),
        ),
        ("role = ⟦(role = \"ROLE_MEMBER\")⟧", &[GroupArgument], None),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_lints() {
    use Code::{ImplicitAnd, MixedOperators, Negation, UndocumentedOperator, SingleQuotes, UndocumentedValue, UnquotedValue};
    check_schema(&[
        ("member.type = ⟦HUMAN⟧", &[UnquotedValue], Some("member.type = \"HUMAN\"")),
        ("role=⟦ROLE_MEMBER⟧ OR role=⟦ROLE_MANAGER⟧", &[UnquotedValue; 2], Some("role=\"ROLE_MEMBER\" OR role=\"ROLE_MANAGER\"")),
        ("member.type = ⟦'HUMAN'⟧", &[SingleQuotes], Some("member.type = \"HUMAN\"")),
        ("role = \"ROLE_MEMBER\" ⟦member.type = \"HUMAN\"⟧", &[ImplicitAnd], Some("role = \"ROLE_MEMBER\" AND member.type = \"HUMAN\"")),
        ("role = \"ROLE_MEMBER\"\r\n⟦(member.type = \"HUMAN\")⟧", &[ImplicitAnd], Some("role = \"ROLE_MEMBER\" AND (member.type = \"HUMAN\")")),
        ("⟦NOT member.type = \"BOT\"⟧", &[Negation], Some("member.type != \"BOT\"")),
        ("⟦-member.type != \"BOT\"⟧", &[Negation], Some("member.type = \"BOT\"")),
        ("⟦NOT role = \"ROLE_MEMBER\"⟧", &[Negation], None),
        ("⟦-(role = \"ROLE_MEMBER\" AND member.type = \"BOT\")⟧", &[Negation], None),
        ("role ⟦!=⟧ \"ROLE_MEMBER\"", &[UndocumentedOperator], None),
        ("role = ⟦\"ROLE_ASSISTANT_MANAGER\"⟧", &[UndocumentedValue], None),
        ("role = ⟦\"MEMBERSHIP_ROLE_UNSPECIFIED\"⟧", &[UndocumentedValue], None),
        ("member.type != ⟦\"TYPE_UNSPECIFIED\"⟧", &[UndocumentedValue], None),
        (" ⟦role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\"⟧ ", &[MixedOperators], None),
        ("(⟦member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\"⟧)", &[MixedOperators], None),
        ("role ⟦!=⟧ ⟦⟦ROLE_ASSISTANT_MANAGER⟧⟧", &[UndocumentedOperator, UnquotedValue, UndocumentedValue], Some("role != \"ROLE_ASSISTANT_MANAGER\"")),
    ]);
}

#[test]
#[rustfmt::skip]
fn reports_all_schema_errors() {
    use Code::{
        FunctionCall, GroupArgument, LowercaseKeyword, MissingComparison, SwappedSides, UnknownField, UnknownValue, UnquotedValue,
        UnsupportedOperator,
    };
    check_schema(&[
        (
            "role ⟦>⟧ ⟦\"OWNER\"⟧ AND ⟦foo⟧ = \"x\" AND member.type = ⟦HUMAN⟧ AND ⟦f(a)⟧ ⟦and⟧ ⟦\"BOT\" = member.type⟧",
            &[UnsupportedOperator, UnknownValue, UnknownField, UnquotedValue, FunctionCall, LowercaseKeyword, SwappedSides],
            Some("role > \"OWNER\" AND foo = \"x\" AND member.type = \"HUMAN\" AND f(a) AND member.type = \"BOT\""),
        ),
        (
            "⟦ROLE⟧ = ⟦\"role_member\"⟧ OR (⟦foo⟧ = ⟦(a)⟧ OR ⟦\"HUMAN\"⟧)",
            &[UnknownField, UnknownValue, UnknownField, GroupArgument, MissingComparison],
            Some("role = \"ROLE_MEMBER\" OR (foo = (a) OR \"HUMAN\")"),
        ),
    ]);
    // The meaning stage does not run: it would report a contradiction.
    let text = "role = \"ROLE_MEMBER\" AND role = \"ROLE_MANAGER\" AND foo = \"x\"";
    let codes: Vec<Code> = Filter::check(&Checker::new(), text).errors().map(|error| error.code).collect();
    assert_eq!(codes, [UnknownField]);
}

#[test]
fn tokens_have_kinds() {
    let found = |text| {
        let tokens = tokens(text).map(|token| {
            let part = token.span.of(text).unwrap();
            format!("{} {part}", token.kind.as_str())
        });
        tokens.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        found("NOT member.type != 'a \\' b'\n(f(-3, a-b)) and \u{201c}"),
        "keyword NOT\nword member\npunctuation .\nword type\noperator !=\nstring 'a \\' b'\n\
         punctuation (\nword f\npunctuation (\noperator -\nword 3\npunctuation ,\nword a-b\n\
         punctuation )\npunctuation )\nword and\ninvalid \u{201c}"
    );
    assert_eq!(
        found("a >= \"\\\\\" \"é\\"),
        "word a\noperator >=\nstring \"\\\\\"\nstring \"é\\"
    );
    assert_eq!(found(" \t\r\n"), "");
}

proptest! {
    /// Every character but white space is part of a token, and the tokens of a valid text say what
    /// its tree says.
    #[test]
    fn tokens_cover_any_text(text in "([a\"'\\\\=<>!:.,()\u{201c}\u{e9}\u{1f642} \n-]|AND|OR|NOT|\"b\"){0,30}") {
        let mut end = 0;
        for token in tokens(&text) {
            let gap = Span::new(end, token.span.start).of(&text).unwrap();
            prop_assert!(gap.chars().all(|c| " \t\r\n".contains(c)), "{:?}", gap);
            prop_assert!(!token.span.of(&text).unwrap().is_empty());
            end = token.span.end;
        }
        prop_assert_eq!(text.get(end..).unwrap().trim_matches([' ', '\t', '\r', '\n']), "");
        if syntax::parse(&text).is_ok() {
            prop_assert!(tokens(&text).all(|token| token.kind != TokenKind::Invalid), "{}", text);
        }
    }
}
