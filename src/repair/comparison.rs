//! Tolerant reading of comparisons.

use super::mistake::Mistake;
use super::names;
use super::node::{Node, opposite};
use super::reader::Reader;
use super::token::Kind;
use super::words::{self, Connective};
use crate::schema::{Field, Relation};
use crate::syntax::Comparator;

impl Reader<'_> {
    /// Reads a comparison that begins with a name.
    pub(super) fn comparison(&mut self) -> Option<Node> {
        let forms: [fn(&mut Self) -> Option<Node>; 9] = [
            Self::described,
            Self::keyed,
            Self::call,
            Self::field_first,
            Self::split_field,
            Self::spaced_field,
            Self::flag,
            Self::value_first,
            Self::value_alone,
        ];
        forms
            .into_iter()
            .find_map(|form| self.attempt(|reader| reader.nested(form)))
    }

    fn field_of(&self, name: &str) -> Option<&'static Field> {
        names::field(self.declaration, name)
    }

    pub(super) fn sure_value(&self, field: &'static Field, text: &str) -> Option<&'static str> {
        names::sure_value(self.declaration, field, text)
    }

    /// `field = value`, `field()` and `-field`
    fn field_first(&mut self) -> Option<Node> {
        let first = self.name(0)?;
        if let Some(name) = first
            .strip_prefix('-')
            .filter(|name| !name.starts_with('-'))
        {
            let field = self.field_of(name)?;
            self.at += 1;
            return self.rest(field)?.negated();
        }
        let field = self.field_of(first)?;
        // A value that is also a name of a field: `MANAGER = role`.
        if !self.is(1, Kind::Operator) && names::owner(self.declaration, first).is_some() {
            return None;
        }
        self.at += 1;
        if self.is(0, Kind::Open) && self.is(1, Kind::Close) {
            self.at += 2;
            self.note(self.at - 3, Mistake::call);
            // `getRole().equals("ROLE_MEMBER")`
            if let Some(method) = self.word(0).and_then(|word| word.strip_prefix('.'))
                && self.is(1, Kind::Open)
            {
                let is_equal = comparing(method)?;
                self.at += 1;
                return self.values(field, comparator(is_equal));
            }
        }
        self.rest(field)
    }

    /// `"field": "role", "op": "=", "value": "ROLE_MANAGER"`
    fn described(&mut self) -> Option<Node> {
        let part = |reader: &mut Self, names: &[&str]| {
            let name = words::lower(reader.name(0)?);
            if !names.contains(&&*name) || !reader.is(1, Kind::Operator) {
                return None;
            }
            let text = reader.name(2)?;
            reader.at += 3;
            if reader.connective(0) == Some(Connective::List) {
                reader.at += 1;
            }
            Some(text.to_owned())
        };
        let name = part(self, words::FIELD_KEYS)?;
        let operator = part(self, words::OPERATOR_KEYS)?;
        let text = part(self, words::VALUE_KEYS)?;
        let field = self.field_of(&name)?;
        let comparator = comparator(words::equality(&operator)?);
        let value = names::value(self.declaration, field, &text)?;
        Some(Node::new(field, comparator, value))
    }

    /// `"$or": [{…}, {…}]`, `"not": {…}`
    fn keyed(&mut self) -> Option<Node> {
        let name = self.text(0, Kind::Quoted)?.trim_start_matches('$');
        if !self.is(1, Kind::Operator) || !self.is(2, Kind::Open) {
            return None;
        }
        self.at += 2;
        if words::is_not(name) {
            return self.nested(Self::term)??.negated();
        }
        if words::OBJECTS.contains(&&*words::lower(name)) {
            return self.nested(Self::term)?;
        }
        let connective = words::connective(name)?;
        self.at += 1;
        self.operands(connective)
    }

    /// Reads what a connective joins, up to the closing bracket.
    fn operands(&mut self, connective: Connective) -> Option<Node> {
        let mut nodes = Vec::new();
        while !self.is(0, Kind::Close) {
            nodes.push(self.nested(Self::term)??);
            if self.connective(0) == Some(Connective::List) {
                self.at += 1;
            }
        }
        self.at += 1;
        match connective {
            Connective::Or => Node::any(nodes),
            _ => Node::all(nodes),
        }
    }

    /// `equals(field, value)`, `field.equals(value)`, `hasRole(value)`, `lower(field) = value`
    pub(super) fn call(&mut self) -> Option<Node> {
        let first = self.at;
        let name = self.word(0).filter(|_| self.is(1, Kind::Open))?;
        let node = self.called(name)?;
        let span = self.span_from(first);
        // Only the call, and not what it says, is the mistake to report.
        self.mistakes.push(Mistake::call(span, name));
        Some(node)
    }

    fn called(&mut self, name: &str) -> Option<Node> {
        if let Some((path, method)) = name.rsplit_once('.')
            && let Some(field) = self.field_of(path)
            && let Some(is_equal) =
                comparing(method).or_else(|| words::is_not(method).then_some(false))
        {
            self.at += 1;
            return self.values(field, comparator(is_equal));
        }
        // `"ROLE_MEMBER".equals(role)`
        if let Some((value, method)) = name.rsplit_once('.')
            && let Some(is_equal) = word_equality(method)
            && let Some(field) = self.name(2).and_then(|name| self.field_of(name))
            && self.is(3, Kind::Close)
        {
            let value = names::value(self.declaration, field, value)?;
            self.at += 4;
            return Some(Node::new(field, comparator(is_equal), value));
        }
        // `hasRole("ROLE_MEMBER")`
        for prefix in ["hasAny", "has", "is", "get", "with", "by"] {
            if let Some(rest) = name.strip_prefix(prefix)
                && rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
                && let Some(field) = self.field_of(rest.trim_start_matches('_'))
            {
                self.at += 1;
                return self.values(field, Comparator::Equal);
            }
        }
        // `lower(role) = …`
        if words::CASES.contains(&&*words::lower(name)) && self.is(3, Kind::Close) {
            let field = self.field_of(self.name(2)?)?;
            self.at += 4;
            return self.rest(field);
        }
        // `AND(…, …)`, as in spreadsheets.
        if let Some(connective) = words::connective(name) {
            self.at += 2;
            return self.operands(connective);
        }
        let name = name.rsplit('.').next().unwrap_or(name);
        let is_equal = comparing(name)?;
        let field = self.field_of(self.name(2)?)?;
        self.at += 3;
        if self.connective(0) == Some(Connective::List) {
            self.at += 1;
        }
        let node = self.values(field, comparator(is_equal))?;
        self.close();
        Some(node)
    }

    /// `[field] = value`
    pub(super) fn bracketed_field(&mut self) -> Option<Node> {
        let is_bracketed = self.is(2, Kind::Close) && self.is(3, Kind::Operator);
        let field = self.field_of(self.name(1).filter(|_| is_bracketed)?)?;
        self.at += 3;
        self.rest(field)
    }

    /// `member["type"] = …`, `member::type = …`, `"member": {"type": …}`
    fn split_field(&mut self) -> Option<Node> {
        let first = self.name(0)?;
        let field_at = |ahead: usize| {
            let name = format!("{first}.{}", self.name(ahead)?);
            self.field_of(&name)
        };
        let (field, length, is_nested) = if self.is(1, Kind::Open) && self.is(3, Kind::Close) {
            (field_at(2)?, 4, false)
        } else if self.is(1, Kind::Operator) && self.is(2, Kind::Open) && self.is(4, Kind::Operator)
        {
            (field_at(3)?, 4, true)
        } else if self.is(3, Kind::Operator)
            && self
                .text(1, Kind::Operator)
                .is_some_and(|own| own == "=>" || !own.contains(['!', '=']))
        {
            (field_at(2)?, 3, false)
        } else {
            return None;
        };
        self.at += length;
        let node = self.rest(field)?;
        if is_nested {
            self.close();
        }
        Some(node)
    }

    /// `member type = value`
    fn spaced_field(&mut self) -> Option<Node> {
        let (first, second) = (self.word(0)?, self.word(1)?);
        let is_name = |name: &str| name.starts_with(char::is_alphabetic);
        if !(is_name(first) && is_name(second)) || self.peek(2).is_none() {
            return None;
        }
        let field = [".", ""]
            .into_iter()
            .find_map(|dot| names::written(self.declaration, &format!("{first}{dot}{second}")))?;
        self.at += 2;
        self.note(self.at - 2, |span, found| {
            Mistake::spaced_field(span, found, field.path)
        });
        self.rest(field)
    }

    /// `isBot = false`, `is_manager`
    fn flag(&mut self) -> Option<Node> {
        let name = self.word(0)?.rsplit('.').next()?;
        let value = self.name(2).filter(|_| self.is(1, Kind::Operator));
        let boolean = value.and_then(boolean);
        let prefixes = ["is_", "is", "has_", "has", "only_", "only"];
        let named = prefixes.into_iter().find_map(|prefix| {
            let start = name.get(..prefix.len())?;
            let rest = name.get(prefix.len()..)?;
            let starts_word =
                prefix.ends_with('_') || rest.starts_with(|c: char| c.is_ascii_uppercase());
            (start.eq_ignore_ascii_case(prefix) && starts_word).then_some(rest)
        });
        let text = named.or_else(|| boolean.map(|_| name))?;
        let (field, value) = self.only_value(text)?;
        self.at += 1;
        let mut is_equal = true;
        if let Some(operator) = self.text(0, Kind::Operator) {
            is_equal = words::equality(operator)? == boolean?;
            self.at += 2;
        }
        self.field = Some(field);
        Some(Node::new(field, comparator(is_equal), value))
    }

    /// `value = field`, `value in field`
    fn value_first(&mut self) -> Option<Node> {
        let first = self.name(0)?;
        let field = self.field_of(self.name(2)?)?;
        self.field = Some(field);
        self.at += 3;
        if let Some(operator) = self.text_before(2, Kind::Operator) {
            let comparator = comparator_of(field, operator, true)?;
            let value = names::value(self.declaration, field, first)?;
            return Some(Node::new(field, comparator, value));
        }
        let word = self.text_before(2, Kind::Word)?;
        if comparing(word) != Some(true) {
            return None;
        }
        let value = self.sure_value(field, first)?;
        self.note(self.at - 2, |span, found| {
            let found = found.split(' ').next().unwrap_or_default();
            Mistake::operator(span, found, Comparator::Equal)
        });
        Some(Node::new(field, Comparator::Equal, value))
    }

    pub(super) fn text_before(&self, back: usize, kind: Kind) -> Option<&str> {
        let token = self.token(self.at.checked_sub(back)?)?;
        (token.kind == kind).then_some(&*token.text)
    }

    /// A value alone, of the field before it or of the only one that has it.
    fn value_alone(&mut self) -> Option<Node> {
        let text = self.name(0).filter(|_| !self.is(1, Kind::Operator))?;
        let (text, is_negated) = match text.strip_prefix('-') {
            Some(text) => (text, true),
            None => (text, false),
        };
        // A part of a field's name, unless it stands where a value could.
        let is_part = text.eq_ignore_ascii_case("member")
            && self.peek(1).is_some()
            && self.connective(1).is_none_or(|own| own == Connective::List);
        if is_part || text.ends_with('.') {
            return None;
        }
        let before = self.field;
        let same = before.and_then(|field| Some((field, self.sure_value(field, text)?)));
        let (field, value) = same.or_else(|| self.only_value(text))?;
        self.at += 1;
        self.note(self.at - 1, Mistake::value_alone);
        let comparator = match self.comparator {
            Comparator::NotEqual if before == Some(field) => {
                // With OR, it would be true of everything.
                if self.joint != Some(Connective::And) {
                    return None;
                }
                Comparator::NotEqual
            }
            _ if is_negated => Comparator::NotEqual,
            _ => Comparator::Equal,
        };
        self.field = Some(field);
        Some(Node::new(field, comparator, value))
    }

    /// Returns the field and the value that a text means, if only one field has it.
    fn only_value(&self, text: &str) -> Option<(&'static Field, &'static str)> {
        let value = |field: &'static Field| Some((field, self.sure_value(field, text)?));
        if let Some(owner) = names::owner(self.declaration, text) {
            return value(owner);
        }
        let mut found = self.declaration.fields().filter_map(value);
        found.next().filter(|_| found.next().is_none())
    }

    /// `= value`, without a field.
    pub(super) fn without_field(&mut self) -> Option<Node> {
        let is_equal = words::equality(self.text(0, Kind::Operator)?)?;
        self.at += 1;
        let field = names::owner(self.declaration, self.name(0)?)?;
        self.values(field, comparator(is_equal))
    }

    /// Reads what follows a field: an operator and values.
    fn rest(&mut self, field: &'static Field) -> Option<Node> {
        self.field = Some(field);
        let first = self.at;
        let mut comparator = match self.peek(0)?.kind {
            Kind::Operator => {
                self.at += 1;
                let comparator = comparator_of(field, self.text_before(1, Kind::Operator)?, false)?;
                // `!in (…)`, `= is`, `= any(…)`
                while let Some(word) = self.word(0)
                    && comparing(word) == Some(true)
                    && self.sure_value(field, word).is_none()
                {
                    self.at += 1;
                }
                comparator
            }
            Kind::Word => self.word_operator()?,
            Kind::Connective(Connective::List) => {
                self.at += 1;
                Comparator::Equal
            }
            Kind::Open if first > 0 => return self.called_field(field),
            _ => Comparator::Equal,
        };
        // `= NOT "BOT"`, `is not`
        while self
            .word(0)
            .is_some_and(|word| words::is_not(word) || word == "-")
            || self.text(0, Kind::Operator) == Some("!")
        {
            self.at += 1;
            comparator = opposite(comparator)?;
        }
        if self.at > first {
            self.note_operator(first, comparator);
        }
        self.values(field, comparator)
    }

    /// `field("value")`, which reads as a call.
    fn called_field(&mut self, field: &'static Field) -> Option<Node> {
        let first = self.at - 1;
        let count = self.mistakes.len();
        let node = self.values(field, Comparator::Equal)?;
        self.mistakes.truncate(count);
        self.note(first, |span, _| Mistake::call(span, field.path));
        Some(node)
    }

    /// Notes what is in place of an operator, unless it is one.
    fn note_operator(&mut self, first: usize, meant: Comparator) {
        let source = self.source_of(self.span_from(first));
        // Those of the grammar are reported if the field does not support them.
        let is_comparator = matches!(source, ":" | "=" | "!=" | "<" | "<=" | ">" | ">=");
        if !is_comparator && is_in(source) != Some(true) {
            self.note(first, |span, found| Mistake::operator(span, found, meant));
        }
    }

    /// Reads words in place of an operator: `is not`, `NOT IN`, `equal to`, `BETWEEN`; nothing if the
    /// operator is missing.
    fn word_operator(&mut self) -> Option<Comparator> {
        let mut comparator = Comparator::Equal;
        while let Some(word) = self.word(0) {
            let parts = word.split('-').filter(|part| !part.is_empty());
            let parts: Vec<String> = parts.map(words::lower).collect();
            let meaning = parts.iter().try_fold(true, |is_equal, part| {
                let part = &**part;
                if words::is_not(part) || is_in(part) == Some(false) {
                    Some(!is_equal)
                } else if is_in(part).is_some() || words::PARTICLES.contains(&part) {
                    Some(is_equal)
                } else {
                    Some(word_equality(part)? == is_equal)
                }
            });
            match meaning {
                Some(true) => {}
                Some(false) => comparator = opposite(comparator)?,
                None => break,
            }
            self.at += 1;
        }
        // `is = "X"`
        if self.text_before(1, Kind::Word).is_some()
            && let Some(operator) = self.text(0, Kind::Operator).filter(|text| *text != "!")
        {
            if !words::equality(operator)? {
                comparator = opposite(comparator)?;
            }
            self.at += 1;
        }
        Some(comparator)
    }
}

/// Returns the boolean that a word means.
fn boolean(word: &str) -> Option<bool> {
    match &*words::lower(word) {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

pub(super) const fn comparator(is_equal: bool) -> Comparator {
    if is_equal {
        Comparator::Equal
    } else {
        Comparator::NotEqual
    }
}

/// Returns whether a word, not a sign, means `=` or `!=`.
pub(super) fn word_equality(word: &str) -> Option<bool> {
    words::equality(word).filter(|_| word.contains(char::is_alphabetic))
}

/// Returns whether a word before one value or several means `=` (`true`) or `!=` (`false`).
pub(super) fn comparing(word: &str) -> Option<bool> {
    word_equality(word).or_else(|| is_in(word))
}

/// Returns `true` for words before a list of values, and `false` for their opposites.
pub(super) fn is_in(word: &str) -> Option<bool> {
    match &*words::lower(word) {
        "in" | "∈" | "between" | "oneof" | "anyof" => Some(true),
        "nin" | "notin" | "not_in" | "∉" => Some(false),
        _ => None,
    }
}

/// Returns the comparator of a field that an operator means; with `swap`, from right to left.
fn comparator_of(field: &Field, operator: &str, swap: bool) -> Option<Comparator> {
    let order = match operator {
        "<" => Some((Comparator::Less, Comparator::Greater)),
        ">" => Some((Comparator::Greater, Comparator::Less)),
        "<=" | "=<" => Some((Comparator::LessOrEqual, Comparator::GreaterOrEqual)),
        ">=" | "=>" => Some((Comparator::GreaterOrEqual, Comparator::LessOrEqual)),
        _ => None,
    };
    if let Some((forth, back)) = order {
        let comparator = if swap { back } else { forth };
        if field.operator(comparator).is_some() {
            return Some(comparator);
        }
        let is_enum = !field.enum_values().is_empty();
        return (is_enum && operator.contains('=')).then_some(Comparator::Equal);
    }
    let is_equal = words::equality(operator)?;
    let has = field.comparator(Relation::Is).filter(|_| is_equal);
    Some(has.unwrap_or(comparator(is_equal)))
}
