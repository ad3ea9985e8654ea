//! The baseline of one run: which findings it knows, and what it is afterwards.

use std::collections::HashSet;

use dianjian_rules::{Pack, RuleSource};

use super::Baseline;

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
    /// Files that entries name and that this run does not read, although they exist.
    unread: HashSet<String>,
    /// Rules that entries name and that take no part in this run.
    skipped: HashSet<String>,
    /// Rules that look at all records at once.
    cross_record: HashSet<String>,
}

impl BaselineRun {
    /// Begins a run that has yet to say what it [looks at](Self::look_at).
    pub fn new(pack: &Pack, known: Baseline, update: BaselineUpdate) -> Self {
        let is_cross_record = |rule: &&RuleSource| {
            let check = &rule.file.check.value;
            check.group.is_some() || check.reference.is_some()
        };
        let cross_record = pack.rules.iter().filter(is_cross_record).map(|rule| rule.info.id.clone()).collect();
        let (entered, unread, skipped) = Default::default();
        Self { update, known, entered, unread, skipped, cross_record }
    }

    /// Says what the run looks at, because nothing is known of entries elsewhere: `is_covered` of a file that entries
    /// name, whether it is read or does not exist any more, `is_chosen` of a rule.
    pub fn look_at(&mut self, is_covered: impl Fn(&str) -> bool, is_chosen: impl Fn(&str) -> bool) {
        let entries = || self.known.entries.values();
        self.unread = entries().map(|entry| &entry.file).filter(|file| !is_covered(file)).cloned().collect();
        self.skipped = entries().map(|entry| &entry.rule).filter(|rule| !is_chosen(rule)).cloned().collect();
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
            BaselineUpdate::Shrink => Some(self.known.shrunk(&looked_at)),
            BaselineUpdate::Accept => Some(self.known.renewed(&self.entered, &looked_at)),
        }
    }

    /// Whether this run would have reported what an entry stands for: its rule takes part and its file is covered. A
    /// rule over all records must have seen all files.
    fn was_looked_at(&self, rule: &str, file: &str) -> bool {
        let needs_all = self.cross_record.contains(rule);
        !self.skipped.contains(rule) && !self.unread.contains(file) && (!needs_all || self.unread.is_empty())
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
        let mut run = BaselineRun::new(&pack, known, update);
        run.look_at(|file| file == "read.yaml", |rule| rule != "naming/contacts");
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
