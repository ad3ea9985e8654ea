//! The baseline of one run: which findings it knows, and what it is afterwards.

use std::collections::HashSet;

use chrono::NaiveDate;
use dianjian_rules::{Pack, RuleSource};

use super::{Baseline, Entry};

/// What becomes of a baseline at the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineUpdate {
    /// It stays as it is.
    Keep,
    /// Entries that no longer occur are dropped.
    Shrink,
    /// It is written anew with all findings of the run, of which none counts as known.
    Accept,
}

/// A baseline while findings are taken by it.
#[derive(Debug)]
pub struct BaselineRun {
    update: BaselineUpdate,
    /// As the file has it.
    known: Baseline,
    /// With [`BaselineUpdate::Accept`]: the findings of this run.
    entered: Baseline,
    as_of: NaiveDate,
    /// Rules and files of entries that this run would not have found.
    unseen: HashSet<(String, String)>,
    /// Rules that look at all records at once.
    cross_record: HashSet<String>,
}

impl BaselineRun {
    /// Begins a run that has yet to say what it [looks at](Self::look_at).
    pub fn new(pack: &Pack, known: Baseline, (update, as_of): (BaselineUpdate, NaiveDate)) -> Self {
        let is_cross_record = |rule: &&RuleSource| {
            let check = &rule.file.check.value;
            check.group.is_some() || check.reference.is_some()
        };
        let cross_record = pack.rules.iter().filter(is_cross_record).map(|rule| rule.info.id.clone()).collect();
        let entered = Baseline::of_day(as_of);
        Self { update, known, entered, as_of, unseen: HashSet::new(), cross_record }
    }

    /// Says what the run looks at, because nothing is known of entries elsewhere: of a file that entries name
    /// `is_covered` says whether it is read or does not exist any more, and `is_walked` whether its folder is read;
    /// `is_asked` says whether a rule reports in a file. A rule over all records must have seen them all: the files of
    /// all entries, and those beside them, which may hold the others of a group.
    pub fn look_at(
        &mut self,
        is_covered: impl Fn(&str) -> bool,
        is_walked: impl Fn(&str) -> bool,
        is_asked: impl Fn(&str, &str) -> bool,
    ) {
        let entries = || self.known.entries.values();
        let is_whole = entries().all(|entry| is_covered(&entry.file) && is_walked(&entry.file));
        let is_earlier = self.earlier_than().is_some();
        let is_seen = |entry: &&Entry| {
            let sees_all = is_whole || !self.cross_record.contains(&entry.rule);
            !is_earlier && sees_all && is_covered(&entry.file) && is_asked(&entry.rule, &entry.file)
        };
        let unseen = entries().filter(|entry| !is_seen(entry));
        self.unseen = unseen.map(|entry| (entry.rule.clone(), entry.file.clone())).collect();
    }

    /// The day of the baseline, if this run is as of an earlier one: rules that began between the two find nothing.
    pub fn earlier_than(&self) -> Option<NaiveDate> {
        self.known.as_of.filter(|day| self.as_of < *day)
    }

    /// How many findings the baseline knows that this run would not have found.
    pub fn unseen(&self) -> usize {
        let unseen = self.known.entries.values().filter(|entry| !self.was_looked_at(&entry.rule, &entry.file));
        unseen.map(|entry| entry.count).sum()
    }

    /// A copy for workers, who ask it and take nothing.
    pub fn snapshot(&self) -> Baseline {
        if self.accepts() { Baseline::new() } else { self.known.clone() }
    }

    /// Takes a finding in the order of the report; returns whether it is known.
    pub fn takes(&mut self, fingerprint: &str) -> bool {
        !self.accepts() && self.known.takes(fingerprint)
    }

    /// Whether all findings are to be [entered](Self::enter).
    pub fn accepts(&self) -> bool {
        self.update == BaselineUpdate::Accept
    }

    /// Enters a finding; `file` is named as the baseline names files.
    pub fn enter(&mut self, fingerprint: &str, rule: &str, file: &str) {
        self.entered.enter(fingerprint, rule, file);
    }

    /// How many entries no longer occur in what this run has looked at.
    pub fn stale(&self) -> usize {
        if self.accepts() { 0 } else { self.known.stale(&|rule, file| self.was_looked_at(rule, file)) }
    }

    /// How many findings the baseline knew before the run.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// The baseline as it is to be; `None`: it stays.
    pub fn updated(&self) -> Option<Baseline> {
        let looked_at = |rule: &str, file: &str| self.was_looked_at(rule, file);
        match self.update {
            BaselineUpdate::Keep => None,
            BaselineUpdate::Shrink => Some(self.known.shrunk(&looked_at).dated(self.as_of)),
            BaselineUpdate::Accept => Some(self.known.renewed(&self.entered, &looked_at).dated(self.as_of)),
        }
    }

    /// Whether this run would have reported what an entry stands for.
    fn was_looked_at(&self, rule: &str, file: &str) -> bool {
        self.unseen.is_empty() || !self.unseen.contains(&(rule.to_owned(), file.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use dianjian_rules::PackBuilder;

    use super::*;

    fn run(update: BaselineUpdate) -> BaselineRun {
        let (pack, problems) = PackBuilder::default().shipped().build();
        assert!(problems.is_empty());
        let mut known = Baseline::new();
        known.enter("a", "naming/length", "read.yaml");
        known.enter("b", "naming/length", "elsewhere.yaml");
        known.enter("c", "naming/unique", "read.yaml");
        known.enter("d", "naming/contacts", "read.yaml");
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let mut run = BaselineRun::new(&pack, known, (update, day));
        run.look_at(|file| file == "read.yaml", |_| true, |rule, _| rule != "naming/contacts");
        run
    }

    #[test]
    fn entries_that_the_run_cannot_judge_stay() {
        let run = run(BaselineUpdate::Shrink);
        assert_eq!(run.stale(), 1);
        let left = run.updated().unwrap();
        assert_eq!(["a", "b", "c", "d"].map(|fingerprint| left.may_know(fingerprint)), [false, true, true, true]);
    }

    #[test]
    fn accepting_knows_nothing_and_writes_what_was_found() {
        let mut run = run(BaselineUpdate::Accept);
        assert!(!run.takes("a") && run.snapshot().is_empty());
        run.enter("new", "naming/length", "read.yaml");
        let new = run.updated().unwrap();
        assert_eq!((run.known(), new.len(), run.stale()), (4, 4, 0));
        assert!(new.may_know("new") && !new.may_know("a"));
    }
}
