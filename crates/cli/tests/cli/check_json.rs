//! `check --format json`.

use super::{FILTERS, assert_output, run, run_with};
use gchat_filter::{Checker, Preset, diagnostic::visible, members::Filter};

#[test]
fn check_json_has_the_documented_form() {
    let output = run([
        "check",
        "--format",
        "json",
        "member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"",
    ]);
    assert_output(
        &output,
        0,
        concat!(
            r#"{"filter":"member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"","valid":true,"#,
            r#""diagnostics":[],"fixed":null,"#,
            r#""simplified":"member.type = \"HUMAN\" AND role = \"ROLE_MEMBER\"","#,
            r#""admits":[{"role":"ROLE_MEMBER","type":"HUMAN"}]}"#,
            "\n"
        ),
        "",
    );
    let output = run([
        "check",
        "--format=json",
        "role = \"ROLE_MEMBER\" AND member.type != \"HUMAN\"",
    ]);
    assert!(
        output.out.ends_with(concat!(
            r#","admits":[{"role":"ROLE_MEMBER","type":null},"#,
            r#"{"role":"ROLE_MEMBER","type":"TYPE_UNSPECIFIED"},"#,
            r#"{"role":"ROLE_MEMBER","type":"BOT"},{"role":"ROLE_MEMBER","type":"*"}]}"#,
            "\n"
        )),
        "{}",
        output.out
    );
    let output = run([
        "check",
        "--format=json",
        "--preset=aip160",
        "NOT (role = \"ROLE_MEMBER\" OR role = \"ROLE_MANAGER\") AND member.type = \"BOT\"",
    ]);
    assert!(
        output.out.contains(concat!(
            r#""admits":[{"role":"MEMBERSHIP_ROLE_UNSPECIFIED","type":"BOT"},"#,
            r#"{"role":"ROLE_ASSISTANT_MANAGER","type":"BOT"},{"role":"*","type":"BOT"}]"#
        )),
        "{}",
        output.out
    );
}

#[test]
fn check_json_describes_an_invalid_filter() {
    // Offsets are in bytes.
    let output = run([
        "check",
        "--format",
        "json",
        "é = \"漢\" AND Role = \"ROLE_MEMBER\"",
    ]);
    assert_eq!((output.code, output.err.as_str()), (1, ""));
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(json["valid"], false);
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let spans: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| [&diagnostic["start"], &diagnostic["end"]].map(|at| at.as_u64().unwrap()))
        .collect();
    assert_eq!(spans, [[0, 2], [15, 19]]);
    assert_eq!(diagnostics[0]["code"], "unknown-field");
    assert_eq!(diagnostics[0]["severity"], "error");
    assert_eq!(diagnostics[0]["stage"], "schema");
    assert!(diagnostics[0]["fix"].is_null());
    assert_eq!(diagnostics[1]["fix"]["certain"], true);
    let fixed = "é = \"漢\" AND role = \"ROLE_MEMBER\"";
    assert_eq!(diagnostics[1]["fix"]["text"], fixed);
    assert_eq!(json["fixed"], fixed);
    assert!(json["simplified"].is_null() && json["admits"].is_null());
    assert!(
        output
            .out
            .ends_with(",\"simplified\":null,\"admits\":null}\n")
    );
}

/// All of the form, for filters of every kind.
#[test]
fn check_json_is_the_form_of_the_library() {
    let lines: Vec<&str> = FILTERS
        .iter()
        .copied()
        .filter(|text| !text.contains(['\n', '\r']))
        .collect();
    for (preset_name, preset) in [
        ("default", Preset::Default),
        ("strict", Preset::Strict),
        ("aip160", Preset::Aip160),
    ] {
        for admin in [false, true] {
            let mut args = vec!["check", "--format", "json", "--preset", preset_name, "-"];
            args.extend(admin.then_some("--admin"));
            let output = run_with(args, lines.join("\n"));
            assert_eq!((output.code, output.err.as_str()), (1, ""));
            let checker = Checker::new().preset(preset).admin_access(admin);
            for (line, text) in output.out.lines().zip(&lines) {
                // The program escapes more characters than JSON requires.
                assert_eq!(visible(line).to_string(), line);
                let found: serde_json::Value = serde_json::from_str(line).unwrap();
                let checked = Filter::check(&checker, text);
                assert_eq!(found, serde_json::to_value(&checked).unwrap());
            }
            assert_eq!(output.out.lines().count(), lines.len());
            if !admin && preset == Preset::Default || admin && preset == Preset::Aip160 {
                insta::assert_snapshot!(format!("json_{preset_name}"), output.out);
            }
        }
    }
}

#[test]
fn check_json_prints_one_object_per_filter_in_order() {
    let input = "x\r\n\nrole = \"ROLE_MEMBER\"";
    let args = ["check", "--format", "json", "a\nb", "-", "", "--", "-x"];
    let output = run_with(args, input);
    let filters: Vec<_> = output
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["filter"].clone())
        .collect();
    assert_eq!(
        filters,
        ["a\nb", "x", "", "role = \"ROLE_MEMBER\"", "", "-x"]
    );
    assert_eq!((output.code, output.err.as_str()), (1, ""));
}

#[test]
fn check_json_includes_the_warnings_of_a_valid_filter() {
    let output = run([
        "check",
        "--format",
        "json",
        "role = 'ROLE_MEMBER' AND role = \"ROLE_MEMBER\"",
    ]);
    let json: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!((output.code, &json["valid"]), (0, &true.into()));
    let diagnostics = json["diagnostics"].as_array().unwrap();
    assert!(
        diagnostics
            .iter()
            .all(|diagnostic| diagnostic["severity"] == "warning")
    );
    let codes: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| &diagnostic["code"])
        .collect();
    assert_eq!(codes, ["single-quotes", "redundant-term"]);
    assert_eq!(json["simplified"], "role = \"ROLE_MEMBER\"");
}
