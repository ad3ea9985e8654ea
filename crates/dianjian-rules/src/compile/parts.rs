//! Compiles conditions and operands outside rules, which migrations are made of.

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Spanned;

use super::{Compiler, Located};
use crate::check::{CompiledCheck, CompiledOperand, SlotPath};
use crate::language as file;
use crate::record::KindIndex;
use crate::{Pack, Ruleset};

/// Compiles conditions, operands and paths of one kind of record.
pub struct ConditionCompiler<'p> {
    compiler: Compiler<'p>,
    errors: Vec<Located>,
}

impl<'p> ConditionCompiler<'p> {
    /// A compiler for records of a kind, with the table rows of a day.
    pub fn new(pack: &'p Pack, kind: KindIndex, day: NaiveDate) -> Self {
        let mut parts = Self { compiler: Compiler::new(pack, day), errors: Vec::new() };
        parts.turn_to(kind);
        parts
    }

    /// Sets the file whose parts are compiled next, for the places of mistakes.
    pub fn enter(&mut self, source: &Arc<SourceFile>) {
        self.leave();
        self.compiler.current.source = Arc::clone(source);
        self.compiler.current.params.clear();
        self.compiler.current.messages = vec!["rule".to_owned()];
    }

    /// Sets the kind of record that the next parts are about.
    pub fn turn_to(&mut self, kind: KindIndex) {
        self.compiler.current.kind_index = kind;
        self.compiler.current.kind = Some(self.compiler.pack.kinds.get(kind));
    }

    fn leave(&mut self) {
        let source = Arc::clone(&self.compiler.current.source);
        let errors = self.compiler.current.errors.drain(..);
        self.errors.extend(errors.map(|(span, error)| (Arc::clone(&source), span, error)));
    }

    #[expect(missing_docs, reason = "named by its types")]
    pub fn when(&mut self, when: &Spanned<file::When>) -> CompiledCheck {
        self.compiler.when(when)
    }

    /// Compiles an operand; `None` after a mistake.
    pub fn operand(&mut self, operand: &Spanned<file::Operand>) -> Option<CompiledOperand> {
        self.compiler.spanned_operand(Some(operand))
    }

    /// Compiles a field's path; `None` after a mistake.
    pub fn path(&mut self, path: &Spanned<String>) -> Option<SlotPath> {
        self.compiler.spanned_path(path)
    }

    /// A rule set without rules that holds what the conditions need to run, and the mistakes.
    pub fn finish(mut self) -> (Ruleset, Vec<Located>) {
        self.leave();
        let plans = self.compiler.finish_plans(&mut self.errors);
        let pack = self.compiler.pack;
        let (contacts, kinds) = (Arc::clone(&pack.contacts), pack.kinds.iter().count());
        (Ruleset::new(self.compiler.day, Vec::new(), plans, contacts, kinds), self.errors)
    }
}

impl std::fmt::Debug for ConditionCompiler<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConditionCompiler").finish_non_exhaustive()
    }
}
