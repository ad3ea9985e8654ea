//! Rules over all records: groups by key, references. What is kept is small; places are read again at the end.

use std::io::{self, Read};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Engine;
use super::build::{Builder, Subject};
use super::finding::{Finding, Label};
use super::groups::{Bounds, Entry, Fault, Groups, Place};
use super::judge::{Judge, Keys, Shared, contribution, day_of, start_of};
use super::places::{OneDocument, OneSource, Places};
use super::scripts::Beside;
use super::spill::{Item, Run, Sorted, Sorter, SpillError, read_bytes};
use dianjian_base::message::Arg;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{Format, Node, Tree};
use dianjian_rules::check::Body;
use dianjian_rules::eval::{Context, Scans, Target, Violation};
use dianjian_rules::record::Seen;
use dianjian_rules::record::kind::nearest;

/// Ids that are remembered for did-you-mean; beyond this a wrong reference is told without one.
const REMEMBERED_IDS: usize = 10_000;

/// A record that refers to another: by key, to be looked up in the order of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    key: u64,
    wanting: Wanting,
}

/// Who refers to a record: the order is that in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wanting {
    place: Place,
    rule: u32,
}

impl Item for Use {
    fn write(&self, out: &mut Vec<u8>) {
        self.key.write(out);
        self.wanting.write(out);
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(Self { key: u64::read(from)?, wanting: Wanting::read(from)? })
    }
}

impl Item for Wanting {
    fn write(&self, out: &mut Vec<u8>) {
        self.place.write(out);
        out.extend_from_slice(&self.rule.to_le_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(Self { place: Place::read(from)?, rule: u32::from_le_bytes(read_bytes(from)?) })
    }
}

/// The first ids that can be referred to.
#[derive(Debug, Default)]
struct Ids {
    seen: FxHashSet<u64>,
    /// Each with what stands for it.
    names: Vec<(u64, String)>,
}

impl Ids {
    fn add(&mut self, key: u64, name: String) {
        if self.names.len() < REMEMBERED_IDS && self.seen.insert(key) {
            self.names.push((key, name));
        }
    }
}

/// What rules over all records keep, in order.
pub(super) struct FleetParts {
    pub groups: Sorted<Entry>,
    /// The bounds that parts in groups name by number.
    pub bounds: Vec<Bounds>,
    pub uses: Sorted<Use>,
    pub keys: Sorted<u64>,
    /// The first ids, each with what stands for it.
    pub ids: Vec<(u64, String)>,
}

/// What all records add up to.
#[derive(Debug, Default)]
pub(super) struct Fleet {
    groups: Groups,
    uses: Sorter<Use>,
    keys: Sorter<u64>,
    ids: Ids,
    kinds_seen: Vec<usize>,
    /// Why nothing more is kept.
    failed: Option<SpillError>,
}

impl Fleet {
    pub(super) fn new(engine: &Engine<'_>) -> Self {
        // Groups are what there are most of by far.
        let memory = engine.options.memory;
        Self {
            groups: Groups::new(memory / 4 * 3),
            uses: Sorter::new(memory / 8),
            keys: Sorter::new(memory / 8),
            kinds_seen: vec![0; engine.pack.kinds.iter().count()],
            ..Self::default()
        }
    }

    /// Adds what a file, or a part of it, brings.
    pub(super) fn add(&mut self, file: u32, shared: Shared) {
        for (seen, count) in self.kinds_seen.iter_mut().zip(&shared.records) {
            *seen += count;
        }
        if self.failed.is_none()
            && let Err(error) = self.keep(file, shared)
        {
            self.failed = Some(error.into());
        }
    }

    fn keep(&mut self, file: u32, shared: Shared) -> io::Result<()> {
        for part in &shared.contributions {
            self.groups.add(file, part)?;
        }
        for used in shared.uses {
            let wanting = Wanting { place: Place::new(file, used.start), rule: used.rule };
            self.uses.push(Use { key: used.key, wanting })?;
        }
        for (key, id) in shared.keys {
            self.keys.push(key)?;
            self.ids.add(key, id);
        }
        Ok(())
    }

    /// The numbers by which bounds are named.
    pub(super) fn bounds(&mut self, bounds: impl Iterator<Item = Bounds>) -> Vec<u32> {
        bounds.map(|bounds| self.groups.number(bounds)).collect()
    }

    /// Adds what was kept elsewhere, in order.
    pub(super) fn give(&mut self, groups: Run<Entry>, uses: Run<Use>, keys: Run<u64>, ids: &[(u64, String)]) {
        self.groups.give(groups);
        self.uses.give(uses);
        self.keys.give(keys);
        ids.iter().for_each(|(key, id)| self.ids.add(*key, id.clone()));
    }

    /// What was kept, in order.
    ///
    /// # Errors
    /// It could not be kept, or not be read again.
    pub(super) fn into_parts(self) -> io::Result<FleetParts> {
        if let Some(error) = self.failed {
            return Err(io::Error::other(error));
        }
        let (groups, bounds) = self.groups.into_parts()?;
        let (uses, keys) = (self.uses.sorted()?, self.keys.sorted()?);
        Ok(FleetParts { groups, bounds, uses, keys, ids: self.ids.names })
    }

    /// The findings of one source on its own.
    pub(super) fn of_source(
        engine: &Engine<'_>,
        source: &Arc<SourceFile>,
        format: Format,
        scripts: &dyn Beside,
        shared: Shared,
    ) -> Vec<Finding> {
        let mut places = OneSource { engine, source, format };
        Self::alone(engine, scripts, &mut places, shared)
    }

    /// The findings of one document on its own.
    pub(super) fn of_document(
        engine: &Engine<'_>,
        source: &Arc<SourceFile>,
        document: Node<'_>,
        scripts: &dyn Beside,
        shared: Shared,
    ) -> Vec<Finding> {
        Self::alone(engine, scripts, &mut OneDocument { source, document }, shared)
    }

    fn alone(engine: &Engine<'_>, scripts: &dyn Beside, places: &mut dyn Places, shared: Shared) -> Vec<Finding> {
        let mut fleet = Self { kinds_seen: vec![0; shared.records.len()], ..Self::default() };
        fleet.add(0, shared);
        let mut findings = Vec::new();
        // Nothing of one source goes to disk, so nothing can fail.
        let _ = fleet.tell(engine, scripts, places, &mut |_, finding| findings.push(finding));
        findings
    }

    /// The findings of a run, each with the number of its file. Gives back how many places were not found again.
    ///
    /// # Errors
    /// What was kept could not be written to disk, or not be read again: findings are missing.
    pub(super) fn tell(
        self,
        engine: &Engine<'_>,
        scripts: &dyn Beside,
        places: &mut dyn Places,
        sink: &mut dyn FnMut(usize, Finding),
    ) -> Result<usize, SpillError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let memory = engine.options.memory;
        let mut teller = Teller { engine, scripts, places, tree: Tree::new() };
        let bodies = &engine.rules().rules;
        let group = |rule: u32| match &bodies.get(rule as usize)?.body {
            Body::Group(group) => Some(group),
            _ => None,
        };
        let mut lost = 0;
        // What groups leave of the memory is for their faults.
        for fault in self.groups.faults(&group, memory / 4)? {
            lost += usize::from(!teller.group(&fault?, sink));
        }
        // Where no record of the kind is in the run at all, nothing can be said.
        let is_known = |wanting: &Wanting| match &bodies.get(wanting.rule as usize).map(|rule| &rule.body) {
            Some(Body::Reference { kind, .. }) => self.kinds_seen.get(*kind).is_some_and(|seen| *seen > 0),
            _ => false,
        };
        for wanting in wanting(self.uses, self.keys, &is_known, memory)?.sorted()? {
            lost += usize::from(!teller.reference(wanting?, &self.ids.names, sink));
        }
        Ok(lost)
    }
}

/// Those who refer to records that are not there.
fn wanting(
    uses: Sorter<Use>,
    keys: Sorter<u64>,
    is_known: &dyn Fn(&Wanting) -> bool,
    memory: usize,
) -> io::Result<Sorter<Wanting>> {
    let mut wanting = Sorter::new(memory);
    let mut keys = keys.sorted()?;
    let mut key = keys.next().transpose()?;
    for used in uses.sorted()? {
        let used = used?;
        while key.is_some_and(|key| key < used.key) {
            key = keys.next().transpose()?;
        }
        if key != Some(used.key) && is_known(&used.wanting) {
            wanting.push(used.wanting)?;
        }
    }
    Ok(wanting)
}

struct Teller<'t> {
    engine: &'t Engine<'t>,
    scripts: &'t dyn Beside,
    places: &'t mut dyn Places,
    tree: Tree,
}

impl Teller<'_> {
    /// Tells of a group; says whether its place was found again.
    fn group(&mut self, fault: &Fault, sink: &mut dyn FnMut(usize, Finding)) -> bool {
        let (number, primary) = (fault.rule as usize, fault.primary);
        let omitted = usize::try_from(fault.omitted).unwrap_or(usize::MAX);
        let related: Vec<Label> = fault.others.iter().filter_map(|place| self.label(*place)).collect();
        let args = [
            ("count", Arg::Number(fault.total)),
            ("sum", Arg::Number(fault.total)),
            ("limit", Arg::Number(fault.limit)),
            ("expected", Arg::Number(fault.limit)),
        ];
        let engine = self.engine;
        let mut told = false;
        self.each_record(
            primary,
            &mut |source, context| {
                let Body::Group(group) = &context.rules.rules.get(number)?.body else { return None };
                let part = group.members.iter().find(|part| part.kind == context.record.kind_index)?;
                let own = contribution(context, number, group, part, &mut Keys::default())?;
                if told || own.start != primary.start() {
                    return None;
                }
                told = true;
                let key: Vec<String> =
                    part.by.iter().filter_map(|path| Some(context.field(path)?.text()?.into_owned())).collect();
                let (value, path) = context
                    .place(part.point.as_ref().filter(|point| context.field(point).is_some()).or(part.by.first())?)?;
                let text = value.text().unwrap_or_default().into_owned();
                let mut all = vec![
                    ("found".to_owned(), Arg::Text(text.clone())),
                    ("value".to_owned(), Arg::Text(text)),
                    ("key".to_owned(), Arg::List(key)),
                ];
                all.extend(args.iter().map(|(name, arg)| ((*name).to_owned(), arg.clone())));
                let violation = Violation {
                    target: Target { value, range: None, path },
                    message: 0,
                    args: all,
                    related: Vec::new(),
                    picture: None,
                };
                let mut builder = Builder { engine, source, subject: Subject::Record(context) };
                builder.finding(number, violation, related.clone(), omitted)
            },
            sink,
        );
        told
    }

    /// Shows `f` the records around a place; what it finds there goes to the sink.
    fn each_record(
        &mut self,
        place: Place,
        f: &mut dyn FnMut(&Arc<SourceFile>, &Context<'_, '_>) -> Option<Finding>,
        sink: &mut dyn FnMut(usize, Finding),
    ) {
        let engine = self.engine;
        let reader = Judge::reader(engine, self.scripts);
        self.places.open(place, &mut self.tree, &mut |source, root| {
            reader.read(source, root, &mut |seen| {
                let Seen::Record(record, outer) = seen else { return };
                let as_of = day_of(engine, record, outer);
                let rules = engine.rules_at(as_of);
                let kinds = &engine.pack.kinds;
                let assets = self.scripts;
                let context = Context { rules: &rules, kinds, record, outer, as_of, assets, scans: Scans::default() };
                if let Some(finding) = f(source, &context) {
                    sink(place.file() as usize, finding);
                }
            });
        });
    }

    /// A contributing place as a label: the value that stands there.
    fn label(&mut self, place: Place) -> Option<Label> {
        let source = self.places.source(place)?;
        let start = u32::try_from(place.start().checked_sub(source.base_offset())?).ok()?;
        Some(Label { span: scalar_at(&source, start), source, message: None })
    }

    /// Tells of a reference; says whether its place was found again.
    fn reference(&mut self, wanting: Wanting, ids: &[(u64, String)], sink: &mut dyn FnMut(usize, Finding)) -> bool {
        let mut told = false;
        let engine = self.engine;
        let number = wanting.rule as usize;
        self.each_record(
            wanting.place,
            &mut |source, context| {
                let Body::Reference { at, .. } = &context.rules.rules.get(number)?.body else { return None };
                let (value, path) = context.place(at)?;
                if start_of(source, &value) != wanting.place.start() {
                    return None;
                }
                told = true;
                let text = value.text()?.into_owned();
                let near = nearest(&text, ids.iter().map(|(_, id)| id.as_str())).unwrap_or_default().to_owned();
                let args = vec![
                    ("found".to_owned(), Arg::Text(text.clone())),
                    ("value".to_owned(), Arg::Text(text)),
                    ("expected".to_owned(), Arg::Text(near)),
                ];
                let target = Target { value, range: None, path };
                let violation = Violation { target, message: 0, args, related: Vec::new(), picture: None };
                let mut builder = Builder { engine, source, subject: Subject::Record(context) };
                builder.finding(number, violation, Vec::new(), 0)
            },
            sink,
        );
        told
    }
}

/// The scalar that begins at an offset, as far as can be seen without parsing: to its closing quote or the line's end.
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
