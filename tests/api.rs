//! The library's API guarantees: sizes and traits of its types, filters as sets and as text,
//! errors, and matching of user-defined types.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::mem::size_of;
use std::str::FromStr;

use gchat_filter::diagnostic::{Code, Diagnostic, Edit, Fix, Label, Severity, Span, Stage};
use gchat_filter::members::{Cell, Filter, Matchable, MemberType, Role};
use gchat_filter::members::{Membership, MembershipRole, User, UserOrGroup, UserType};
use gchat_filter::syntax::Expr;
use gchat_filter::{
    Checked, Checker, Error, IntersectionError, Level, Lint, Method, Preset, UnknownName,
};
use oracle::cells::{EVERYTHING, Set, matched};
use oracle::{Comparison, DOCUMENTED};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

/// Filters with errors in all stages of [`Filter::parse`], some with control characters.
const INVALID: &[&str] = &[
    "role =",
    "(a",
    "a)",
    "()",
    "\"HUMAN",
    "role = \"ROLE_MEMBER\" AND AND x",
    "\u{202e}",
    "role = \"\u{1b}[31m\u{7}\"",
    "role = \"\n\r\t\u{9b}\u{2028}\u{200b}\"",
    "role = \"a\\qb\"",
    "x = 1 AND y = 2 AND z = 3",
    "member.type = HUMAN",
    "member.type = \"漢字\u{301}\"",
    "NOT role = \"ROLE_MEMBER\"",
    "role = \"ROLE_MANAGER\" AND role = \"ROLE_MEMBER\"",
    "\u{feff}role = \"ROLE_MEMBER\"",
    "role == \"ROLE_MEMBER\"",
    "role = “ROLE_MEMBER”",
];

/// All unions and intersections of the constructors' filters, each with the cells that it must
/// match, which are computed independently.
fn documented() -> BTreeMap<Set, Filter> {
    let constructors = [
        Filter::role_is_member(),
        Filter::role_is_manager(),
        Filter::type_is_human(),
        Filter::type_is_bot(),
        Filter::type_is_not_human(),
        Filter::type_is_not_bot(),
    ];
    let mut found: BTreeMap<Set, Filter> = DOCUMENTED
        .iter()
        .map(|comparison| comparison.set())
        .zip(constructors)
        .collect();
    loop {
        let before = found.len();
        let pairs: Vec<(Set, Filter)> = found.clone().into_iter().collect();
        for (a_set, a) in &pairs {
            for (b_set, b) in &pairs {
                found.entry(a_set | b_set).or_insert(a.union(*b));
                if let Ok(both) = a.intersection(*b) {
                    found.entry(a_set & b_set).or_insert(both);
                }
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

#[test]
fn filters_are_four_bytes() {
    assert_eq!(size_of::<Filter>(), 4);
    assert_eq!(size_of::<Option<Filter>>(), 4);
}

#[test]
fn types_implement_common_traits() {
    fn shared<T: Send + Sync + Unpin + Debug + 'static>() {}
    fn data<T: Clone + PartialEq + Send + Sync + Unpin + Debug + 'static>() {}
    fn value<T: Copy + Eq + Hash + Send + Sync + Unpin + Debug + 'static>() {}
    fn ordered<T: Copy + Ord>() {}
    fn error<T: StdError + Clone + Send + Sync + 'static>() {}
    fn text<T: Display + FromStr + for<'a> TryFrom<&'a str>>() {}
    fn serde<T: serde::Serialize + for<'de> serde::Deserialize<'de>>() {}

    value::<Filter>();
    data::<Checker>();
    value::<Cell>();
    value::<Role>();
    value::<MemberType>();
    value::<Lint>();
    value::<Level>();
    value::<Preset>();
    value::<Code>();
    value::<Severity>();
    value::<Stage>();
    value::<Span>();
    ordered::<Cell>();
    ordered::<Level>();
    ordered::<Stage>();
    ordered::<Span>();
    data::<Diagnostic>();
    data::<Label>();
    data::<Fix>();
    data::<Edit>();
    data::<Membership>();
    data::<Checked<'static, Filter>>();
    data::<Expr<'static>>();
    shared::<Error>();
    error::<Error>();
    error::<UnknownName>();
    text::<Filter>();
    serde::<Filter>();
    serde::<Membership>();
}

#[test]
fn filters_can_be_constants() {
    const MANAGERS_AND_APPS: Filter = Filter::role_is_manager().union(Filter::type_is_bot());
    const NOTHING: Result<Filter, IntersectionError> =
        Filter::type_is_human().intersection(Filter::type_is_bot());
    assert_eq!(
        MANAGERS_AND_APPS.to_string(),
        r#"member.type = "BOT" OR role = "ROLE_MANAGER""#
    );
    assert_eq!(NOTHING, Err(IntersectionError::Empty));
}

#[test]
fn parsing_functions_agree() {
    let valid = [
        "",
        " \t\r\n",
        r#"role = "ROLE_MEMBER""#,
        "member.type\r\n!=\r\n\"BOT\"",
        // Escape sequences.
        r#"role = "ROLE_\u004DEMBER""#,
        r#"role = "ROLE_\u004DEMBER" AND member.type = 'HU\U0000004DAN'"#,
        r#"role = "ROLE_\u004DEMBER" OR member.type != "BOT""#,
    ];
    let invalid = [
        r#"role = "ROLE_\u004DANAGER" AND role = "ROLE_MEMBER""#,
        r#"role = "R\\OLE_MEMBER""#,
        r#""r\u006Fle" = "ROLE_MEMBER""#,
        r#""r\u006Fle" = "ROLE_\u004DEMBER""#,
        r#"role = "ROLE_\u004DEMBER" AND role = "OWNER""#,
        r#"role = "ROLE_MEMBER" member.type = "HUMAN""#,
        r#"NOT role = "ROLE_MEMBER""#,
        r#"-role = "ROLE_MEMBER""#,
        r#"role = ("ROLE_MEMBER")"#,
        "role = -1",
        "role = f(x)",
        r#"f(x) = "ROLE_MEMBER""#,
        "f(x)",
        "role",
        r#"role != "ROLE_MEMBER""#,
        r#"role : "ROLE_MEMBER""#,
        "member.type = HUMAN",
    ];
    for text in valid.iter().chain(INVALID).chain(&invalid) {
        let parsed = Filter::parse(text);
        assert_eq!(text.parse(), parsed, "{text:?}");
        assert_eq!(Filter::try_from(*text), parsed, "{text:?}");
        assert_eq!(
            Filter::check(&Checker::new(), text).into_result(),
            parsed,
            "{text:?}"
        );
        assert_eq!(
            Filter::check(&Checker::default(), text).into_result(),
            parsed
        );
        assert_eq!(parsed.is_ok(), valid.contains(text), "{text:?}");
    }
}

#[test]
fn default_filter_matches_everything() {
    assert_eq!(matched(Filter::default()), EVERYTHING);
    assert_eq!(Filter::default().to_string(), "");
    assert_eq!(Filter::parse(""), Ok(Filter::default()));
    assert_eq!(Filter::default().admits().count(), 25);
    assert!(Filter::default().is_documented());
    assert!(!Filter::default().allows_admin_access());
}

#[test]
fn constructors_return_the_documented_comparisons() {
    let constructors = [
        Filter::role_is_member(),
        Filter::role_is_manager(),
        Filter::type_is_human(),
        Filter::type_is_bot(),
        Filter::type_is_not_human(),
        Filter::type_is_not_bot(),
    ];
    for (comparison, filter) in DOCUMENTED.into_iter().zip(constructors) {
        let text = comparison.text();
        assert_eq!(Filter::parse(&text), Ok(filter), "{text}");
        assert_eq!(filter.to_string(), text);
        assert_eq!(matched(filter), comparison.set(), "{text}");
        assert_eq!(format!("{filter:?}"), format!("Filter({text})"));
        let accepted = [r#"member.type = "HUMAN""#, r#"member.type != "BOT""#];
        assert_eq!(filter.allows_admin_access(), accepted.contains(&&*text));
    }
}

#[test]
fn there_are_124_documented_meanings() {
    let documented = documented();
    assert_eq!(documented.len(), 124);
    for (set, filter) in &documented {
        let text = filter.to_string();
        assert_eq!(matched(*filter), *set, "{text}");
        assert!(filter.is_documented(), "{text}");
        assert_eq!(Filter::parse(&text), Ok(*filter), "{text}");
        assert!(text.matches('=').count() <= 6, "{text}");
        let checked = Filter::check(&Checker::new().preset(Preset::Strict), &text);
        assert_eq!(checked.filter, Some(*filter), "{text}");
        assert_eq!(checked.diagnostics, [], "{text}");
        let cells: Vec<Cell> = filter.admits().collect();
        assert_eq!(cells.len(), set.count_ones() as usize, "{text}");
        assert!(cells.iter().all(|cell| filter.matches(cell)), "{text}");
        assert!(cells.is_sorted(), "{text}");
    }
    let distinct: HashSet<Filter> = documented.values().copied().collect();
    assert_eq!(distinct.len(), 124);
    let texts: HashSet<String> = documented.values().map(Filter::to_string).collect();
    assert_eq!(texts.len(), 124);
}

#[test]
fn filters_are_sets() {
    let documented = documented();
    for (a_set, a) in &documented {
        for (b_set, b) in &documented {
            let context = || format!("{a} | {b}");
            assert_eq!(a.implies(*b), a_set & !b_set == 0, "{}", context());
            assert_eq!(a == b, a_set == b_set, "{}", context());
            assert_eq!(a.union(*b), documented[&(a_set | b_set)], "{}", context());
            assert_eq!(
                a.intersection(*b),
                documented
                    .get(&(a_set & b_set))
                    .copied()
                    .ok_or(IntersectionError::Empty),
                "{}",
                context()
            );
            assert_eq!(a.is_disjoint(*b), a_set & b_set == 0);
            assert_eq!(a.difference(*b).map_or(0, matched), a_set & !b_set);
        }
        assert_eq!(a.union(Filter::default()), Filter::default());
        assert_eq!(a.intersection(Filter::default()), Ok(*a));
        assert_eq!(a.complement().map_or(0, matched), EVERYTHING & !a_set);
        assert_eq!(Filter::from_bits(a.to_bits()), Some(*a));
        assert_eq!(Filter::from_cells(a.admits()), Some(*a));
    }
}

#[test]
fn union_is_or_and_intersection_is_and() {
    let texts: Vec<(Filter, String)> = documented()
        .into_values()
        .map(|filter| (filter, filter.to_string()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    for (a, a_text) in &texts {
        for (b, b_text) in &texts {
            let either = format!("({a_text}) OR ({b_text})");
            assert_eq!(Filter::parse(&either), Ok(a.union(*b)), "{either}");
            let both = format!("({a_text}) AND ({b_text})");
            match Filter::parse(&both) {
                Ok(filter) => assert_eq!(Ok(filter), a.intersection(*b), "{both}"),
                Err(error) => {
                    assert_eq!(error.code(), Code::Contradiction, "{both}");
                    assert_eq!(a.intersection(*b), Err(IntersectionError::Empty), "{both}");
                }
            }
        }
    }
}

#[test]
fn undocumented_meanings_are_recognized() {
    let checker = Checker::new().preset(Preset::Aip160);
    for comparison in [
        Comparison::not_equal("ROLE_MEMBER"),
        Comparison::equal("ROLE_ASSISTANT_MANAGER"),
        Comparison::equal("MEMBERSHIP_ROLE_UNSPECIFIED"),
        Comparison::equal("TYPE_UNSPECIFIED"),
        Comparison::not_equal("TYPE_UNSPECIFIED"),
    ] {
        let text = comparison.text();
        assert!(Filter::parse(&text).is_err(), "{text}");
        let filter = Filter::check(&checker, &text).filter.unwrap();
        assert_eq!(matched(filter), comparison.set(), "{text}");
        assert!(!filter.is_documented(), "{text}");
        assert!(!filter.allows_admin_access(), "{text}");
        let printed = filter.to_string();
        assert_eq!(
            Filter::check(&checker, &printed).filter,
            Some(filter),
            "{printed}"
        );
    }
}

#[test]
fn serde_represents_filters_as_text() {
    for filter in documented().into_values() {
        let text = filter.to_string();
        let json = serde_json::to_string(&filter).unwrap();
        assert_eq!(json, serde_json::to_string(&text).unwrap());
        assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
        assert_eq!(
            serde_json::from_slice::<Filter>(json.as_bytes()).unwrap(),
            filter
        );
        assert_eq!(
            serde_json::from_reader::<_, Filter>(json.as_bytes()).unwrap(),
            filter
        );
        let value = serde_json::to_value(filter).unwrap();
        assert_eq!(serde_json::from_value::<Filter>(value).unwrap(), filter);
    }
}

#[test]
fn serde_reads_equivalent_text() {
    let filter = Filter::role_is_member();
    for json in [
        r#""role=\"ROLE_MEMBER\"""#,
        r#""\u0072ole = \"ROLE_MEMBER\" OR role = \"ROLE_MEMBER\"""#,
        r#""role\n=\r\n\t\"ROLE_MEMBER\"""#,
    ] {
        assert_eq!(
            serde_json::from_str::<Filter>(json).unwrap(),
            filter,
            "{json}"
        );
    }
}

#[test]
fn serde_supports_filters_as_fields_and_map_keys() {
    #[derive(serde::Serialize, Deserialize, PartialEq, Debug)]
    struct Settings {
        filter: Filter,
        #[serde(default)]
        other: Option<Filter>,
        names: HashMap<Filter, String>,
    }

    let settings = Settings {
        filter: Filter::type_is_not_bot(),
        other: None,
        names: HashMap::from([(Filter::role_is_manager(), "managers".to_owned())]),
    };
    let json = serde_json::to_string(&settings).unwrap();
    assert_eq!(
        json,
        r#"{"filter":"member.type != \"BOT\"","other":null,"names":{"role = \"ROLE_MANAGER\"":"managers"}}"#
    );
    assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
}

#[test]
fn serde_reports_invalid_filters_on_one_line() {
    for text in INVALID {
        let error = Filter::parse(text).unwrap_err().to_string();
        let deserializer: StrDeserializer<'_, ValueError> = text.into_deserializer();
        let without_position = Filter::deserialize(deserializer).unwrap_err();
        assert_eq!(without_position.to_string(), error, "{text:?}");
        let json = serde_json::to_string(text).unwrap();
        let with_position = serde_json::from_str::<Filter>(&json)
            .unwrap_err()
            .to_string();
        assert!(with_position.starts_with(&error), "{with_position}");
        assert_eq!(with_position.lines().count(), 1, "{with_position}");
    }
}

#[test]
fn serde_rejects_non_strings() {
    for json in ["null", "1", "true", "[]", "{}", r#"["role"]"#] {
        let error = serde_json::from_str::<Filter>(json)
            .unwrap_err()
            .to_string();
        assert!(error.contains("a membership filter as a string"), "{error}");
    }
}

#[test]
fn errors_are_one_line_without_control_characters() {
    let control = regex::Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]").unwrap();
    for text in INVALID {
        let error = Filter::parse(text).unwrap_err();
        let message = error.to_string();
        assert!(
            !message.is_empty() && !control.is_match(&message),
            "{message:?}"
        );
        assert!(!message.ends_with('.'), "{message:?}");
        assert!(!message.starts_with(char::is_uppercase), "{message:?}");
        assert_eq!(error.text(), *text);
        assert_eq!(
            Some(error.code()),
            error.diagnostics().first().map(|first| first.code)
        );
        assert!(error.source().is_none());
        for diagnostic in error.diagnostics() {
            let lines = [
                diagnostic.message.as_str(),
                diagnostic.help.as_deref().unwrap_or("x"),
            ];
            let labels = diagnostic.labels.iter().map(|label| label.text.as_str());
            for line in lines.into_iter().chain(labels) {
                assert!(!control.is_match(line), "{text:?}: {line:?}");
            }
            assert!(
                text.get(diagnostic.span.start..diagnostic.span.end)
                    .is_some()
            );
        }
        let boxed: Box<dyn StdError + Send + Sync> = error.clone().into();
        assert_eq!(boxed.to_string(), message);
        assert_eq!(boxed.downcast_ref::<Error>(), Some(&error));
    }
}

#[test]
fn errors_report_the_number_of_further_errors() {
    let one = Filter::parse("x = 1").unwrap_err();
    assert_eq!(one.to_string(), "unknown field `x` (at byte 0)");
    let three = Filter::parse("x = 1 AND y = 2 AND z = 3").unwrap_err();
    assert_eq!(three.diagnostics().len(), 3);
    assert!(
        three.to_string().starts_with("unknown field `x`"),
        "{three}"
    );
    assert!(three.to_string().contains('2'), "{three}");
}

#[test]
fn diagnostics_expose_their_parts() {
    let checked = Filter::check(&Checker::new(), "member.type = 'human'");
    assert!(!checked.is_valid());
    let error = checked.errors().next().unwrap();
    assert_eq!(error.code, Code::UnknownValue);
    assert_eq!(error.code.as_str(), "unknown-value");
    assert_eq!(error.stage(), Stage::Schema);
    assert_eq!(error.span, Span::new(14, 21));
    assert_eq!(error.span.of(&checked.text).unwrap(), "'human'");
    assert_eq!(
        checked.fixed.as_deref().map(Filter::parse),
        Some(Ok(Filter::type_is_human()))
    );
    for code in Code::ALL {
        let name = code.as_str();
        assert!(
            name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
            "{name}"
        );
        assert_eq!(code.to_string(), name);
    }
}

#[test]
fn lints_have_names_and_levels() {
    for &lint in Lint::ALL {
        assert_eq!(lint.name().parse(), Ok(lint));
        assert_eq!(lint.to_string(), lint.name());
        assert_eq!(lint.code().as_str(), lint.name());
        assert_eq!(Checker::new().level_of(lint), lint.default_level());
        assert_eq!(Preset::Default.level(lint), lint.default_level());
        assert_eq!(Preset::Strict.level(lint), Level::Deny);
        assert_eq!(Preset::Aip160.level(lint), Level::Allow);
        for level in [Level::Allow, Level::Warn, Level::Deny] {
            let checker = Checker::new().level(lint, level);
            assert_eq!(checker.level_of(lint), level);
            let others = Lint::ALL.iter().filter(|other| **other != lint);
            for other in others {
                assert_eq!(checker.level_of(*other), other.default_level());
            }
        }
    }
    for text in [Lint::summary, Lint::reason] {
        let unique: HashSet<_> = Lint::ALL.iter().map(|lint| text(*lint)).collect();
        assert_eq!(unique.len(), Lint::ALL.len());
    }
    assert_eq!(
        [Level::Allow, Level::Warn, Level::Deny].map(Level::as_str),
        ["allow", "warn", "deny"]
    );
    assert_eq!(
        [Preset::Default, Preset::Strict, Preset::Aip160].map(Preset::as_str),
        ["default", "strict", "aip160"]
    );
    let error = "x".parse::<Lint>().unwrap_err().to_string();
    for &lint in Lint::ALL {
        assert!(error.contains(lint.name()), "{error}");
    }
    for name in [
        "",
        "unknown-field",
        "Negation",
        "negation ",
        "\u{1b}[31m\u{202e}",
    ] {
        let error = name.parse::<Lint>().unwrap_err();
        assert_eq!(error.name, name);
        assert!(
            !error.to_string().contains(['\u{1b}', '\u{202e}']),
            "{error:?}"
        );
    }
}

/// A user-defined type.
struct Row(Option<bool>, bool);

impl Matchable for Row {
    fn role(&self) -> Role {
        match self.0 {
            None => Role::Unspecified,
            Some(true) => Role::Manager,
            Some(false) => Role::Member,
        }
    }

    fn member_type(&self) -> MemberType {
        if self.1 {
            MemberType::Bot
        } else {
            MemberType::Human
        }
    }
}

#[test]
fn filters_match_user_defined_types() {
    let filter = Filter::role_is_manager()
        .intersection(Filter::type_is_human())
        .unwrap();
    let row = Row(Some(true), false);
    assert!(filter.matches(&row));
    assert!(filter.matches(&&row));
    assert!(filter.matches(&&&row));
    for other in [
        Row(Some(true), true),
        Row(Some(false), false),
        Row(None, false),
    ] {
        assert!(!filter.matches(&other));
    }

    let shared: &dyn Matchable = &row;
    assert!(filter.matches(shared));
    assert!(filter.matches(&shared));
    let membership = Membership {
        role: MembershipRole::Manager,
        member: Some(UserOrGroup::User(User {
            user_type: UserType::Human,
            ..User::default()
        })),
        ..Membership::default()
    };
    let cell = Cell {
        role: Role::Manager,
        member_type: MemberType::Human,
    };
    let all: Vec<Box<dyn Matchable>> = vec![Box::new(row), Box::new(membership), Box::new(cell)];
    assert!(all.iter().all(|matchable| filter.matches(&**matchable)));
    let rows = [Row(Some(true), false), Row(None, true)];
    assert_eq!(rows.iter().filter(|row| filter.matches(row)).count(), 1);
}

#[test]
fn memberships_match_like_their_cells() {
    let json = [
        (
            r#"{"role":"ROLE_MEMBER","member":{"type":"HUMAN"}}"#,
            Role::Member,
            MemberType::Human,
        ),
        (
            r#"{"role":2,"member":{"type":2}}"#,
            Role::Manager,
            MemberType::Bot,
        ),
        (
            r#"{"role":"X","member":{"type":"Y"}}"#,
            Role::Unknown,
            MemberType::Unknown,
        ),
        (
            r#"{"role":3,"member":{}}"#,
            Role::Unknown,
            MemberType::Unspecified,
        ),
        (
            r#"{"role":null,"member":null}"#,
            Role::Unspecified,
            MemberType::NoMember,
        ),
        (
            r#"{"groupMember":{"name":"groups/1"}}"#,
            Role::Unspecified,
            MemberType::NoMember,
        ),
        ("{}", Role::Unspecified, MemberType::NoMember),
    ];
    let filters = documented();
    for (json, role, member_type) in json {
        let membership: Membership = serde_json::from_str(json).unwrap();
        assert_eq!(membership.role(), role, "{json}");
        assert_eq!(membership.member_type(), member_type, "{json}");
        let cell = Cell { role, member_type };
        for filter in filters.values() {
            assert_eq!(
                filter.matches(&membership),
                filter.matches(&cell),
                "{filter}: {json}"
            );
        }
    }
}

#[test]
fn warnings_and_errors_are_separate() {
    let text = "member.type = 'HUMAN' AND role = \"OWNER\"";
    let checked = Filter::check(&Checker::new(), text);
    let codes = |found: Vec<&Diagnostic>| found.iter().map(|one| one.code).collect::<Vec<_>>();
    assert_eq!(codes(checked.warnings().collect()), [Code::SingleQuotes]);
    assert_eq!(codes(checked.errors().collect()), [Code::UnknownValue]);
}

#[test]
fn errors_are_equal_if_text_and_diagnostics_are_equal() {
    let error = |checker: Checker, text| Filter::check(&checker, text).into_result().unwrap_err();
    let first = error(Checker::new(), "role");
    assert_eq!(first, error(Checker::new(), "role"));
    assert_eq!(first, Filter::parse("role").unwrap_err());
    assert_ne!(first, error(Checker::new(), "roles"));
    let lenient = Checker::new().level(Lint::SingleQuotes, Level::Allow);
    let text = "role = 'OWNER'";
    assert_ne!(error(Checker::new(), text), error(lenient, text));
    let debug = format!("{first:?}");
    assert!(
        debug.contains("\"role\"") && debug.contains("MissingComparison"),
        "{debug}"
    );
}

#[test]
fn spans_and_fixes_refuse_what_is_not_a_part_of_the_text() {
    use gchat_filter::diagnostic::EditError;
    let text = "é = 1";
    assert_eq!(Span::new(0, 2).of(text), Some("é"));
    for span in [
        Span::new(0, 1),
        Span::new(1, 2),
        Span::new(3, 2),
        Span::new(4, 7),
        Span::new(7, 7),
    ] {
        assert_eq!(span.of(text), None);
        assert_eq!(span.to_utf16(text), None);
        let edits = vec![edit(span, "x")];
        let fix = Fix {
            edits,
            certain: false,
        };
        assert_eq!(fix.apply(text), Err(EditError::NotASpan(span)));
    }
    let edits = vec![edit(Span::new(0, 3), "a"), edit(Span::new(2, 4), "b")];
    let fix = Fix {
        edits,
        certain: true,
    };
    assert_eq!(fix.apply(text), Err(EditError::Overlap(Span::new(2, 4))));
    let edits = vec![edit(Span::new(0, 2), "a"), edit(Span::new(2, 2), "b")];
    let fix = Fix {
        edits,
        certain: true,
    };
    assert_eq!(fix.apply(text).as_deref(), Ok("ab = 1"));
}

fn edit(span: Span, text: &str) -> Edit {
    let text = text.to_owned();
    Edit { span, text }
}

#[test]
fn spans_convert_to_other_units() {
    let text = "é🙂 = 漢";
    let span = Span::new(6, 12);
    assert_eq!(span.of(text), Some(" = 漢"));
    assert_eq!(span.to_utf16(text), Some(Span::new(3, 7)));
    assert_eq!(span.to_chars(text), Some(Span::new(2, 6)));
    assert_eq!(Span::at(12).to_utf16(text), Some(Span::at(7)));
}

#[test]
fn checkers_parse_and_names_parse_back() {
    fn names<T: Copy + PartialEq + Debug + Display + FromStr>(all: &[T])
    where
        T::Err: Debug + Display,
    {
        for value in all {
            assert_eq!(value.to_string().parse::<T>().unwrap(), *value);
            assert_eq!(format!("{value:>40}").trim_start(), value.to_string());
        }
        let error = "nonsense".parse::<T>().err().unwrap().to_string();
        assert!(
            error.contains("nonsense") && error.contains(&all[0].to_string()),
            "{error}"
        );
    }
    names(Level::ALL);
    names(Preset::ALL);
    names(Lint::ALL);
    names(Code::ALL);
    names(Severity::ALL);
    names(Stage::ALL);
    names(Method::ALL);
    let checker = Checker::new().preset(Preset::Aip160);
    let filter: Filter = checker.parse("NOT role = ROLE_MANAGER").unwrap();
    assert_eq!(filter, Filter::role_is_manager().complement().unwrap());
    let error = checker
        .parse::<gchat_filter::members::Members>("role")
        .unwrap_err();
    assert_eq!(error.into_iter().count(), 1);
}

/// Also if the default checker rejects the text.
#[test]
fn serde_round_trips_every_meaning() {
    for bits in (1..1 << 25).step_by(9_973) {
        // Text cannot tell a missing member from an unknown type.
        let Some(filter) = Filter::from_bits(bits) else {
            continue;
        };
        let cells = filter.admits().filter(|cell| {
            let other = match cell.member_type {
                MemberType::NoMember => MemberType::Unknown,
                MemberType::Unknown => MemberType::NoMember,
                known => known,
            };
            filter.matches(&Cell {
                member_type: other,
                ..*cell
            })
        });
        let Some(filter) = Filter::from_cells(cells) else {
            continue;
        };
        let json = serde_json::to_string(&filter).unwrap();
        assert_eq!(
            serde_json::from_str::<Filter>(&json).unwrap(),
            filter,
            "{json}"
        );
    }
    for text in [
        "\"role = ROLE_MEMBER\"",
        "\"NOT role = \\\"ROLE_MEMBER\\\"\"",
    ] {
        assert!(serde_json::from_str::<Filter>(text).is_err(), "{text}");
    }
}

#[test]
fn filters_print_to_a_width() {
    let filter = Filter::role_is(Role::Manager);
    assert_eq!(format!("{filter:>25}"), "    role = \"ROLE_MANAGER\"");
    assert_eq!(format!("{filter:.4}"), "role");
    assert_eq!(Role::from_name("ROLE_MANAGER"), Some(Role::Manager));
    assert_eq!(Role::from_name("OWNER"), None);
    assert_eq!(MemberType::from_name("BOT"), Some(MemberType::Bot));
    assert_eq!(
        Filter::type_is(MemberType::Bot) | Filter::type_is(MemberType::Human),
        Filter::type_is(MemberType::Human).union(Filter::type_is_bot())
    );
    assert_eq!(Filter::from_bits(0), None);
    assert_eq!(Filter::from_bits(1 << 25), None);
}

/// A filter also matches what a pointer points to.
#[test]
fn filters_match_through_pointers() {
    let filter = Filter::role_is_manager();
    let cell = Cell {
        role: Role::Manager,
        member_type: MemberType::Human,
    };
    assert!(filter.matches(&Box::new(cell)));
    assert!(filter.matches(&std::rc::Rc::new(cell)));
    let shared: std::sync::Arc<dyn Matchable> = std::sync::Arc::new(cell);
    assert!(filter.matches(&shared));
}

#[test]
fn results_can_outlive_their_text() {
    for text in [
        "f(a.b, -1) OR NOT (x = (y OR 'z'))",
        "role = \"\\u0041\"",
        "a AND",
    ] {
        let owned = {
            let text = String::from(text);
            Filter::check(&Checker::new(), &text).into_owned()
        };
        assert_eq!(owned, Filter::check(&Checker::new(), text));
    }
}
