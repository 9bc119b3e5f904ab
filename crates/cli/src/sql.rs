//! The `sql` command: prints a filter as a predicate of SQL.

use std::io::{self, Write};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use gchat_filter::sql::{Columns, Dialect};
use gchat_filter::{Checker, Method, Report};

use super::{Outcome, options, print_error, print_report};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Method that the filter is for.
    #[arg(
        long,
        default_value = "spaces.members.list",
        value_parser = options::method_parser()
    )]
    method: Method,
    /// Apply the rules for requests with `useAdminAccess`.
    #[arg(long)]
    admin: bool,
    /// SQL of this engine.
    #[arg(
        long,
        value_parser = PossibleValuesParser::new(Dialect::ALL.iter().map(|own| own.name()))
            .try_map(|name| name.parse::<Dialect>())
    )]
    dialect: Dialect,
    /// Where the properties of a resource are in the table.
    #[arg(long, value_enum, default_value = "flat")]
    layout: Layout,
    /// Use an expression for a property, such as `member.type=m.kind`.
    ///
    /// May be repeated. The expression is copied into the predicate: do not take it from others.
    #[arg(long = "column", value_name = "FIELD=EXPR", value_parser = column)]
    columns: Vec<(String, String)>,
    /// Column with the document, for `--layout json`.
    #[arg(long, value_name = "EXPR", default_value = "document")]
    document: String,
    /// Name of the calling user, which `users/me` stands for, such as `users/123456789`.
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    /// Print an expression that is never NULL, for SELECT, NOT and CHECK.
    #[arg(long)]
    value: bool,
    /// Filter to print.
    ///
    /// Put `--` before a filter that starts with a hyphen.
    #[arg(value_name = "FILTER")]
    filter: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Layout {
    /// A column for each property, with `_` for dots: `member_type`.
    Flat,
    /// Structs with the keys of the API's JSON: `member.type`, `createTime`.
    Nested,
    /// A column with the API's JSON.
    Json,
}

fn column(text: &str) -> Result<(String, String), String> {
    let (field, sql) = text
        .split_once('=')
        .ok_or("expected a field, `=` and an expression, such as `role=m.role`")?;
    Ok((field.trim().to_owned(), sql.to_owned()))
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> io::Result<Outcome> {
    let checker = Checker::new().admin_access(args.admin);
    let checked = checker.check_method(args.method, &args.filter);
    if !checked.diagnostics.is_empty() {
        print_report(Report::from(&checked));
    }
    let Some(filter) = checked.filter else {
        return Ok(Outcome::Negative);
    };
    let mut columns = match args.layout {
        Layout::Flat => Columns::flat(),
        Layout::Nested => Columns::nested(),
        Layout::Json => Columns::json(&args.document),
    };
    for (property, sql) in &args.columns {
        columns = columns.column(property, sql);
    }
    if let Some(caller) = &args.caller {
        columns = columns.caller(caller);
    }
    let sql = if args.value {
        filter.to_sql_value(args.dialect, &columns)
    } else {
        filter.to_sql(args.dialect, &columns)
    };
    match sql {
        Ok(sql) => writeln!(out, "{sql}").map(|()| Outcome::Success),
        Err(error) => {
            print_error(error);
            Ok(Outcome::Failure)
        }
    }
}
