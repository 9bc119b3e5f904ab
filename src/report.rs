//! Reports: the source line with carets under every label, help, and the corrected text.

use std::fmt::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::chars;
use crate::diagnostic::{Diagnostic, Label, Severity, Span, columns, visible};
use crate::filter::{Checked, Error};
use crate::schema::Lint;

/// How many diagnostics a report shows; the rest are counted.
const DIAGNOSTICS: usize = 16;

/// How many labels of a diagnostic a report shows; the rest are counted.
const LABELS: usize = 8;

/// Maximum length of a text of several lines that is shown in full, in bytes.
const COPIED: usize = 4096;

/// The line widths that can be set, in columns.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=10_000;

/// A human-readable report of a filter's diagnostics.
///
/// `Display` prints for each diagnostic the source line with carets under every label, help, and
/// the corrected text.
///
/// Carets are aligned for wide characters and tabs. Controls, format characters and unusual white
/// space are shown as `�`, `␛` or `␣`, and never reach the terminal. Long lines are clipped to the
/// width; positions are those in the whole text. The corrected text of a filter of several lines has
/// several lines, so that it can be copied. At most 16 diagnostics with 8 labels each are shown.
///
/// ```
/// use gchat_filter::{Checker, Report};
/// use gchat_filter::members::{Filter};
///
/// let checked = Filter::check(&Checker::new(), "member.type = HUMAN");
/// assert_eq!(
///     Report::from(&checked).to_string(),
///     r#"error[unquoted-value]: the value `HUMAN` is not quoted
///   |
/// 1 | member.type = HUMAN
///   |               ^^^^^ expected `"HUMAN"`
///   |
///   = help: put the value in double quotes
///   = help: corrected: member.type = "HUMAN"
/// "#
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Report<'c> {
    text: &'c str,
    diagnostics: &'c [Diagnostic],
    fixed: Option<&'c str>,
    is_fixed: bool,
    allow_option: Option<&'c str>,
    origin: Option<&'c str>,
    line: usize,
    width: usize,
    color: bool,
}

impl<'c> Report<'c> {
    /// Creates the report of diagnostics about a text.
    ///
    /// A span that is not a part of the text is not drawn, and a fix that does not apply to it is not
    /// shown.
    #[must_use]
    pub fn new(text: &'c str, diagnostics: &'c [Diagnostic]) -> Self {
        Self {
            text,
            diagnostics,
            fixed: None,
            is_fixed: true,
            allow_option: None,
            origin: None,
            line: 1,
            width: 100,
            color: false,
        }
    }

    /// Sets the text with all certain fixes applied, which is shown at the end if it is not already
    /// that of a single diagnostic, and whether it is a valid filter.
    #[must_use]
    pub fn fixed(mut self, fixed: Option<&'c str>, is_fixed: bool) -> Self {
        self.fixed = fixed;
        self.is_fixed = is_fixed;
        self
    }

    /// Sets the option of the program that turns off a lint, such as `--allow`. A note names it where a
    /// lint rejects a filter.
    #[must_use]
    pub fn allow_option(mut self, option: &'c str) -> Self {
        self.allow_option = Some(option);
        self
    }

    /// Sets the origin of the filter, such as a file name, and its line there, from 1.
    #[must_use]
    pub fn origin(mut self, origin: &'c str, line: usize) -> Self {
        self.origin = Some(origin);
        self.line = line;
        self
    }

    /// Sets the width to clip lines to, in columns: from 20 to 10,000, 100 by default.
    ///
    /// A line with several labels may be slightly longer.
    #[must_use]
    pub fn width(mut self, columns: usize) -> Self {
        self.width = columns.clamp(*WIDTHS.start(), *WIDTHS.end());
        self
    }

    /// Sets whether to use colors, as ANSI escape sequences; off by default.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }
}

impl<'c, F> From<&'c Checked<'_, F>> for Report<'c> {
    fn from(checked: &'c Checked<'_, F>) -> Self {
        Self::new(&checked.text, &checked.diagnostics)
            .fixed(checked.fixed.as_deref(), checked.is_fixed)
    }
}

impl<'c> From<&'c Error> for Report<'c> {
    fn from(error: &'c Error) -> Self {
        Self::new(error.text(), error.diagnostics()).fixed(error.fixed(), error.is_fixed())
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let renderer = if self.color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.term_width(self.width);
        for (index, diagnostic) in self.diagnostics.iter().take(DIAGNOSTICS).enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            let shown = Shown::new(self.text, diagnostic, self.width);
            let drawn = renderer.render(&[self.group(&shown, diagnostic)]);
            writeln!(f, "{}", self.with_column(drawn, &shown, diagnostic))?;
        }
        let more = self.diagnostics.len().saturating_sub(DIAGNOSTICS);
        if more > 0 {
            let noun = if more == 1 {
                "diagnostic"
            } else {
                "diagnostics"
            };
            let title = Level::NOTE.secondary_title(format!("{more} more {noun} not shown"));
            writeln!(f, "\n{}", renderer.render(&[Group::with_title(title)]))?;
        }
        let fixes = self.diagnostics.iter().filter_map(|d| d.fix.as_ref());
        let certain = fixes.filter(|fix| fix.certain).count();
        if let Some(fixed) = self.fixed.filter(|_| certain > 1 || more > 0) {
            let fixed = self.filter(fixed, 0);
            let title = Level::HELP.secondary_title(format!("with all fixes:{fixed}"));
            writeln!(f, "\n{}", renderer.render(&[Group::with_title(title)]))?;
        }
        Ok(())
    }
}

impl Report<'_> {
    fn group<'a>(&self, shown: &'a Shown, diagnostic: &'a Diagnostic) -> Group<'a>
    where
        Self: 'a,
    {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut snippet = Snippet::source(shown.text.as_str()).line_start(self.line);
        if let Some(origin) = self.origin {
            snippet = snippet.path(visible(origin).to_string());
        }
        let (own, others) = labels(diagnostic);
        let is_inside = |span: Span| span.of(self.text).is_some();
        if is_inside(diagnostic.span) {
            let mut primary = AnnotationKind::Primary.span(shown.range(diagnostic.span));
            if let Some(label) = own {
                primary = primary.label(label.text.as_str());
            }
            snippet = snippet.annotation(primary);
        }
        let others: Vec<&Label> = others
            .into_iter()
            .filter(|own| is_inside(own.span))
            .collect();
        for label in others.iter().take(LABELS) {
            let span = AnnotationKind::Context.span(shown.range(label.span));
            snippet = snippet.annotation(span.label(label.text.as_str()));
        }
        let title = level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.as_str());
        let mut group = title.element(snippet);
        let more = others.len().saturating_sub(LABELS);
        if more > 0 {
            let labels = if more == 1 { "label" } else { "labels" };
            group = group.element(Level::NOTE.message(format!("{more} more {labels} not shown")));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let lint = Lint::of(diagnostic.code).filter(|_| diagnostic.is_error());
        if let (Some(lint), Some(option)) = (lint, self.allow_option) {
            let note = format!("`{lint}` is a lint; `{option} {lint}` turns it off");
            group = group.element(Level::NOTE.message(note));
        }
        if let Some(fix) = &diagnostic.fix
            && let Ok(text) = fix.apply(self.text)
        {
            let what = match (fix.certain, self.diagnostics.len()) {
                (true, 1) if self.is_fixed => "corrected",
                (true, 1) => "next",
                (true, _) => "with this fix",
                (false, _) => "possible fix",
            };
            let at = fix.edits.first().map_or(0, |edit| edit.span.start);
            let message = match text.trim() {
                "" => format!("{what}: an empty filter"),
                _ => format!("{what}:{}", self.filter(&text, at)),
            };
            group = group.element(Level::HELP.message(message));
        }
        group
    }

    /// Returns a drawn report with the column of the diagnostic in the whole text, where the renderer
    /// has that in the clipped text.
    fn with_column(&self, drawn: String, shown: &Shown, diagnostic: &Diagnostic) -> String {
        let Some(origin) = self.origin else {
            return drawn;
        };
        let start = diagnostic.span.start;
        let [column, shown_column] = [
            column(self.text, start),
            column(&shown.text, shown.offset(start)),
        ];
        if column == shown_column {
            return drawn;
        }
        let place =
            |column: usize| format!("{}:{}:{column}\n", visible(origin), self.line_of(start));
        match drawn.split_once('\n') {
            Some((title, rest)) => {
                let rest = rest.replacen(&place(shown_column), &place(column), 1);
                format!("{title}\n{rest}")
            }
            None => drawn,
        }
    }

    /// Returns the number of the line at an offset.
    fn line_of(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        self.line + before.matches('\n').count()
    }

    /// Returns a filter after a space, clipped to the part around a position, or on lines of its own,
    /// so that it can be copied.
    fn filter(&self, text: &str, at: usize) -> String {
        let text = text.trim_end();
        if text.contains('\n') && text.len() <= COPIED {
            format!("\n{}", copied(text))
        } else {
            format!(" {}", Excerpt::new(text, at, self.width))
        }
    }
}

/// Returns the column at an offset, in characters from 1.
fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars().count() + 1
}

/// Returns a filter of several lines with the same meaning that can be printed: line breaks in strings,
/// and characters that would be invisible there, are escaped.
fn copied(text: &str) -> String {
    let mut copied = String::with_capacity(text.len());
    let (mut quote, mut is_after_backslash) = (None, false);
    for (_, c, is_escaped) in chars::with_escapes(text) {
        match (quote, c) {
            (None, '\n') => {
                copied.truncate(copied.trim_end_matches(' ').len());
                copied.push('\n');
            }
            (None, ' ' | '\t' | '\r') => copied.push(' '),
            (Some(_), '\n' | '\t' | '\r') => copied.extend(c.escape_default()),
            (Some(_), c) if is_escaped => {
                let number = u32::from(c);
                let _ = match number {
                    0..=0xffff => write!(copied, "\\u{number:04x}"),
                    _ => write!(copied, "\\U{number:08x}"),
                };
            }
            (None, c) if is_escaped => copied.extend(c.escape_unicode()),
            (_, c) => copied.push(c),
        }
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(own) if own == c && !is_after_backslash => quote = None,
            _ => {}
        }
        is_after_backslash = c == '\\' && !is_after_backslash;
    }
    copied
}

/// The label on the diagnostic's own span, and the other labels.
fn labels(diagnostic: &Diagnostic) -> (Option<&Label>, Vec<&Label>) {
    let labels = diagnostic.labels.iter();
    let (own, others): (Vec<_>, Vec<_>) = labels.partition(|label| label.span == diagnostic.span);
    (own.first().copied(), others)
}

/// The text around a position, on one line, escaped and clipped to a width.
struct Excerpt {
    visible: String,
    /// The first column to show.
    start: usize,
    /// The column after the last one to show.
    end: usize,
}

impl Excerpt {
    fn new(text: &str, at: usize, width: usize) -> Self {
        let visible_text = visible(text).to_string();
        let total: usize = visible_text.chars().map(columns).sum();
        let before = visible(text.get(..at).unwrap_or_default()).to_string();
        let before: usize = before.chars().map(columns).sum();
        let start = before
            .saturating_sub(width / 4)
            .min(total.saturating_sub(width));
        Self {
            visible: visible_text,
            start,
            end: start + width,
        }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut column = 0;
        let mut excerpt = String::new();
        if self.start > 0 {
            excerpt.push('…');
        }
        for c in self.visible.chars() {
            if column >= self.end {
                excerpt.push('…');
                break;
            }
            if column >= self.start {
                excerpt.push(c);
            }
            column += columns(c);
        }
        f.write_str(&chars::without_lost_joiners(&excerpt))
    }
}

/// A filter's text as shown in a report: characters that are invisible or would move others are
/// replaced, and long lines are clipped to the parts near the labels.
struct Shown {
    text: String,
    /// For each replaced character, its offset in the original, and by how much the shown text is
    /// longer (or shorter) after it. A run of omitted characters has one entry, for its first one.
    shifts: Vec<(usize, isize)>,
}

impl Shown {
    fn new(original: &str, diagnostic: &Diagnostic, width: usize) -> Self {
        let (_, others) = labels(diagnostic);
        let spans = others.iter().take(LABELS).map(|label| label.span);
        let mut points: Vec<usize> = spans
            .chain([diagnostic.span])
            .flat_map(|span| [span.start, span.end])
            .collect();
        points.sort_unstable();
        points.dedup();
        let mut shown = Self {
            text: String::new(),
            shifts: Vec::new(),
        };
        let mut start = 0;
        for line in original.split_inclusive('\n') {
            shown.push_line(line, start, &points, width);
            start += line.len();
        }
        // An empty last line would not be drawn, and the end of the text is there.
        if original.ends_with('\n') && points.last() == Some(&original.len()) {
            shown.text.push(' ');
        }
        shown
    }

    /// Adds the line that begins at `start`; if it is longer than `width`, only the parts near
    /// `points`.
    fn push_line(&mut self, line: &str, start: usize, points: &[usize], width: usize) {
        let end = start + line.len();
        let content = line.trim_end_matches(['\r', '\n']).len();
        let total: usize = pictures(line, false)
            .map(|(.., drawn)| columns(drawn))
            .sum();
        let pictures = || pictures(line, total > width);
        let near = points.iter().filter(|point| (start..=end).contains(*point));
        let reach = width / (2 * near.clone().count().max(1));
        let column_of = |offset: usize| -> usize {
            let before = pictures().take_while(|(at, ..)| start + at < offset);
            before.map(|(_, _, drawn)| columns(drawn)).sum()
        };
        let near: Vec<usize> = near.map(|point| column_of(*point)).collect();
        let (mut column, mut is_cut) = (0, false);
        for (at, c, drawn) in pictures() {
            let is_near = near.iter().any(|point| point.abs_diff(column) <= reach);
            let is_kept =
                total <= width || at >= content || is_near || near.is_empty() && column < width;
            column += columns(drawn);
            if is_kept {
                let ends_line = at >= content && matches!(c, '\r' | '\n');
                self.push(start + at, c, if ends_line { c } else { drawn });
            } else if is_cut {
                self.omit(c);
            } else {
                self.push(start + at, c, '…');
            }
            is_cut = !is_kept;
        }
    }

    /// Adds the character `drawn` for the character `c` at `at`.
    fn push(&mut self, at: usize, c: char, drawn: char) {
        self.text.push(drawn);
        // Omitted characters are counted with their `…`, which may also be in the original.
        if drawn != c || drawn == '…' {
            let shift = self.shifts.last().map_or(0, |(_, shift)| *shift);
            let length = drawn.len_utf8().cast_signed();
            self.shifts
                .push((at, shift + length - c.len_utf8().cast_signed()));
        }
    }

    /// Omits a character after one that was replaced by `…`. It is not near a label.
    fn omit(&mut self, c: char) {
        if let Some((_, shift)) = self.shifts.last_mut() {
            *shift -= c.len_utf8().cast_signed();
        }
    }

    /// Converts an offset into the original to one into the shown text.
    fn offset(&self, at: usize) -> usize {
        let before = self.shifts.partition_point(|(start, _)| *start < at);
        let shift = before
            .checked_sub(1)
            .and_then(|before| self.shifts.get(before));
        at.saturating_add_signed(shift.map_or(0, |(_, shift)| *shift))
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        self.offset(span.start)..self.offset(span.end)
    }
}

/// Returns the characters of a line with their offsets, each with the character that is shown in its
/// place. In a line that is cut, joiners and selectors may lose their emoji.
fn pictures(line: &str, is_cut: bool) -> impl Iterator<Item = (usize, char, char)> {
    chars::with_escapes(line).map(move |(at, c, is_escaped)| {
        let is_escaped = is_escaped || is_cut && matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
        let drawn = match c {
            '\n' | '\t' => c,
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('�'),
            '\x7f' => '␡',
            c if is_escaped && c.is_whitespace() && !c.is_control() => '␣',
            _ if is_escaped => '�',
            c => c,
        };
        (at, c, drawn)
    })
}
