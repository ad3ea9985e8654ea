//! From the violations of cross-record rules to findings: the record is read again and the finding built in it.

use std::sync::Arc;

use dianjian_base::message::Arg;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::Tree;
use dianjian_rules::record::{ReaderEvent, Record, Value, nearest};
use dianjian_rules::{EvalContext, Placeholder, RecordPlace, RuleBody, Violation};

use super::dangling::DanglingReference;
use super::group_violation::GroupViolation;
use super::groups::PackedPlace;
use super::reread::PlaceLookup;
use crate::check_record::{GroupKeys, RecordChecker, context, day_of, group_member, start_of};
use crate::finding::builder::{FindingBuilder, FindingSubject};
use crate::side_files::SideFiles;
use crate::{Engine, Finding, Label};

/// Is given a record with its source and the record that it lies in.
pub(super) type RecordVisitor<'v> =
    dyn FnMut(&Arc<SourceFile>, &Record<'_>, Option<&Record<'_>>, &Engine<'_>, &dyn SideFiles) + 'v;

pub(super) struct FindingEmitter<'t> {
    pub engine: &'t Engine<'t>,
    pub side_files: &'t dyn SideFiles,
    pub places: &'t mut dyn PlaceLookup,
    pub tree: Tree,
}

impl FindingEmitter<'_> {
    /// Sends the finding of a group; `false` if its place was not found again.
    pub(super) fn group(&mut self, broken: &GroupViolation, sink: &mut dyn FnMut(usize, Finding)) -> bool {
        let (number, primary) = (broken.rule as usize, broken.primary);
        let omitted = usize::try_from(broken.omitted).unwrap_or(usize::MAX);
        let related: Vec<Label> = broken.others.iter().filter_map(|place| self.label(*place)).collect();
        let mut found = false;
        self.each_record(primary, sink, &mut |builder, context| {
            let RuleBody::Group(group) = &context.rules.rules.get(number)?.body else { return None };
            let member = group.members.iter().find(|member| member.kind == context.record.kind_index)?;
            let own = group_member(context, number, group, member, &mut GroupKeys::default())?;
            if found || own.start != primary.start() {
                return None;
            }
            found = true;
            let key: Vec<String> = member.by.iter().filter_map(|path| context.key_text(path)).collect();
            let at = member.point.as_ref().filter(|point| context.field(point).is_some()).or(member.by.first())?;
            let (value, path) = context.place(at)?;
            let text = value.text().unwrap_or_default().into_owned();
            let args = [
                (Placeholder::Key, Arg::List(key)),
                (Placeholder::Count, Arg::Number(broken.total)),
                (Placeholder::Sum, Arg::Number(broken.total)),
                (Placeholder::Limit, Arg::Number(broken.limit)),
                (Placeholder::Expected, Arg::Number(broken.limit)),
            ];
            builder.finding(number, violation(value, path, &text, args), related.clone(), omitted)
        });
        found
    }

    /// Sends the finding of references to what is not there; `false` if its place was not found again.
    pub(super) fn reference(
        &mut self,
        dangling: &DanglingReference,
        ids: &[(u64, String)],
        sink: &mut dyn FnMut(usize, Finding),
    ) -> bool {
        let mut found = false;
        let number = dangling.rule as usize;
        let omitted = usize::try_from(dangling.omitted).unwrap_or(usize::MAX);
        let mut related = Vec::new();
        for place in &dangling.others {
            self.records_around(*place, &mut |source, record, _, engine, _| {
                if start_of(record.node.source(), &record.value) != place.start() {
                    return;
                }
                let Some(RuleBody::Reference { at, .. }) = engine.rules().rules.get(number).map(|rule| &rule.body)
                else {
                    return;
                };
                let value = at.own_slot().and_then(|slot| record.slot(slot));
                related.extend(value.map(|value| Label::at(source, value.node().use_span())));
            });
        }
        self.each_record(dangling.place, sink, &mut |builder, context| {
            if found || start_of(builder.source, &context.record.value) != dangling.place.start() {
                return None;
            }
            let RuleBody::Reference { at, .. } = &context.rules.rules.get(number)?.body else { return None };
            let (value, path) = context.place(at)?;
            found = true;
            let text = value.text()?.into_owned();
            let near = nearest(&text, ids.iter().map(|(_, id)| id.as_str())).unwrap_or_default().to_owned();
            let args = [(Placeholder::Expected, Arg::Text(near))];
            builder.finding(number, violation(value, path, &text, args), related.clone(), omitted)
        });
        found
    }

    /// The first byte after the source around a place: of a large file after the line or row.
    pub(super) fn end_of_source(&mut self, place: PackedPlace) -> u64 {
        let end = |source: Arc<SourceFile>| source.base_offset() + source.text().len() as u64;
        self.places.source(place).map_or(0, end).max(place.start() + 1)
    }

    /// Calls `f` with every record in the source around a place, and the record that it lies in.
    pub(super) fn records_around(&mut self, place: PackedPlace, f: &mut RecordVisitor<'_>) {
        let (engine, side_files) = (self.engine, self.side_files);
        let reader = RecordChecker::reader(engine, side_files);
        self.places.open(place, &mut self.tree, &mut |source, root| {
            reader.read(source, root, &mut |seen| {
                if let ReaderEvent::Record(record, outer) = seen {
                    f(source, record, outer, engine, side_files);
                }
            });
        });
    }

    /// Calls `f` with every record around a place; findings that it returns go to the sink.
    fn each_record(
        &mut self,
        place: PackedPlace,
        sink: &mut dyn FnMut(usize, Finding),
        f: &mut dyn FnMut(&mut FindingBuilder<'_, '_, '_>, &EvalContext<'_, '_>) -> Option<Finding>,
    ) {
        let engine = self.engine;
        let side_files = self.side_files;
        let reader = RecordChecker::reader(engine, side_files);
        self.places.open(place, &mut self.tree, &mut |source, root| {
            reader.read(source, root, &mut |seen| {
                let ReaderEvent::Record(record, outer) = seen else { return };
                let as_of = day_of(engine, record, outer);
                let rules = engine.rules_at(as_of);
                let context = context(engine, &rules, side_files, (record, outer), as_of);
                let mut builder =
                    FindingBuilder { engine, source, subject: FindingSubject::Record(&context), is_gap: false };
                if let Some(finding) = f(&mut builder, &context) {
                    sink(place.file() as usize, finding);
                }
            });
        });
    }

    /// A label on the value at a place.
    pub(super) fn label(&mut self, place: PackedPlace) -> Option<Label> {
        let source = self.places.source(place)?;
        let start = u32::try_from(place.start().checked_sub(source.base_offset())?).ok()?;
        Some(Label::at(&source, scalar_at(&source, start)))
    }
}

fn violation<'a, const N: usize>(
    value: Value<'a>,
    path: String,
    text: &str,
    args: [(Placeholder, Arg); N],
) -> Violation<'a> {
    let text = || Arg::Text(text.to_owned());
    let args = [(Placeholder::Found, text()), (Placeholder::Value, text())].into_iter().chain(args);
    Violation {
        target: RecordPlace { value, range: None, path },
        message: 0,
        args: args.collect(),
        related: Vec::new(),
        picture: None,
        tested: None,
    }
}

/// The scalar that begins at an offset, found without parsing: up to its closing quote or the end of the line.
fn scalar_at(source: &SourceFile, start: u32) -> Span {
    if let Some(place) = source.field_at(start) {
        return Span::new(start, place.span.end);
    }
    let text = source.text().get(start as usize..).unwrap_or_default();
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let length = match line.as_bytes().first() {
        Some(quote @ (b'"' | b'\'')) => line[1..].find(char::from(*quote)).map_or(line.len(), |end| end + 2),
        _ => {
            let end = [", ", "}", "]", " #"].iter().filter_map(|stop| line.find(stop)).min().unwrap_or(line.len());
            line[..end].trim_end().len()
        }
    };
    Span::new(start, start + u32::try_from(length).unwrap_or(0))
}
