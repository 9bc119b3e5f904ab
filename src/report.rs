//! Reports: the source line, carets under every label, help, the corrected text.

use std::fmt::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Severity, Span, Visible};
use crate::filter::{Checked, Error};
use crate::syntax::chars;

/// How many diagnostics a report draws; the rest are counted.
const DIAGNOSTICS: usize = 16;

/// How many labels of a diagnostic a report draws; the rest are counted.
const LABELS: usize = 8;

/// How many characters of a corrected text a report shows.
const EXCERPT: usize = 160;

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

    /// The width of a line, in columns; 100 unless told otherwise.
    #[must_use]
    pub fn width(mut self, columns: usize) -> Self {
        self.width = columns;
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
        let shown = Shown::new(self.text);
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
            writeln!(f, "{}", renderer.render(&[self.group(&shown, diagnostic)]))?;
        }
        let more = self.diagnostics.len().saturating_sub(DIAGNOSTICS);
        if more > 0 {
            let title = Level::NOTE.secondary_title(format!("{more} more not shown"));
            writeln!(f, "\n{}", renderer.render(&[Group::with_title(title)]))?;
        }
        if let Some(fixed) = self.fixed.filter(|_| self.diagnostics.len() > 1) {
            let title = Level::HELP.secondary_title(format!("corrected: {}", Excerpt(fixed, 0)));
            writeln!(f, "\n{}", renderer.render(&[Group::with_title(title)]))?;
        }
        Ok(())
    }
}

impl Report<'_> {
    fn group<'a>(&self, shown: &'a Shown<'_>, diagnostic: &'a Diagnostic) -> Group<'a>
    where
        Self: 'a,
    {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut snippet = Snippet::source(shown.text.as_str()).line_start(self.line);
        if let Some(origin) = self.origin {
            snippet = snippet.path(origin.to_owned());
        }
        let (own, others): (Vec<&Label>, Vec<&Label>) = diagnostic
            .labels
            .iter()
            .partition(|label| label.span == diagnostic.span);
        let mut primary = AnnotationKind::Primary.span(shown.range(diagnostic.span));
        if let Some(label) = own.first() {
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
            let what = if fix.certain { "corrected" } else { "perhaps" };
            let at = fix.edits.first().map_or(0, |edit| edit.span.start);
            let text = fix.apply(self.text);
            let message = match text.trim() {
                "" => format!("{what}: an empty filter"),
                _ => format!("{what}: {}", Excerpt(&text, at)),
            };
            group = group.element(Level::HELP.message(message));
        }
        group
    }
}

/// One line of a text around a place: nothing raw, not too long.
struct Excerpt<'a>(&'a str, usize);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text, at) = *self;
        let total = text.chars().count();
        let before = text.get(..at).unwrap_or_default().chars().count();
        let start = if total <= EXCERPT {
            0
        } else {
            before.saturating_sub(EXCERPT / 4).min(total - EXCERPT)
        };
        if start > 0 {
            f.write_char('…')?;
        }
        for c in text.chars().skip(start).take(EXCERPT) {
            fmt::Display::fmt(&Visible(c), f)?;
        }
        if start + EXCERPT < total {
            f.write_char('…')?;
        }
        Ok(())
    }
}

/// A text as it is drawn: what would not be seen, or would move other characters, replaced.
struct Shown<'a> {
    original: &'a str,
    text: String,
    /// Where each replaced character began in the original, and in the text by how much longer (or
    /// shorter) the text is behind it.
    shifts: Vec<(usize, isize)>,
}

impl<'a> Shown<'a> {
    fn new(original: &'a str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut shifts = Vec::new();
        let mut shift = 0;
        let mut characters = original.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let line_ends = c == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n');
            let picture = match c {
                '\n' | '\t' => c,
                '\r' if line_ends => c,
                '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('�'),
                '\x7f' => '␡',
                c if chars::is_unseen(c) && c.is_whitespace() && !c.is_control() => '␣',
                c if chars::is_unseen(c) => '�',
                c => c,
            };
            text.push(picture);
            if picture != c {
                shift += picture.len_utf8().cast_signed() - c.len_utf8().cast_signed();
                shifts.push((at, shift));
            }
        }
        Self {
            original,
            text,
            shifts,
        }
    }

    /// Where an offset into the original is in the text.
    fn offset(&self, at: usize) -> usize {
        let before = self.shifts.partition_point(|(start, _)| *start < at);
        let shift = before
            .checked_sub(1)
            .and_then(|before| self.shifts.get(before));
        at.min(self.original.len())
            .saturating_add_signed(shift.map_or(0, |(_, shift)| *shift))
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        self.offset(span.start)..self.offset(span.end)
    }
}
