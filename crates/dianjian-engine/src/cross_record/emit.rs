//! From the violations of cross-record rules to findings: the record is read again and the finding built in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_base::message::{Arg, Message};
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_rules::record::{KindIndex, Kinds, ReaderEvent, Record, RecordReader, Trail, Value};
use dianjian_rules::{
    EvalContext, GroupParticipant, GroupRole, NamedRecord, PathStep, Placeholder, RecordPlace, Rule, RuleBody,
    SlotPath, SpecialMessage, Violation,
};

use super::dangling::{AskingPlace, DanglingReference, ReferenceFault};
use super::group_violation::{GroupDetail, GroupViolation};
use super::groups::PackedPlace;
use super::id_index::IdIndex;
use super::member_names::NamedFields;
use super::reread::{PlaceBlock, PlaceLookup, line_or_row};
use crate::check_record::{RecordChecker, context, day_of, each_site, member_place, reference_key, start_of};
use crate::finding::builder::{FindingBuilder, FindingSubject};
use crate::side_files::SideFiles;
use crate::{Engine, Finding, Label};

/// Is given a record with its source and the record that it lies in.
pub(super) type RecordVisitor<'v> =
    dyn FnMut(&Arc<SourceFile>, &Record<'_>, Option<&Record<'_>>, &Engine<'_>, &dyn SideFiles) + 'v;

/// Where so many bytes of a chunk come on one record that is wanted, its rows are read one by one: what is found there then
/// keeps a row in memory and not the whole chunk.
const BYTES_OF_SPARSE: usize = 2048;

pub(super) struct FindingEmitter<'t> {
    pub engine: &'t Engine<'t>,
    pub side_files: &'t dyn SideFiles,
    pub places: &'t mut dyn PlaceLookup,
    pub tree: Tree,
}

impl FindingEmitter<'_> {
    /// Sends the findings of groups; how many of them are missing, as their places were not found again.
    pub(super) fn groups(&mut self, broken: &[GroupViolation], sink: &mut dyn FnMut(usize, Finding)) -> usize {
        let labels = self.labels(broken.iter().flat_map(GroupViolation::related).collect());
        broken.iter().filter(|broken| !self.group(broken, &labels, sink)).count()
    }

    /// Sends the finding of a group; `false` if its place was not found again.
    fn group(
        &mut self,
        broken: &GroupViolation,
        labels: &BTreeMap<PackedPlace, Label>,
        sink: &mut dyn FnMut(usize, Finding),
    ) -> bool {
        let (number, primary) = (broken.rule as usize, broken.primary);
        let omitted = usize::try_from(broken.omitted).unwrap_or(usize::MAX);
        let mut related: Vec<Label> = broken.others.iter().filter_map(|place| labels.get(place).cloned()).collect();
        if let GroupDetail::Against(places) = &broken.detail {
            let message = self.counted_towards_bound(number);
            let of_bound = places.iter().filter_map(|place| labels.get(place).cloned());
            related.extend(of_bound.map(|label| Label { message: message.clone(), ..label }));
        }
        let mut found = false;
        self.each_record((primary, &broken.names), (&related, omitted), sink, &mut |context| {
            let rules = context.rules;
            let RuleBody::Group(group) = &rules.rules.get(number)?.body else { return None };
            if found {
                return None;
            }
            let kind = context.record.kind_index;
            let mut broken_here = None;
            let own = |member: &&GroupParticipant| member.kind == kind && member.role == GroupRole::Member;
            for member in group.members.iter().filter(own) {
                each_site(context, group.fold, member, &mut |context, site| {
                    let Some((value, at)) = member_place(context, &site).filter(|_| !found) else { return };
                    if start_of(context.record.node.source(), &value) == primary.start() {
                        found = true;
                        let key = site.by.iter().filter_map(|key| context.key_text(key, site.item)).collect();
                        let text = value.text().unwrap_or_default().into_owned();
                        let path = context.pointed_path(at, site.item);
                        broken_here = Some(violation(value, path, &text, group_args(broken, key)));
                    }
                });
            }
            Some((number, broken_here?))
        });
        found
    }

    /// What is said of the records of another kind that a group's bound is the sum of.
    fn counted_towards_bound(&self, rule: usize) -> Option<Message> {
        let RuleBody::Group(group) = &self.engine.rules().rules.get(rule)?.body else { return None };
        let kind = group.members.iter().find(|member| member.role == GroupRole::Bound)?.kind;
        let title = &self.engine.pack.kinds.get(kind).title;
        let template =
            Text { zh: format!("{}，计入限额", title.zh), en: format!("{}: adds to the limit", title.en) };
        Some(Message { id: Arc::from("bound"), template: Arc::new(template), args: Arc::default() })
    }

    /// Sends the findings of references; how many of them are missing, as their places were not found again.
    pub(super) fn references(
        &mut self,
        dangling: &[DanglingReference],
        ids: &mut IdIndex<'_>,
        sink: &mut dyn FnMut(usize, Finding),
    ) -> usize {
        let labels = self.labels(dangling.iter().flat_map(|dangling| dangling.targets.iter().copied()).collect());
        dangling.iter().filter(|dangling| !self.reference(dangling, &labels, ids, sink)).count()
    }

    /// Sends the finding of references to what is not there; `false` if its place was not found again.
    fn reference(
        &mut self,
        dangling: &DanglingReference,
        labels: &BTreeMap<PackedPlace, Label>,
        ids: &mut IdIndex<'_>,
        sink: &mut dyn FnMut(usize, Finding),
    ) -> bool {
        // Where several rules ask, one that is on has to say it.
        let mut askers = vec![dangling.first];
        for asker in &dangling.others {
            if askers.iter().all(|(_, rule)| *rule != asker.1) {
                askers.push(*asker);
            }
        }
        let (mut found, mut is_told) = (true, false);
        for asker in askers {
            let mut tell = |file, finding| {
                is_told = true;
                sink(file, finding);
            };
            found &= self.reference_of(asker, (dangling, labels), ids, &mut tell);
            if is_told {
                return true;
            }
        }
        found
    }

    /// The same with the record at one of the places as the first.
    fn reference_of(
        &mut self,
        asker: AskingPlace,
        (dangling, labels): (&DanglingReference, &BTreeMap<PackedPlace, Label>),
        ids: &mut IdIndex<'_>,
        sink: &mut dyn FnMut(usize, Finding),
    ) -> bool {
        let mut found = false;
        let (asking_place, number) = (asker.0, asker.1 as usize);
        let omitted = usize::try_from(dangling.omitted).unwrap_or(usize::MAX);
        let mut related: Vec<Label> = dangling.targets.iter().filter_map(|place| labels.get(place).cloned()).collect();
        for (place, rule) in [dangling.first].iter().chain(&dangling.others).filter(|other| **other != asker) {
            self.records_around(*place, &mut |source, record, _, engine, _| {
                let Some(rule) = engine.rules().rules.get(*rule as usize) else { return };
                let value = asking_value(rule, record, place.start());
                related.extend(value.map(|(value, _)| Label::at(source, value.node().use_span())));
            });
        }
        self.each_record((asking_place, &[]), (&related, omitted), sink, &mut |context| {
            let rule = context.rules.rules.get(number).filter(|_| !found)?;
            let (value, path) = asking_value(rule, context.record, asking_place.start())?;
            found = true;
            let text = value.text()?.into_owned();
            let (message, arg) = reference_message(context.kinds, rule, (dangling.fault, &text), ids)?;
            let violation = violation(value, path, &text, vec![(Placeholder::Expected, arg)]);
            Some((number, Violation { message, ..violation }))
        });
        found
    }

    /// The first byte after what was checked at a time with a place.
    pub(super) fn end_of_block(&mut self, place: PackedPlace) -> u64 {
        let end = |source: &SourceFile| source.own_bytes().end;
        let end = match self.places.block(place) {
            Some(block) => end(&block.source),
            None => self.places.source(place).map_or(0, |source| end(&source)),
        };
        end.max(place.start() + 1)
    }

    /// Calls `f` with every record of what was checked at a time with a place, and the record that it lies in; maps in which
    /// none of `starts` lies are passed over.
    pub(super) fn records_in_block(&mut self, place: PackedPlace, starts: &BTreeSet<u64>, f: &mut RecordVisitor<'_>) {
        let Some(block) = self.places.block(place) else { return self.records_around(place, f) };
        let PlaceBlock { source, format, is_chunk } = block;
        let (engine, side_files) = (self.engine, self.side_files);
        let base = source.base_offset();
        if is_chunk && starts.len() * BYTES_OF_SPARSE < source.text().len() {
            return self.records_of_rows(&source, format, starts, f);
        }
        let wanted = |node: Node<'_>| {
            let span = node.use_span();
            starts.range(base + u64::from(span.start)..=base + u64::from(span.end)).next().is_some()
        };
        let reader = RecordReader { wanted: Some(&wanted), ..RecordChecker::reader(engine, side_files) };
        self.records_of(&source, format, &reader, f);
    }

    /// Calls `f` with the records that a reader finds in a source.
    fn records_of(
        &mut self,
        source: &Arc<SourceFile>,
        format: Format,
        reader: &RecordReader<'_>,
        f: &mut RecordVisitor<'_>,
    ) {
        let (engine, side_files) = (self.engine, self.side_files);
        tree::parse(source, format, &engine.policy.limits, &mut self.tree, &mut |root| {
            reader.read(source, root, &mut |seen| {
                if let ReaderEvent::Record(record, outer) = seen {
                    f(source, record, outer, engine, side_files);
                }
            });
        });
    }

    /// Calls `f` with the records of those rows or lines in which one of `starts` lies.
    fn records_of_rows(
        &mut self,
        chunk: &SourceFile,
        format: Format,
        starts: &BTreeSet<u64>,
        f: &mut RecordVisitor<'_>,
    ) {
        let reader = RecordChecker::reader(self.engine, self.side_files);
        let mut read_to = 0;
        for start in starts {
            // A row may hold several.
            let row = line_or_row(chunk, *start).filter(|_| *start >= read_to).map(Arc::new);
            let Some(row) = row else { continue };
            read_to = row.own_bytes().end;
            self.records_of(&row, format, &reader, f);
        }
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

    /// Calls `f` with every record around a place; of the rules and violations that it returns findings go to the sink,
    /// with these related places. `names` is what the record that is meant names elsewhere.
    fn each_record(
        &mut self,
        (place, names): (PackedPlace, &[NamedFields]),
        (related, omitted): (&[Label], usize),
        sink: &mut dyn FnMut(usize, Finding),
        f: &mut dyn for<'a> FnMut(&mut EvalContext<'_, 'a>) -> Option<(usize, Violation<'a>)>,
    ) {
        self.records_around(place, &mut |source, record, outer, engine, side_files| {
            let as_of = day_of(engine, record, outer);
            let rules = engine.rules_at(as_of);
            let kinds = &engine.pack.kinds;
            let records: Vec<Option<Record<'_>>> = names.iter().map(|name| name.record(kinds, record)).collect();
            let named = names.iter().zip(&records).filter_map(|(name, record)| Some(name.named(record.as_ref()?)));
            let named: Vec<NamedRecord<'_, '_>> = named.collect();
            let context = context(engine, &rules, side_files, (record, outer), as_of);
            let mut context = EvalContext { named: &named, is_final: true, ..context };
            let Some((number, violation)) = f(&mut context) else { return };
            let subject = FindingSubject::Record(&context);
            let mut builder = FindingBuilder { engine, source, subject, is_gap: false };
            if let Some(finding) = builder.finding(number, violation, related.to_vec(), omitted) {
                sink(place.file() as usize, finding);
            }
        });
    }

    /// Labels on the values at places, which are read in their order, each text once.
    pub(super) fn labels(&mut self, places: BTreeSet<PackedPlace>) -> BTreeMap<PackedPlace, Label> {
        places.into_iter().filter_map(|place| Some((place, self.label(place)?))).collect()
    }

    /// A label on the value at a place.
    fn label(&mut self, place: PackedPlace) -> Option<Label> {
        let source = self.places.source(place)?;
        let start = u32::try_from(place.start().checked_sub(source.base_offset())?).ok()?;
        Some(Label::at(&source, scalar_at(&source, start)))
    }
}

/// What a group's message may say besides where it is.
fn group_args(broken: &GroupViolation, key: Vec<String>) -> Vec<(Placeholder, Arg)> {
    let mut args = vec![
        (Placeholder::Key, Arg::List(key)),
        (Placeholder::Limit, Arg::Number(broken.limit)),
        (Placeholder::Expected, Arg::Number(broken.limit)),
    ];
    match &broken.detail {
        GroupDetail::Spread(least, most) => {
            args.extend([(Placeholder::Least, Arg::Number(*least)), (Placeholder::Most, Arg::Number(*most))]);
        }
        detail => {
            args.extend([Placeholder::Count, Placeholder::Sum].map(|name| (name, Arg::Number(broken.total))));
            if let GroupDetail::Missing(named, more) = detail {
                args.push((Placeholder::Missing, Arg::Localized(missing(named, *more))));
            }
        }
    }
    args
}

/// The values that a key lacks, and how many more there are.
fn missing(named: &[String], more: u64) -> Text {
    let (mut zh, mut en) = (named.join("、"), named.join(", "));
    if more > 0 {
        zh += &format!(" 等 {} 个", named.len() as u64 + more);
        en += &format!(" and {more} more");
    }
    Text { zh, en }
}

/// The value of a rule's reference by which a record asks, and its path: its own where it begins at an offset, else that of
/// the item whose value does.
fn asking_value<'a>(rule: &Rule, record: &Record<'a>, start: u64) -> Option<(Value<'a>, String)> {
    let RuleBody::Reference { at, items, .. } = &rule.body else { return None };
    let starts_here = |value: &Value<'_>| start_of(record.node.source(), value) == start;
    let prefix = Trail::Root(&record.prefix);
    let own = record.slot(at.own_slot()?).filter(|_| starts_here(&record.value));
    if let Some(own) = own {
        return Some((own.clone(), Trail::Key(&prefix, &at.text).to_string()));
    }
    let items = items.as_ref()?;
    let list = record.slot(items.list.slot?)?;
    let trail = Trail::Key(&prefix, &items.list.text);
    list.each().enumerate().find_map(|(index, item)| {
        let mut value = item;
        for step in &items.at.steps {
            let PathStep::Key(name) = step else { return None };
            value = value.get(name)?;
        }
        let path = || format!("{}.{}", Trail::Item(&trail, index), in_item(&items.at));
        starts_here(&value).then(|| (value, path()))
    })
}

/// A path from the item on.
fn in_item(path: &SlotPath) -> String {
    let names =
        path.steps.iter().filter_map(|step| if let PathStep::Key(name) = step { Some(name.as_str()) } else { None });
    names.collect::<Vec<&str>>().join(".")
}

/// Which message of a rule says what is wrong with a reference, and what `{expected}` is in it. `None`: none does.
fn reference_message(
    kinds: &Kinds,
    rule: &Rule,
    (fault, text): (ReferenceFault, &str),
    ids: &mut IdIndex<'_>,
) -> Option<(usize, Arg)> {
    let RuleBody::Reference { kind, agree, .. } = &rule.body else { return None };
    let title = |kind: KindIndex| Arg::Localized(kinds.get(kind).title.clone());
    match fault {
        ReferenceFault::Disputed if *agree => Some((0, title(*kind))),
        ReferenceFault::Namesakes => {
            let special = |message| rule.texts.special(message);
            Some((special(SpecialMessage::Namesakes).or_else(|| special(SpecialMessage::Disputed))?, title(*kind)))
        }
        ReferenceFault::Disputed => Some((rule.texts.special(SpecialMessage::Disputed)?, title(*kind))),
        ReferenceFault::Circle => Some((rule.texts.special(SpecialMessage::Circle)?, title(*kind))),
        ReferenceFault::Missing => {
            let is_named = |other: &KindIndex| {
                let key = reference_key(kinds, *other, text);
                *other != *kind && ids.has(key)
            };
            let other = (0..kinds.iter().count()).find(is_named);
            let of_other = other.zip(rule.texts.special(SpecialMessage::OtherKind));
            Some(match of_other {
                Some((other, message)) => (message, title(other)),
                None => (0, Arg::Text(ids.nearest(*kind, text).unwrap_or_default().to_owned())),
            })
        }
    }
}

fn violation<'a>(value: Value<'a>, path: String, text: &str, args: Vec<(Placeholder, Arg)>) -> Violation<'a> {
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
