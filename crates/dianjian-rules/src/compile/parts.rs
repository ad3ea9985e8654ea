//! Conditions and operands that stand outside rules: what migrations are made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Spanned;

use super::{Compiler, Located};
use crate::check::{CompiledCheck, CompiledOperand, SlotPath};
use crate::language::{self as file, Param};
use crate::record::KindIndex;
use crate::{Pack, Ruleset};

/// Compiles conditions, operands and paths of one kind of record.
pub struct ConditionCompiler<'p> {
    compiler: Compiler<'p>,
    errors: Vec<Located>,
}

impl<'p> ConditionCompiler<'p> {
    /// For records of a kind, on a day.
    pub fn new(pack: &'p Pack, kind: KindIndex, day: NaiveDate) -> Self {
        let mut compiler = Compiler::new(pack, day);
        compiler.current.kind_index = kind;
        compiler.current.kind = Some(pack.kinds.get(kind));
        Self { compiler, errors: Vec::new() }
    }

    /// What follows stands in this file.
    pub fn enter(&mut self, source: &Arc<SourceFile>) {
        self.leave();
        self.compiler.current.source = Arc::clone(source);
        self.compiler.current.params = BTreeMap::<String, Param>::new();
        self.compiler.current.messages = vec!["rule".to_owned()];
    }

    /// What follows is of another kind of record.
    pub fn turn_to(&mut self, kind: KindIndex) {
        self.compiler.current.kind_index = kind;
        self.compiler.current.kind = Some(self.compiler.pack.kinds.get(kind));
    }

    fn leave(&mut self) {
        let source = Arc::clone(&self.compiler.current.source);
        let errors = self.compiler.current.errors.drain(..);
        self.errors.extend(errors.map(|(span, error)| (Arc::clone(&source), span, error)));
    }

    /// A condition.
    pub fn when(&mut self, when: &Spanned<file::When>) -> CompiledCheck {
        self.compiler.when(when)
    }

    /// Something to take a value from.
    pub fn operand(&mut self, operand: &Spanned<file::Operand>) -> Option<CompiledOperand> {
        self.compiler.spanned_operand(operand)
    }

    /// A field's path.
    pub fn path(&mut self, path: &Spanned<String>) -> Option<SlotPath> {
        let compiled = self.compiler.path(&path.value);
        self.compiler.try_(path.span, compiled)
    }

    /// What conditions need to be run with, and the mistakes.
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
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}
