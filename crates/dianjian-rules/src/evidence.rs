//! What evidence carries on a day: which sources spoke by then, how far they are trusted, how bad they let a finding be.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::{Lang, Text};

use crate::check::SpecialMessage;
use crate::info::RuleInfo;
use crate::language::{Confidence, Evidence, Severity, SourceClass};
use crate::record::parse_date;
use crate::table::LookupTable;

/// The table that says what sources are called, by whom, of which day and where.
pub(crate) const SOURCES: &str = "sources";

impl Evidence {
    /// The day from which it speaks: published and, if it says when, in force. An undated source speaks of every day.
    pub fn since(&self) -> Option<NaiveDate> {
        self.date.max(self.in_force)
    }

    /// Does it count towards what is said of that day?
    pub fn counts_on(&self, day: NaiveDate) -> bool {
        self.since().is_none_or(|since| since <= day)
    }

    /// What it is called, for readers of this language. Titles stay as they are, descriptions are translated.
    pub fn title(&self, lang: Lang) -> Option<&str> {
        let english = self.title_en.as_deref().filter(|_| lang == Lang::En);
        english.or(self.title.as_deref())
    }

    /// Fills in what the table of sources knows and the rule does not say itself.
    pub(crate) fn complete(&mut self, sources: &LookupTable) {
        let cell = |name: &str| {
            let (key, column) = (sources.column("ref").ok()?, sources.column(name).ok()?);
            let of_ref = |row: &&crate::table::TableRow| row.cells[key].as_deref() == Some(self.r#ref.as_str());
            sources.rows.iter().rev().find(of_ref)?.cells[column].clone()
        };
        let day = |name| parse_date(&cell(name)?);
        let (title, title_en) = (cell("title"), cell("title_en"));
        let (publisher, url) = (cell("publisher"), cell("url"));
        let (date, in_force) = (day("date"), day("in_force"));
        // The table's English goes with the table's title.
        if self.title.is_none() {
            self.title_en = self.title_en.take().or(title_en);
        }
        self.title = self.title.take().or(title);
        self.publisher = self.publisher.take().or(publisher);
        self.url = self.url.take().or(url);
        let both = |name: &str| Some(Text { zh: cell(name)?, en: cell(&format!("{name}_en"))? });
        // A date of the rule's own speaks of the passage that it cites.
        if self.since().is_none() {
            (self.date, self.in_force) = (date, in_force);
            self.note = self.note.take().or(both("later"));
            self.undated = self.undated.take().or(both("undated"));
        }
    }
}

/// May a finding that rests on this be an error?
///
/// It takes a source of high confidence, or one of medium confidence that is, or agrees with, an article that the project
/// began with.
pub fn carries_error<'e>(evidence: impl IntoIterator<Item = &'e Evidence>) -> bool {
    let (mut high, mut medium, mut seed) = (false, false, false);
    for one in evidence.into_iter().filter(|one| one.source != SourceClass::Inference) {
        high |= one.confidence == Confidence::High;
        let is_medium = one.confidence >= Confidence::Medium;
        seed |= is_medium && one.source == SourceClass::Seed;
        medium |= is_medium;
    }
    high || (medium && seed)
}

impl RuleInfo {
    /// The evidence that counts on a day.
    fn evidence_on(&self, day: NaiveDate) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(move |one| one.counts_on(day))
    }

    /// Is there any source of that day or before?
    pub fn has_source_on(&self, day: NaiveDate) -> bool {
        self.evidence_on(day).next().is_some()
    }

    /// How far a finding of that day can be trusted: as far as the best evidence that there was. Without any, least.
    pub fn confidence_on(&self, day: NaiveDate) -> Confidence {
        self.evidence_on(day).map(|one| one.confidence).max().unwrap_or(Confidence::Low)
    }

    /// How bad a finding of that day is: an error is a warning while the sources that make it one are still to come.
    pub fn severity_on(&self, day: NaiveDate) -> Severity {
        let is_early = carries_error(&self.evidence) && !carries_error(self.evidence_on(day));
        if is_early { self.severity.min(Severity::Warning) } else { self.severity }
    }

    /// The same of a record that may not be one of those that the rule speaks of: no error is made of what it leaves open.
    pub fn severity_where(&self, day: NaiveDate, is_certain: bool) -> Severity {
        let severity = self.severity_on(day);
        if is_certain { severity } else { severity.min(Severity::Warning) }
    }

    /// Does all that the rule says rest on a conclusion of ours instead of a source's own words?
    pub fn is_inference(&self) -> bool {
        self.evidence.iter().any(|one| one.source == SourceClass::Inference && one.messages.is_empty())
    }

    /// The rule as far as one of its messages goes: with the evidence that bears it out, and no worse than that carries.
    #[must_use]
    pub fn of_message(self: &Arc<Self>, message: &str) -> Arc<Self> {
        if self.evidence.iter().all(|one| one.messages.is_empty()) {
            return Arc::clone(self);
        }
        let message = if SpecialMessage::is_one(message) { "rule" } else { message };
        let is_meant = |one: &&Evidence| one.messages.is_empty() || one.messages.iter().any(|id| id == message);
        let evidence: Vec<Evidence> =
            self.evidence.iter().filter(is_meant).map(|one| Evidence { messages: Vec::new(), ..one.clone() }).collect();
        // Where checks name all their messages nothing is said by the rule's own.
        if evidence.is_empty() {
            return Arc::clone(self);
        }
        let mut info = Self { evidence, ..Self::clone(self) };
        if info.is_inference() || !carries_error(&info.evidence) {
            info.severity = info.severity.min(Severity::Warning);
        }
        Arc::new(info)
    }
}
