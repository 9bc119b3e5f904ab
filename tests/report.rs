//! Snapshots of reports, and properties of reports for any input.

#![cfg(feature = "report")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests fail by panicking"
)]

#[path = "common/invisible.rs"]
mod invisible;

use std::sync::LazyLock;

use gchat_filter::members::Filter;
use gchat_filter::{Checker, Preset, Report};
use proptest::prelude::*;
use regex::Regex;

use self::invisible::has_invisible;

/// An ANSI escape sequence for a style.
static STYLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\x1b\[[0-9;]*m").unwrap());

fn report(checker: &Checker, text: &str) -> String {
    Report::from(&Filter::check(checker, text)).to_string()
}

/// Defines a snapshot test for the report of a filter, with the default checker if none is given.
macro_rules! snapshot {
    ($name:ident, $text:expr) => {
        snapshot!($name, Checker::new(), $text);
    };
    ($name:ident, $checker:expr, $text:expr) => {
        #[test]
        fn $name() {
            let text: &str = &$text;
            let report = report(&$checker, text);
            assert!(!has_invisible(&report.replace('\n', "")), "{report:?}");
            insta::with_settings!(
                { description => format!("{:?}", text.chars().take(120).collect::<String>()), omit_expression => true },
                { insta::assert_snapshot!(stringify!($name), report) }
            );
        }
    };
}

fn strict() -> Checker {
    Checker::new().preset(Preset::Strict)
}

fn admin() -> Checker {
    Checker::new().admin_access(true)
}

// Stages.
snapshot!(
    syntax,
    "role = \"ROLE_MEMBER\" AND AND member.type = \"HUMAN\""
);
snapshot!(
    schema,
    "type = \"BOT\" AND role < \"OWNER\" AND member.type = HUMAN and \"member\".type = 'human'"
);
snapshot!(
    meaning,
    "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\""
);
snapshot!(
    meaning_warnings,
    "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" OR role = 'ROLE_MANAGER' AND member.type = \"HUMAN\""
);
snapshot!(
    admin_access,
    admin(),
    "role = \"ROLE_MANAGER\" OR member.type = \"HUMAN\""
);
snapshot!(
    admin_access_comparisons,
    admin(),
    "member.type != \"HUMAN\" AND role = \"ROLE_MANAGER\" OR member.type = \"BOT\""
);
snapshot!(admin_access_empty_filter, admin(), "");
snapshot!(admin_access_white_space, admin(), " \r\n\t");
snapshot!(
    strict_preset,
    strict(),
    "role = 'ROLE_MEMBER' OR (role = \"ROLE_MEMBER\" AND role != \"ROLE_MANAGER\")"
);

// Limits of the text.
snapshot!(end_of_text, "role =");
snapshot!(end_of_text_after_newline, "role =\n");
snapshot!(
    end_of_text_after_empty_lines,
    "role = \"ROLE_MEMBER\" AND\n\n\n"
);
snapshot!(
    end_of_multi_line_text,
    "(role = \"ROLE_MEMBER\"\r\nAND member.type = \"HUMAN\"\r\n"
);
snapshot!(unterminated_string, "role = \"ROLE_MEMBER\nAND x");
snapshot!(unmatched_parenthesis, "(role = \"ROLE_MEMBER\"))");
snapshot!(too_long, "x ".repeat(10_000));
snapshot!(too_deep, "(".repeat(70));
snapshot!(hundreds_of_errors, "role = \"X\" AND ".repeat(1000) + "a");

// Characters and lines.
snapshot!(
    multi_byte,
    "é = \"ÿ\" AND rôle = \"ROLE_MEMBER\" AND role = \"ß\""
);
snapshot!(wide, "漢字 = \"値段\" AND role = \"🙂🙂\" AND ＲＯＬＥ = 1");
snapshot!(
    combining,
    "re\u{301}le = \"e\u{301}\u{302}\" AND role = \"👩\u{200d}🚀 x\" OR role = \"y\""
);
snapshot!(tabs, "role\t=\t\"X\"\tAND\tmember.type\t=\t\"Y\"");
snapshot!(
    multi_line_text,
    "role = \"ROLE_MEMBER\" AND\r\n  member.type = \"HUMAN\" AND\r\n  role = \"ROLE_MANAGER\" AND\r\n\r\n  x = 1\r\n"
);
snapshot!(
    multi_line_contradiction,
    "(\n  role = \"ROLE_MEMBER\"\n  AND\n  role = \"ROLE_MANAGER\"\n)"
);
snapshot!(
    control_characters,
    "role = \"\u{0}\u{7}\u{8}\u{b}\u{1b}\u{7f}\u{85}\u{9b}\r\" AND x = 1"
);
snapshot!(ansi_escapes, "\u{1b}[31mrole\u{1b}[0m = \"ROLE_MEMBER\"");
snapshot!(
    bidi_controls,
    "role = \"\u{202e}REBMEM_ELOR\u{202c}\" AND \"\u{2066}member\u{2069}\".type = \"\u{200f}BOT\""
);
snapshot!(
    invisible_characters,
    "role\u{200b} = \u{feff}\"ROLE_MEMBER\"\u{a0}AND\u{2028}x = 1"
);
snapshot!(
    typographic_quotes,
    "role = “ROLE_MEMBER” AND member.type = «HUMAN»"
);

// Settings.

#[test]
fn origin_with_line() {
    let checked = Filter::check(&Checker::new(), "role = \"X\"\nOR x = 1");
    let report = Report::from(&checked).origin("filters.txt", 41).to_string();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("origin_with_line", report);
    });
}

#[test]
fn position_is_that_in_the_whole_text() {
    let long = format!("role = \"{}\" AND é = 1", "X".repeat(200));
    for (text, position) in [
        (long.clone(), "x:7:215\n"),
        (format!("(\n\t{long}\n)"), "x:8:216\n"),
    ] {
        let checked = Filter::check(&Checker::new(), &text);
        let report = Report::from(&checked).origin("x", 7).width(60).to_string();
        assert!(report.contains(position), "{report}");
    }
}

#[test]
fn corrected_text_of_several_lines_can_be_copied() {
    let text = "role =\t'ROLE_MEMBER' AND\r\n  (member.type = HUMAN\n  OR member.type = \"BOT\")\n";
    let checked = Filter::check(&Checker::new(), text);
    let report = Report::from(&checked).to_string();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("corrected_lines", report);
    });
    let (_, copied) = report.split_once("with all fixes:\n").unwrap();
    let corrected = text.replace("HUMAN", "\"HUMAN\"");
    assert_eq!(
        Filter::parse(copied).unwrap(),
        Filter::parse(&corrected).unwrap()
    );
}

#[test]
fn narrow_width() {
    let text =
        "role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\" AND x = 1";
    let checked = Filter::check(&Checker::new(), text);
    let report = Report::from(&checked).width(40).to_string();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("narrow_width", report);
    });
}

#[test]
fn colors() {
    let checked = Filter::check(&Checker::new(), "role = \"X\" OR role = 'ROLE_MEMBER'");
    let report = Report::from(&checked).color(true).to_string();
    assert_eq!(
        STYLE.replace_all(&report, ""),
        Report::from(&checked).to_string()
    );
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("colors", report.replace('\u{1b}', "ESC"));
    });
}

#[test]
fn report_of_error_equals_report_of_check() {
    for text in ["x = 1", "role = \"X\" AND role = \"ROLE_MEMBER", "\u{202e}"] {
        let error = Filter::parse(text).unwrap_err();
        let checked = Filter::check(&Checker::new(), text);
        assert_eq!(
            Report::from(&error).to_string(),
            Report::from(&checked).to_string()
        );
    }
}

#[test]
fn report_without_diagnostics_is_empty() {
    for text in ["", "role = \"ROLE_MEMBER\""] {
        assert_eq!(report(&Checker::new(), text), "");
    }
}

#[test]
fn colors_are_off_by_default() {
    let report = report(&Checker::new(), "x = 1");
    assert!(!report.contains('\u{1b}'), "{report:?}");
    assert!(
        report.ends_with('\n') && !report.ends_with("\n\n"),
        "{report:?}"
    );
}

#[test]
fn origin_is_escaped() {
    let checked = Filter::check(&Checker::new(), "x = 1");
    let origin = "\u{1b}[31mred\u{7}\u{9b}31m\u{202e}bidi\u{2028}\r\nline\t";
    let report = Report::from(&checked).origin(origin, 1).to_string();
    assert!(!has_invisible(&report.replace('\n', "")), "{report:?}");
    assert_eq!(
        report.lines().count(),
        Report::from(&checked)
            .origin("x", 1)
            .to_string()
            .lines()
            .count()
    );
}

/// Invalid filters of one line and of several, with spans on one line and on several.
const INVALID: &[&str] = &[
    "x = 1",
    "x = 1\nAND y = 2\nAND role = \"ROLE_MEMBER\"",
    "role =\n",
    "role = \"ROLE_MEMBER\"\nAND\nrole = \"ROLE_MANAGER\"",
    "\n\n\"漢",
];

#[test]
fn accepts_any_line() {
    for text in INVALID {
        let checked = Filter::check(&Checker::new(), text);
        for line in [0, 1, 9, 99, 999_999, usize::MAX >> 1] {
            let report = Report::from(&checked).origin("x", line).to_string();
            assert!(report.contains("--> x:"), "{report}");
        }
    }
}

#[test]
fn accepts_any_width() {
    for text in INVALID {
        let checked = Filter::check(&Checker::new(), text);
        for width in [0, 1, 2, 10, 10_000, usize::MAX] {
            let report = Report::from(&checked).width(width).to_string();
            assert!(report.starts_with("error["), "{report}");
        }
    }
}

/// Filters with long reports: many diagnostics, labels or lines, or long lines.
fn long_filters() -> Vec<String> {
    let mut texts = vec![
        "role = \"X\" AND ".repeat(1000) + "a",
        "a ".repeat(8000),
        "x".repeat(16_000),
        "role = \"ROLE_MEMBER\" AND ".repeat(600) + "role = \"ROLE_MANAGER\"",
        "role = \"ROLE_MEMBER\" OR ".repeat(600) + "role = 'ROLE_MANAGER'",
        "x\n".repeat(8000),
        "(\n".repeat(60),
        format!(
            "({})",
            "role = \"ROLE_MEMBER\"\nAND ".repeat(600) + "role = \"ROLE_MANAGER\""
        ),
        "role = \"".to_owned() + &"x".repeat(16_000),
        "role = '".to_owned() + &"ab ".repeat(4000) + "'",
        "\"HUMAN\" = member.type and ".repeat(500) + "role == 1",
        "f(".repeat(60) + &")".repeat(60),
    ];
    texts.extend(
        texts
            .clone()
            .iter()
            .map(|text| format!("role = 'ROLE_MEMBER' OR ({text})")),
    );
    texts
}

#[test]
fn reports_have_a_bounded_number_of_lines() {
    for text in long_filters() {
        for checker in [Checker::new(), strict(), admin()] {
            let report = report(&checker, &text);
            let lines = report.lines().count();
            assert!(lines <= 200, "{lines} lines for {text:.80?}");
        }
    }
}

/// Returns whether a line shows source text or carets: these have a bar after the line number.
fn is_source(line: &str) -> bool {
    line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit())
        .starts_with('|')
}

#[test]
fn source_lines_are_clipped_to_the_width() {
    for text in long_filters() {
        let checked = Filter::check(&Checker::new(), &text);
        for width in [80, 100, 140, 200] {
            let report = Report::from(&checked).width(width).to_string();
            for line in report.lines().filter(|line| is_source(line)) {
                let length = line.chars().count();
                assert!(
                    length <= width + 40,
                    "{length} > {width} for {text:.80?}: {line}"
                );
            }
        }
    }
}

#[test]
fn no_line_is_much_longer_than_the_width() {
    for text in long_filters() {
        let checked = Filter::check(&Checker::new(), &text);
        for width in [80, 100, 140, 200] {
            let report = Report::from(&checked).width(width).to_string();
            for line in report.lines() {
                let length = line.chars().count();
                assert!(
                    length <= width + 80,
                    "{length} > {width} for {text:.80?}: {line}"
                );
            }
        }
    }
}

#[test]
fn lines_with_escapes_are_clipped() {
    let text = format!(
        "x = 1 AND member.type = HUMAN AND role = \"{}\"",
        "\u{202e}".repeat(300)
    );
    let report = report(&Checker::new(), &text);
    let longest = report.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(300), "{longest:?}: {report}");
}

#[test]
fn wide_characters_are_clipped_by_columns() {
    let text = format!("x = 1 AND role = \"{}\" AND y = 2", "漢".repeat(3000));
    for line in report(&Checker::new(), &text)
        .lines()
        .filter(|line| is_source(line))
    {
        let columns: usize = line.chars().map(|c| if c == '漢' { 2 } else { 1 }).sum();
        assert!(columns <= 140, "{columns}: {line}");
    }
}

#[test]
fn carets_align_with_spans() {
    // (text, column of the first caret, number of carets)
    for (text, column, width) in [
        ("x = 1", 0, 1),
        ("role = \"X\"", 7, 3),
        ("role = \"é\"", 7, 3),
        ("role = \"漢\"", 7, 4),
        ("role = \"🙂\"", 7, 4),
        ("漢 = 1", 0, 2),
        ("role = \"ROLE_MEMBER\" AND 漢 = 1", 25, 2),
        ("\"e\u{301}\" = 1 AND x", 12, 1),
        ("role\t=\t\"X\"", 13, 3),
        ("role = \"\u{202e}\"", 7, 3),
        ("role = \"\u{1b}[0m\"", 7, 6),
    ] {
        let report = report(&Checker::new(), text);
        let last = report.lines().rfind(|line| line.contains('^')).unwrap();
        let carets = last.split_once("| ").unwrap().1;
        let found = (carets.find('^').unwrap(), carets.matches('^').count());
        assert_eq!(found, (column, width), "{text:?}\n{report}");
    }
}

#[test]
fn carets_align_in_text_with_ellipses() {
    for fill in ["…", "…x", "x…"] {
        let text = format!("a = 1 AND {} = 2 AND role = \"X\"", fill.repeat(3000));
        let report = report(&Checker::new(), &text);
        let lines: Vec<&str> = report.lines().collect();
        let carets = lines.iter().rposition(|line| line.contains('^')).unwrap();
        let column = lines[carets].find('^').unwrap();
        let marked: String = lines[carets - 1].chars().skip(column).take(3).collect();
        assert_eq!(marked, "\"X\"", "{report}");
    }
}

/// Pieces of filters, and characters that terminals interpret or do not display.
fn dangerous() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(&[
        "role",
        "member.type",
        " = ",
        " != ",
        "\"ROLE_MEMBER\"",
        "\"HUMAN\"",
        "HUMAN",
        "'BOT'",
        " AND ",
        " OR ",
        "NOT ",
        "-",
        "(",
        ")",
        "\"",
        "'",
        "\\",
        "\\u001b",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\u{1b}[31m",
        "\u{1b}]0;x\u{7}",
        "\u{9b}2J",
        "“",
        "”",
        "x",
        "f(",
        ",",
        ".",
        "==",
        "漢字",
        "🙂",
        "👩\u{200d}🚀",
        "e\u{301}",
        "\u{fe0f}",
        "\u{115f}",
    ]);
    let piece = prop_oneof![
        6 => pieces.prop_map(str::to_owned),
        2 => "[\\p{Cc}\\p{Cf}\\p{Zs}\\p{Zl}\\p{Zp}]",
        1 => "[\\p{Mn}\\p{Lo}\\p{So}]",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn checkers() -> impl Strategy<Value = Checker> {
    let presets = prop::sample::select(&[Preset::Default, Preset::Strict, Preset::Aip160]);
    (presets, any::<bool>())
        .prop_map(|(preset, admin)| Checker::new().preset(preset).admin_access(admin))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reports_and_messages_contain_no_raw_characters(
        text in dangerous(),
        checker in checkers(),
        width in 1..300_usize,
        line in 1..100_usize,
        named in any::<bool>(),
    ) {
        let checked = Filter::check(&checker, &text);
        let mut report = Report::from(&checked).width(width);
        if named {
            report = report.origin("standard input", line);
        }
        let plain = report.to_string();
        prop_assert!(!has_invisible(&plain.replace('\n', "")), "{plain:?}");
        prop_assert_eq!(plain.is_empty(), checked.diagnostics.is_empty());
        let styled = report.color(true).to_string();
        prop_assert_eq!(STYLE.replace_all(&styled, ""), plain);
        for diagnostic in &checked.diagnostics {
            let texts = [Some(&diagnostic.message), diagnostic.help.as_ref()];
            let labels = diagnostic.labels.iter().map(|label| &label.text);
            for text in texts.into_iter().flatten().chain(labels) {
                prop_assert!(!has_invisible(text), "{text:?}");
            }
        }
        if let Err(error) = checked.into_result() {
            let message = error.to_string();
            prop_assert!(!has_invisible(&message), "{message:?}");
        }
    }

    #[test]
    fn every_diagnostic_is_shown_or_counted(text in dangerous()) {
        let checked = Filter::check(&Checker::new(), &text);
        let report = Report::from(&checked).to_string();
        let shown = report.lines().filter(|line| {
            line.starts_with("error[") || line.starts_with("warning[")
        });
        let shown = shown.count();
        let more = checked.diagnostics.len() - shown;
        prop_assert!(shown == checked.diagnostics.len() || shown >= 10);
        let noun = if more == 1 { "diagnostic" } else { "diagnostics" };
        let counted = format!("{more} more {noun} not shown");
        prop_assert_eq!(report.contains(&counted), more > 0, "{}", report);
    }
}

#[test]
fn diagnostics_of_another_text_are_drawn_without_carets() {
    let text = "role = \"ROLE_MEMBER\" AND member.type = HUMAN OR role = 'x'";
    let checked = Filter::check(&Checker::new(), text);
    for other in ["", "é", "role\n\n", &text[..30]] {
        let report = Report::new(other, &checked.diagnostics).to_string();
        for diagnostic in &checked.diagnostics {
            assert!(report.contains(&diagnostic.message), "{report}");
        }
    }
    let own =
        Report::new(text, &checked.diagnostics).fixed(checked.fixed.as_deref(), checked.is_fixed);
    assert_eq!(own.to_string(), Report::from(&checked).to_string());
}
