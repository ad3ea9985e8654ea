//! All that inputs hold, one after another, for commands that do not check.

use std::sync::Arc;

use super::Engine;
use super::judge::{Judge, document_problem};
use super::run::{Unit, produce, read, source_problem};
use super::scripts::FromDisk;
use super::share::{Division, Share};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceError, SourceFile};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_rules::record::Seen;

impl Engine<'_> {
    /// Shows `f` every document of the inputs, in their order, without lists and wrappers around it; gives back what
    /// cannot be read.
    pub fn each_document(&self, inputs: &[Input], f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) -> Vec<Problem> {
        let scripts = FromDisk::of(self);
        let reader = Judge::reader(self, &scripts);
        self.each_root(inputs, &mut |source, root| reader.documents(root, &mut |document| f(source, document)))
    }

    /// Shows `f` the root of every text of the inputs.
    fn each_root(&self, inputs: &[Input], f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tree = Tree::new();
        let mut one = |source: Result<SourceFile, SourceError>, format: Option<Format>| match source {
            Err(error) => problems.push(source_problem(&error)),
            Ok(source) => {
                let source = Arc::new(source);
                let format = format.unwrap_or_else(|| Format::sniff(source.text()));
                let limits = &self.options.limits;
                let errors = tree::parse(&source, format, limits, &mut tree, &mut |root| f(&source, root));
                let told = errors.iter().filter(|error| !error.is_repeated_key_of(format));
                problems.extend(told.map(|error| document_problem(&source, error)));
            }
        };
        let division = Division::new(Share::WHOLE, std::iter::empty());
        produce(self, inputs, &[], division, &mut |unit| {
            match unit {
                Unit::Files(inputs) => {
                    for (_, input) in inputs {
                        let source = read(&input, self);
                        let format = source.as_ref().ok().map(|source| Format::resolve(input.format, source.text()));
                        one(source, format);
                    }
                }
                Unit::Chunk(_, chunk) => {
                    let is_table = chunk.as_ref().as_ref().is_ok_and(|source| source.table().is_some());
                    one(*chunk, Some(if is_table { Format::Csv } else { Format::NdJson }));
                }
                Unit::Unopened(_, error) => one(Err(error), None),
                Unit::Lines(..) => {}
            }
            true
        });
        problems
    }

    /// Shows `f` everything that the documents of the inputs turn out to be, in their order.
    pub fn each_record(&self, inputs: &[Input], f: &mut dyn FnMut(&Arc<SourceFile>, Seen<'_, '_>)) -> Vec<Problem> {
        let scripts = FromDisk::of(self);
        let reader = Judge::reader(self, &scripts);
        self.each_root(inputs, &mut |source, root| reader.read(source, root, &mut |seen| f(source, seen)))
    }
}
