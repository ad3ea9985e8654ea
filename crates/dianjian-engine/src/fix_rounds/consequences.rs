//! What fixes lead to. A finding that was not there before and is as bad as the one that a fix mends is worse than none, and
//! so is any clash with another record: what one file gains by the fix, the fleet loses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dianjian_base::FieldPath;
use dianjian_base::lang::{Lang, Text};
use dianjian_base::message::{Arg, Message};
use dianjian_rules::RuleInfo;
use dianjian_rules::language::Severity;

use super::edits::RoundFile;
use crate::{Finding, Fix, Label};

/// A finding of a check between rounds, with the fix that may be made for it.
#[derive(Debug)]
pub(super) struct FoundFinding {
    pub fingerprint: String,
    pub fix: Option<Fix>,
    key: String,
    /// Grows when a group gets another member.
    weight: usize,
    /// Whether it is about several records.
    is_group: bool,
    severity: Severity,
    rule: Arc<RuleInfo>,
    message: Message,
    record: Option<String>,
    /// Its own place, then those of the others that contribute.
    places: Vec<FoundPlace>,
}

/// Where a finding points.
#[derive(Debug, Clone)]
struct FoundPlace {
    file: Arc<str>,
    line: u64,
    /// The first and the last byte in the file.
    start: u64,
    end: u64,
}

impl FoundPlace {
    fn of(label: &Label) -> Self {
        let byte = |offset: u32| label.source.base_offset() + u64::from(offset);
        Self {
            file: label.source.shared_name(),
            line: label.range().0.line,
            start: byte(label.span.start),
            end: byte(label.span.end),
        }
    }
}

impl FoundFinding {
    pub(super) fn new(finding: &Finding, fix: Option<Fix>) -> Self {
        let is_group = finding.message.args.iter().any(|(name, arg)| name == "key" && matches!(arg, Arg::List(_)));
        let path = FieldPath::new(&finding.path).without_indices();
        let id = finding.record.id.as_deref().unwrap_or_default();
        let key = match is_group {
            true => format!("{}\0{}", finding.rule.id, finding.fingerprint),
            false => format!("{}\0{}\0{id}\0{path}", finding.rule.id, finding.primary.source.name()),
        };
        Self {
            fingerprint: finding.fingerprint.clone(),
            fix,
            key,
            weight: 1 + finding.related.len() + finding.related_omitted,
            is_group,
            severity: finding.severity,
            rule: Arc::clone(&finding.rule),
            message: finding.message.clone(),
            record: finding.record.id.clone(),
            places: std::iter::once(&finding.primary).chain(&finding.related).map(FoundPlace::of).collect(),
        }
    }

    /// The fix with what is needed to find it again among the causes of new findings.
    pub(super) fn candidate(&mut self) -> Option<(Fix, MadeFix)> {
        let fix = self.fix.take()?;
        let FoundPlace { file, line, .. } = self.places.first()?.clone();
        let (source, edit) = fix.edits.first()?;
        let made = MadeFix {
            fingerprint: self.fingerprint.clone(),
            file,
            line,
            byte: source.base_offset() + u64::from(edit.span.start),
            record: self.record.clone(),
            severity: self.severity,
            title: fix.title.clone(),
        };
        Some((fix, made))
    }
}

/// A fix that was made.
#[derive(Debug, Clone)]
pub(super) struct MadeFix {
    fingerprint: String,
    file: Arc<str>,
    line: u64,
    /// Where its first edit begins in the file, as the file is by now.
    byte: u64,
    record: Option<String>,
    severity: Severity,
    title: Text,
}

impl MadeFix {
    /// Follows its place through a round of edits.
    pub(super) fn follow(&mut self, shifts: &EditShifts) {
        self.byte = shifts.after(&self.file, self.byte);
    }

    #[cfg(test)]
    pub(super) fn unnamed() -> Self {
        let (fingerprint, file) = (String::new(), Arc::from(""));
        Self { fingerprint, file, line: 0, byte: 0, record: None, severity: Severity::Info, title: Text::default() }
    }

    /// What identifies it in another try.
    pub(super) fn key(&self) -> FixKey {
        (self.fingerprint.clone(), Arc::clone(&self.file), self.line)
    }
}

/// Where bytes of files are after a round of edits.
#[derive(Debug, Default)]
pub(super) struct EditShifts {
    /// By file: the first byte of every edit, in order, and how far what follows it has moved.
    files: BTreeMap<String, Vec<(u64, i64)>>,
}

impl EditShifts {
    pub(super) fn of<'r>(files: impl IntoIterator<Item = &'r RoundFile>) -> Self {
        let shifts = |file: &RoundFile| {
            let moved = file.edits.iter().scan(0_i64, |moved, (start, edit)| {
                *moved += edit.text.len() as i64 - edit.end.saturating_sub(*start) as i64;
                Some((*start, *moved))
            });
            (file.name.clone(), moved.collect())
        };
        Self { files: files.into_iter().map(shifts).collect() }
    }

    fn after(&self, file: &str, byte: u64) -> u64 {
        let Some(shifts) = self.files.get(file) else { return byte };
        let before = shifts.partition_point(|(start, _)| *start < byte);
        let moved = before.checked_sub(1).and_then(|at| shifts.get(at)).map_or(0, |(_, moved)| *moved);
        byte.saturating_add_signed(moved)
    }
}

/// The fingerprint of the finding that a fix mends, its file and its line: records without ids share fingerprints.
pub(super) type FixKey = (String, Arc<str>, u64);

/// A fix that was not made because of what it would lead to.
#[derive(Debug, Clone)]
pub struct RefusedFix {
    /// The file and line of what it would mend.
    pub place: String,
    /// What it would do.
    pub title: Text,
    /// The rule that would be broken then.
    pub rule: String,
    /// How it would be broken.
    pub why: Text,
}

/// The findings of a check by what they are about, so that those of two checks can be compared.
#[derive(Debug, Default)]
pub(super) struct FindingCensus(BTreeMap<String, Vec<FoundFinding>>);

impl FindingCensus {
    pub(super) fn new(found: Vec<FoundFinding>) -> Self {
        let mut census: BTreeMap<String, Vec<FoundFinding>> = BTreeMap::new();
        found.into_iter().for_each(|finding| census.entry(finding.key.clone()).or_default().push(finding));
        Self(census)
    }

    /// The fixes among `made` that brought about findings that are not in `before`, each with the reason for refusing it:
    /// those that mend nothing worse, and those that make records clash. Of several that clash with each other the
    /// first is left to be tried without the others.
    pub(super) fn refused(&self, before: &Self, made: &[MadeFix]) -> BTreeMap<FixKey, RefusedFix> {
        let weight = |found: &[FoundFinding]| found.iter().map(|finding| finding.weight).sum::<usize>();
        let mut refused = BTreeMap::new();
        for (key, found) in &self.0 {
            let known = before.0.get(key).map_or(0, |known| weight(known));
            let Some(new) = found.last().filter(|_| weight(found) > known) else { continue };
            let is_clash = new.is_group && new.severity > Severity::Info;
            let is_cause = |cause: &&MadeFix| is_clash || cause.severity <= new.severity;
            let mut causes: Vec<&MadeFix> = causes(new, made).into_iter().filter(is_cause).collect();
            if is_clash && causes.len() > 1 {
                causes.remove(0);
            }
            for cause in causes {
                let why = Text { zh: new.message.render(Lang::Zh), en: new.message.render(Lang::En) };
                let place = format!("{}:{}", cause.file, cause.line);
                let refusal = RefusedFix { place, title: cause.title.clone(), rule: new.rule.id.clone(), why };
                refused.insert(cause.key(), refusal);
            }
        }
        refused
    }
}

/// The fixes that a new finding can come from: those within its places, else those on their lines or in its record, else
/// those in its files, else all. A file may be one long line, so that lines alone do not tell records apart.
fn causes<'m>(new: &FoundFinding, made: &'m [MadeFix]) -> Vec<&'m MadeFix> {
    let files: BTreeSet<&str> = new.places.iter().map(|place| &*place.file).collect();
    let in_files: Vec<&MadeFix> = made.iter().filter(|fix| files.contains(&*fix.file)).collect();
    let is_within = |fix: &MadeFix| {
        let has = |place: &FoundPlace| place.file == fix.file && (place.start..=place.end).contains(&fix.byte);
        new.places.iter().any(has)
    };
    let within: Vec<&MadeFix> = in_files.iter().copied().filter(|fix| is_within(fix)).collect();
    if !within.is_empty() {
        return within;
    }
    let is_near = |fix: &MadeFix| {
        let at_line = new.places.iter().any(|place| place.file == fix.file && place.line == fix.line);
        at_line || (fix.record.is_some() && fix.record == new.record)
    };
    let near: Vec<&MadeFix> = in_files.iter().copied().filter(|fix| is_near(fix)).collect();
    match (near.is_empty(), in_files.is_empty()) {
        (false, _) => near,
        (true, false) => in_files,
        (true, true) => made.iter().collect(),
    }
}
