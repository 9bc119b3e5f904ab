//! What a filter matches, drawn: sets as lists, intervals on a line of time.

use std::io::{self, Write};

use gchat_filter::diagnostic::{quoted, visible};
use gchat_filter::meaning::{FieldText, GroupMeaning, Interval, ValueSet};
use gchat_filter::{Method, Timestamp};

/// Prints what a filter matches of each group of fields.
pub(super) fn print(
    method: Method,
    groups: &[GroupMeaning],
    out: &mut impl Write,
) -> io::Result<()> {
    let noun = method.resource();
    let is_nothing = |group: &GroupMeaning| match &group.set {
        ValueSet::Intervals(intervals) => intervals.is_empty(),
        _ => false,
    };
    if groups.is_empty() {
        return writeln!(out, "  every {noun}");
    }
    if groups.iter().any(is_nothing) {
        return writeln!(
            out,
            "  nothing: the filter has an interval without a timestamp"
        );
    }
    for group in groups {
        let fields = group.fields.join(", ");
        match &group.set {
            ValueSet::Intervals(intervals) => {
                writeln!(out, "  {fields}")?;
                Timeline::new(intervals).print(out)?;
            }
            ValueSet::Texts(texts) => writeln!(out, "  {}", listed_texts(texts))?,
            set => writeln!(out, "  {fields}: {}", listed(set))?,
        }
    }
    Ok(())
}

/// Returns texts with their field, or with the field of each if they have several.
fn listed_texts(texts: &[FieldText]) -> String {
    match texts {
        [first, others @ ..] if others.iter().all(|own| own.field == first.field) => {
            let texts = texts.iter().map(|own| visible(&own.text).to_string());
            format!("{}: {}", first.field, any(texts))
        }
        _ => any(texts
            .iter()
            .map(|own| format!("{} = {}", own.field, visible(&own.text)))),
    }
}

/// Returns the elements of a set.
fn listed(set: &ValueSet) -> String {
    match set {
        ValueSet::Values(names) => {
            let names = names.iter().map(|name| match *name {
                "*" => "any other value".to_owned(),
                name => name.to_owned(),
            });
            any(names)
        }
        ValueSet::Holds(true) => "holds".to_owned(),
        ValueSet::Holds(false) => "does not hold".to_owned(),
        ValueSet::Alternatives(alternatives) => {
            let is_one = alternatives.len() == 1;
            let alternatives = alternatives.iter().map(|all| {
                let all: Vec<String> = all.iter().map(|own| quoted(own).to_string()).collect();
                match all.as_slice() {
                    [_, _, ..] if !is_one => format!("({})", all.join(" and ")),
                    _ => all.join(" and "),
                }
            });
            any(alternatives)
        }
        _ => String::new(),
    }
}

fn any(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(" or ")
}

/// The bounds of intervals, with what is between them.
struct Timeline {
    /// Whether the time before the first bound is in an interval.
    is_open: bool,
    bounds: Vec<Bound>,
}

struct Bound {
    time: Timestamp,
    is_included: bool,
    /// Whether the time after it is in an interval.
    is_followed: bool,
}

impl Timeline {
    /// Creates the line of intervals, which are in their order.
    fn new(intervals: &[Interval]) -> Self {
        let mut bounds: Vec<Bound> = Vec::new();
        for interval in intervals {
            let ends = [
                (interval.start, interval.start_included, true),
                (interval.end, interval.end_included, false),
            ];
            for (time, is_included, is_followed) in ends {
                match (time, bounds.last_mut()) {
                    (None, _) => {}
                    // A single timestamp, or the only one between two intervals.
                    (Some(time), Some(last)) if last.time == time => {
                        last.is_included |= is_included;
                        last.is_followed = is_followed;
                    }
                    (Some(time), _) => bounds.push(Bound {
                        time,
                        is_included,
                        is_followed,
                    }),
                }
            }
        }
        Self {
            is_open: intervals.first().is_some_and(|own| own.start.is_none()),
            bounds,
        }
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let length = if self.bounds.len() > 4 { 3 } else { 9 };
        let segment = |is_in| if is_in { "━" } else { "─" }.repeat(length);
        let marks = self.bounds.iter().map(|bound| {
            let mark = if bound.is_included { "●" } else { "○" };
            format!("{mark}{}", segment(bound.is_followed))
        });
        let marks: String = marks.collect();
        writeln!(out, "    {}{marks}▶", segment(self.is_open))?;
        // The last bound first, so that the lines to the others are free.
        for (at, bound) in self.bounds.iter().enumerate().rev() {
            let indent = " ".repeat(length);
            let lines = format!("│{indent}").repeat(at);
            let note = if bound.is_included {
                "included"
            } else {
                "excluded"
            };
            writeln!(out, "    {indent}{lines}└ {}, {note}", bound.time)?;
        }
        Ok(())
    }
}
