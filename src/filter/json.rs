//! The JSON format of the result of a check.

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::language::{AdmittedCell, Language, Meaning};
use super::{Checked, Filter};
use crate::analysis::summary::GroupMeaning;
use crate::diagnostic::{Diagnostic, Fix, Span};

/// Serializes the result in the format that `gchat-filter check --format json` prints.
///
/// | key | value |
/// |---|---|
/// | `filter` | the text that was checked |
/// | `valid` | whether the filter is valid |
/// | `diagnostics` | the errors and warnings, in the order of the text |
/// | `fixed` | the text with all certain fixes applied, or null |
/// | `simplified` | the shortest text with the filter's meaning, or null if it is invalid |
/// | `admits` | the cells that the filter matches, for memberships; else null |
/// | `meaning` | only for valid filters of other methods: what they match of each group of fields |
///
/// A diagnostic has `severity`, `stage`, `code`, `message`, `start`, `end`, `labels` (each with
/// `start`, `end` and `text`), `help` or null, and `fix` or null. A fix has `certain`, `edits` (each
/// with `start`, `end` and the replacement `text`), and `text`, which is the filter with only this fix
/// applied. A cell has a `role` and a `type`: names in the API, `*` for all names that this version
/// does not know, and a type of null for no member.
///
/// The object for a group has its `fields`, and one of: `values`, the names of enum values; `holds`, for a
/// condition without a value; `intervals`, each with `start` and `end`, which are null if there is no bound,
/// `startIncluded` and `endIncluded`; `texts`, each with its `field` and the `text`; or `alternatives` of
/// words, phrases or names. Groups that the filter does not restrict are left out.
///
/// All offsets are in bytes, from 0. [`Span::to_utf16`] and [`Span::to_chars`] convert them. Keys may
/// be added.
impl<F: Summary> Serialize for Checked<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = &self.text;
        let mut object = serializer.serialize_struct("Checked", 6)?;
        object.serialize_field("filter", text)?;
        object.serialize_field("valid", &self.is_valid())?;
        object.serialize_field("diagnostics", &Diagnostics(text, &self.diagnostics))?;
        object.serialize_field("fixed", &self.fixed)?;
        let filter = self.filter.as_ref();
        object.serialize_field("simplified", &filter.map(Summary::simplified))?;
        object.serialize_field("admits", &filter.and_then(Summary::admits))?;
        match filter.and_then(Summary::sets) {
            Some(sets) => object.serialize_field("meaning", &sets)?,
            None => object.skip_field("meaning")?,
        }
        object.end()
    }
}

/// What the JSON format has of a valid filter.
pub trait Summary {
    /// Returns the shortest text.
    fn simplified(&self) -> String;

    /// Returns the role and the type of each cell that the filter matches, if it has cells.
    fn admits(&self) -> Option<Vec<AdmittedCell>>;

    /// Returns what the filter matches of each group of fields, if its meaning is made of that.
    fn sets(&self) -> Option<Vec<GroupMeaning>>;
}

impl<L: Language> Summary for Filter<L> {
    fn simplified(&self) -> String {
        self.to_string()
    }

    fn admits(&self) -> Option<Vec<AdmittedCell>> {
        self.0.admits()
    }

    fn sets(&self) -> Option<Vec<GroupMeaning>> {
        self.0.sets(L::DECLARATION)
    }
}

/// Diagnostics with the text that they are about.
struct Diagnostics<'c>(&'c str, &'c [Diagnostic]);

impl Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(text, diagnostics) = self;
        let mut array = serializer.serialize_seq(Some(diagnostics.len()))?;
        for diagnostic in *diagnostics {
            array.serialize_element(&DiagnosticJson::new(text, diagnostic))?;
        }
        array.end()
    }
}

#[derive(serde::Serialize)]
struct DiagnosticJson<'c> {
    severity: &'static str,
    stage: &'static str,
    code: &'static str,
    message: &'c str,
    start: usize,
    end: usize,
    labels: Vec<SpannedText<'c>>,
    help: Option<&'c str>,
    fix: Option<FixJson<'c>>,
}

#[derive(serde::Serialize)]
struct SpannedText<'c> {
    start: usize,
    end: usize,
    text: &'c str,
}

#[derive(serde::Serialize)]
struct FixJson<'c> {
    certain: bool,
    edits: Vec<SpannedText<'c>>,
    text: String,
}

impl<'c> SpannedText<'c> {
    fn new(Span { start, end }: Span, text: &'c str) -> Self {
        Self { start, end, text }
    }
}

impl<'c> DiagnosticJson<'c> {
    fn new(text: &str, diagnostic: &'c Diagnostic) -> Self {
        let Span { start, end } = diagnostic.span;
        let labels = diagnostic.labels.iter();
        Self {
            severity: diagnostic.severity.as_str(),
            stage: diagnostic.stage().as_str(),
            code: diagnostic.code.as_str(),
            message: &diagnostic.message,
            start,
            end,
            labels: labels
                .map(|label| SpannedText::new(label.span, &label.text))
                .collect(),
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_ref().map(|fix| FixJson::new(text, fix)),
        }
    }
}

impl<'c> FixJson<'c> {
    fn new(text: &str, fix: &'c Fix) -> Self {
        let edits = fix.edits.iter();
        Self {
            certain: fix.certain,
            edits: edits
                .map(|edit| SpannedText::new(edit.span, &edit.text))
                .collect(),
            text: fix.applied(text),
        }
    }
}
