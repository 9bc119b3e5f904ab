//! Reports: the source line, carets under every label, help, the corrected text.

use std::fmt::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Severity, Span, columns, visible};
use crate::filter::{Checked, Error};
use crate::steps;
use crate::syntax::chars;

/// How many diagnostics a report draws; the rest are counted.
const DIAGNOSTICS: usize = 16;

/// How many labels of a diagnostic a report draws; the rest are counted.
const LABELS: usize = 8;

/// The widths that a line can have, in columns.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=10_000;

/// A report of a filter's diagnostics for a person: for each the source line with carets under
/// every label, help, and the corrected text. Its `Display` draws it.
///
/// Columns are right for wide characters and tabs; controls, format characters and unusual white
/// space are drawn as `�`, `␛` or `␣`, and never reach a terminal. Long lines are clipped to the
/// width; at most 16 diagnostics with 8 labels each are drawn.
///
/// ```
/// use gchat_filter::{Checker, Report};
///
/// let checked = Checker::new().check("member.type = HUMAN");
/// assert_eq!(
///     Report::from(&checked).to_string(),
///     r#"error[unquoted-value]: the value `HUMAN` is not in quotation marks
///   |
/// 1 | member.type = HUMAN
///   |               ^^^^^ expected `"HUMAN"`
///   |
///   = help: values are written in double quotation marks
///   = help: corrected: member.type = "HUMAN"
/// "#
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Report<'c> {
    text: &'c str,
    diagnostics: &'c [Diagnostic],
    fixed: Option<&'c str>,
    origin: Option<&'c str>,
    line: usize,
    width: usize,
    color: bool,
}

impl<'c> Report<'c> {
    fn new(text: &'c str, diagnostics: &'c [Diagnostic], fixed: Option<&'c str>) -> Self {
        Self {
            text,
            diagnostics,
            fixed,
            origin: None,
            line: 1,
            width: 100,
            color: false,
        }
    }

    /// Where the filter comes from, and on which line there, from 1.
    #[must_use]
    pub fn origin(mut self, origin: &'c str, line: usize) -> Self {
        self.origin = Some(origin);
        self.line = line;
        self
    }

    /// The width to clip lines to, in columns, from 20 to 10,000; 100 unless told otherwise.
    ///
    /// A line may be a little longer where several places of it are labelled.
    #[must_use]
    pub fn width(mut self, columns: usize) -> Self {
        self.width = columns.clamp(*WIDTHS.start(), *WIDTHS.end());
        self
    }

    /// Whether to draw in colour, with ANSI escape sequences; not unless told so.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }
}

impl<'c> From<&'c Checked<'_>> for Report<'c> {
    fn from(checked: &'c Checked<'_>) -> Self {
        Self::new(checked.text, &checked.diagnostics, checked.fixed.as_deref())
    }
}

impl<'c> From<&'c Error> for Report<'c> {
    fn from(error: &'c Error) -> Self {
        Self::new(error.text(), error.diagnostics(), error.fixed())
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
            writeln!(f, "{}", renderer.render(&[self.group(&shown, diagnostic)]))?;
        }
        let more = self.diagnostics.len().saturating_sub(DIAGNOSTICS);
        if more > 0 {
            let title = Level::NOTE.secondary_title(format!("{more} more not shown"));
            writeln!(f, "\n{}", renderer.render(&[Group::with_title(title)]))?;
        }
        let fixes = self.diagnostics.iter().filter_map(|d| d.fix.as_ref());
        let certain = fixes.filter(|fix| fix.certain).count();
        if let Some(fixed) = self.fixed.filter(|_| certain > 1 || more > 0) {
            let fixed = Excerpt::new(fixed, 0, self.width);
            let title = Level::HELP.secondary_title(format!("with all these fixes: {fixed}"));
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
        let mut primary = AnnotationKind::Primary.span(shown.range(diagnostic.span));
        if let Some(label) = own {
            primary = primary.label(label.text.as_str());
        }
        snippet = snippet.annotation(primary);
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
            group = group.element(Level::NOTE.message(format!("{more} more places not shown")));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        if let Some(fix) = &diagnostic.fix {
            let what = match (fix.certain, self.diagnostics.len()) {
                (true, 1) => "corrected",
                (true, _) => "with this fix",
                (false, _) => "perhaps",
            };
            let at = fix.edits.first().map_or(0, |edit| edit.span.start);
            let text = fix.apply(self.text);
            let message = match text.trim() {
                "" => format!("{what}: an empty filter"),
                _ => format!("{what}: {}", Excerpt::new(&text, at, self.width)),
            };
            group = group.element(Level::HELP.message(message));
        }
        group
    }
}

/// The label of the diagnostic's own span, and the others.
fn labels(diagnostic: &Diagnostic) -> (Option<&Label>, Vec<&Label>) {
    let labels = diagnostic.labels.iter();
    let (own, others): (Vec<_>, Vec<_>) = labels.partition(|label| label.span == diagnostic.span);
    (own.first().copied(), others)
}

/// One line of a text around a place: nothing raw, not too long.
struct Excerpt {
    visible: String,
    /// The columns to show.
    start: usize,
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
        if self.start > 0 {
            f.write_char('…')?;
        }
        for c in self.visible.chars() {
            if column >= self.end {
                return f.write_char('…');
            }
            if column >= self.start {
                f.write_char(c)?;
            }
            column += columns(c);
        }
        Ok(())
    }
}

/// A text as it is drawn: what would not be seen, or would move other characters, replaced; and of
/// long lines only what is near the labels.
struct Shown {
    text: String,
    /// For each replaced character where it began in the original, and by how much the text is
    /// longer (or shorter) behind it. Characters that are left out count with the first of them.
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
        shown
    }

    /// Adds the line that begins at `start`; if it is longer than `width`, only what is near the
    /// `points`.
    fn push_line(&mut self, line: &str, start: usize, points: &[usize], width: usize) {
        let end = start + line.len();
        let content = line.trim_end_matches(['\r', '\n']).len();
        let total: usize = line.chars().map(|c| columns(picture(c))).sum();
        let near = points.iter().filter(|point| (start..=end).contains(*point));
        let reach = width / (2 * near.clone().count().max(1));
        let column_of = |offset: usize| -> usize {
            let before = line.get(..offset - start).unwrap_or_default();
            before.chars().map(|c| columns(picture(c))).sum()
        };
        let near: Vec<usize> = near.map(|point| column_of(*point)).collect();
        steps::count(points.len() + line.len() * (1 + near.len()));
        let (mut column, mut is_cut) = (0, false);
        for (at, c) in line.char_indices() {
            let is_near = near.iter().any(|point| point.abs_diff(column) <= reach);
            let is_kept =
                total <= width || at >= content || is_near || near.is_empty() && column < width;
            column += columns(picture(c));
            if is_kept {
                let ends_line = at >= content && matches!(c, '\r' | '\n');
                self.push(start + at, c, if ends_line { c } else { picture(c) });
            } else if is_cut {
                self.leave_out(c);
            } else {
                self.push(start + at, c, '…');
            }
            is_cut = !is_kept;
        }
    }

    /// Adds what is drawn for the character at `at`.
    fn push(&mut self, at: usize, c: char, drawn: char) {
        self.text.push(drawn);
        // What is left out counts with the mark for it, whatever that stands for.
        if drawn != c || drawn == '…' {
            let shift = self.shifts.last().map_or(0, |(_, shift)| *shift);
            let length = drawn.len_utf8().cast_signed();
            self.shifts
                .push((at, shift + length - c.len_utf8().cast_signed()));
        }
    }

    /// Leaves out a character behind one that `…` stands for. It is near no label.
    fn leave_out(&mut self, c: char) {
        if let Some((_, shift)) = self.shifts.last_mut() {
            *shift -= c.len_utf8().cast_signed();
        }
    }

    /// Where an offset into the original is in the text.
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

/// What is drawn for a character.
fn picture(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('�'),
        '\x7f' => '␡',
        c if chars::is_unseen(c) && c.is_whitespace() && !c.is_control() => '␣',
        c if chars::is_unseen(c) => '�',
        c => c,
    }
}
