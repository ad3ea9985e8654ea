//! All documents or records of the inputs, one after another, for commands that do not check.

use std::sync::Arc;

use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceError, SourceFile};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_rules::record::{ReaderEvent, Value};

use crate::Engine;
use crate::check_record::RecordChecker;
use crate::check_record::source::document_problem;
use crate::run::{WorkUnit, format_of_chunk, produce, read};
use crate::shards::sharding::Sharding;
use crate::side_files::DiskSideFiles;

impl Engine<'_> {
    /// Calls `f` with every document of the inputs, in their order, unwrapped from lists and answers around it. Returns
    /// what could not be read.
    pub fn each_document(&self, inputs: &[Input], f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) -> Vec<Problem> {
        let side_files = DiskSideFiles::of(self);
        let reader = RecordChecker::reader(self, &side_files);
        self.each_root(inputs, &mut |source, root| reader.documents(root, &mut |document| f(source, document)))
    }

    /// Calls `f` with the root of every text of the inputs.
    fn each_root(&self, inputs: &[Input], f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tree = Tree::new();
        let explicit = |file: usize| inputs.get(file).is_some_and(|input| input.explicit);
        let mut one = |file: usize, source: Result<SourceFile, SourceError>, format: Option<Format>| match source {
            Err(error) => problems.push(Problem::of_source(&error)),
            Ok(source) => {
                let source = Arc::new(source);
                let format = format.unwrap_or_else(|| Format::sniff(source.text()));
                let limits = &self.policy.limits;
                let errors = tree::parse(&source, format, limits, &mut tree, &mut |root| f(&source, root));
                // In a folder, what cannot be parsed is none of ours unless it looks like it.
                if errors.is_empty() || !(explicit(file) || self.pack.familiar.text(source.text()).is_some()) {
                    return;
                }
                let errors = errors.iter().filter(|error| !error.is_repeated_key_of(format));
                problems.extend(errors.map(|error| document_problem(&source, error)));
            }
        };
        produce(self, inputs, &[], Sharding::none(), &mut |unit| {
            match unit {
                WorkUnit::Files(inputs) => {
                    for (file, input) in inputs {
                        let source = read(&input, self);
                        let format = source.as_ref().ok().map(|source| Format::resolve(input.format, source.text()));
                        one(file, source, format);
                    }
                }
                WorkUnit::Chunk(file, chunk) => {
                    let format = chunk.as_ref().as_ref().map_or(Format::NdJson, format_of_chunk);
                    one(file, *chunk, Some(format));
                }
                WorkUnit::Unopened(file, error) => one(file, Err(error), None),
                WorkUnit::Passed(..) | WorkUnit::PassedSheet(..) | WorkUnit::LineCount(..) => {}
            }
            true
        });
        problems
    }

    /// Calls `f` with everything that the documents of the inputs turn out to be, in their order.
    pub fn each_record(
        &self,
        inputs: &[Input],
        f: &mut dyn FnMut(&Arc<SourceFile>, ReaderEvent<'_, '_>),
    ) -> Vec<Problem> {
        let side_files = DiskSideFiles::of(self);
        let reader = RecordChecker::reader(self, &side_files);
        let mut near_misses = Vec::new();
        let mut problems = self.each_root(inputs, &mut |source, root| {
            reader.read(source, root, &mut |seen| match seen {
                ReaderEvent::NearMiss(node, near) => near_misses.push(near.problem(source, node.head_span())),
                seen => f(source, seen),
            });
        });
        problems.append(&mut near_misses);
        problems
    }
}

/// The text at a key without blanks around it, if there is any.
pub(crate) fn text_at(value: &Value<'_>, key: &str) -> Option<String> {
    let text = value.get(key)?.text()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
