//! Merging: what all shares left becomes what one run would have said.

use std::io;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Parts;
use super::blocks::{Block, Items, Kind, Reader, unpack};
use super::unit::{SavedTexts, SavedUnit};
use crate::fleet::{Fleet, Use};
use crate::flow::{Follow, in_order};
use crate::groups::{Entry, Place};
use crate::places::{Places, alone};
use crate::run::{Collector, Done, Totals};
use crate::scripts::FromDisk;
use crate::{Engine, Render};
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{self, Format, Node, Tree};

/// A unit as it stands in a partial.
struct Packed {
    part: usize,
    block: Block,
    bytes: io::Result<Vec<u8>>,
}

impl Engine<'_> {
    /// Does as [`Engine::follow`] with what the shares of a run left instead of its inputs. `progress` is told the
    /// bytes of the partials.
    pub fn merge<R: Render>(
        &self,
        parts: &Parts,
        render: &R,
        progress: &(dyn Fn(u64) + Sync),
        follower: &mut dyn Follow<R::Out>,
    ) -> Totals {
        let mut collector = Collector::new(self, parts.inputs(), follower);
        parts.readers.iter().for_each(|reader| collector.fleet.take(reader));
        let before = lines_before(parts);
        in_order(
            self.options.threads(),
            |send| {
                for (part, reader) in parts.readers.iter().enumerate() {
                    let packed = |block: &Block| Packed { part, block: *block, bytes: reader.packed(block) };
                    if !reader.blocks(Kind::Unit).all(|block| send(packed(block))) {
                        return;
                    }
                }
            },
            &|| {
                |packed: Packed| {
                    progress(packed.block.bytes);
                    let before = |file: usize| before.get(&(packed.part, file)).copied().unwrap_or_default();
                    let done = load(&packed).and_then(|unit| unit.load(self, render, &before));
                    // The checksums are right, so this is no accident.
                    let damaged = || Problem::in_file("", &parts.readers[packed.part].damaged());
                    done.unwrap_or_else(|| Done { out: vec![render.problem(damaged())], ..Done::default() })
                }
            },
            &mut collector,
        );
        let mut places = Texts::new(self, parts, &before);
        collector.finish(render, &mut places, &FromDisk::of(self))
    }
}

fn load(packed: &Packed) -> Option<SavedUnit> {
    let bytes = packed.bytes.as_ref().ok()?;
    serde_json::from_slice(&unpack(bytes, &packed.block).ok()?).ok()
}

/// By partial and input: lines of the input in the partials before.
type LinesBefore = FxHashMap<(usize, usize), u64>;

fn lines_before(parts: &Parts) -> LinesBefore {
    let mut before = LinesBefore::default();
    let mut so_far: FxHashMap<usize, u64> = FxHashMap::default();
    for (part, reader) in parts.readers.iter().enumerate() {
        for (file, lines) in &reader.end.lines {
            let known = so_far.entry(*file as usize).or_default();
            before.insert((part, *file as usize), *known);
            *known = known.saturating_add(*lines);
        }
    }
    before
}

impl Fleet {
    /// Adds what rules over all records kept in a share.
    fn take(&mut self, reader: &Arc<Reader>) {
        let bound = |bound: &Option<super::blocks::Bound>| bound.map(|bound| bound.0);
        let bounds = reader.end.bounds.iter().map(|(min, max)| (bound(min), bound(max)));
        let numbers = self.bounds(bounds);
        let renumbered = move |entry: io::Result<Entry>| entry.and_then(|entry| entry.renumbered(&numbers));
        self.give(
            Box::new(Items::<Entry>::new(reader, Kind::Groups).map(renumbered)),
            Box::new(Items::<Use>::new(reader, Kind::Uses)),
            Box::new(Items::<u64>::new(reader, Kind::Keys)),
            &reader.end.ids,
        );
    }
}

/// A text with its input, and whether it is part of a file that is read in parts.
type Placed = (u32, bool, Arc<SourceFile>);

/// The texts that partials carry.
struct Texts<'t> {
    engine: &'t Engine<'t>,
    parts: &'t Parts,
    before: &'t LinesBefore,
    /// Where the texts of each block begin, in order.
    blocks: Vec<(Place, usize, Block)>,
    /// The texts read last: the block's number, and its sources.
    last: Option<(usize, Vec<Placed>)>,
}

impl<'t> Texts<'t> {
    fn new(engine: &'t Engine<'t>, parts: &'t Parts, before: &'t LinesBefore) -> Self {
        let mut blocks = Vec::new();
        for (part, reader) in parts.readers.iter().enumerate() {
            let texts = reader.blocks(Kind::Texts);
            blocks.extend(texts.filter_map(|block| {
                let (file, start) = block.from?;
                Some((Place::new(file, start), part, *block))
            }));
        }
        blocks.sort_by_key(|(place, ..)| *place);
        Self { engine, parts, before, blocks, last: None }
    }

    /// The text around a place, and whether it is part of a file that is read in parts.
    fn text(&mut self, place: Place) -> Option<(bool, Arc<SourceFile>)> {
        let at = self.blocks.partition_point(|(from, ..)| *from <= place).checked_sub(1)?;
        if self.last.as_ref().is_none_or(|(known, _)| *known != at) {
            let (_, part, block) = self.blocks.get(at)?;
            self.last = Some((at, self.load(*part, block)?));
        }
        let (_, texts) = self.last.as_ref()?;
        let holds = |source: &SourceFile| {
            let bytes = source.text().len() as u64;
            (source.base_offset()..=source.base_offset() + bytes).contains(&place.start())
        };
        let text = texts.iter().rev().find(|(file, _, source)| *file == place.file() && holds(source))?;
        Some((text.1, Arc::clone(&text.2)))
    }

    fn load(&self, part: usize, block: &Block) -> Option<Vec<Placed>> {
        let texts: SavedTexts = serde_json::from_slice(&self.parts.readers.get(part)?.read(block).ok()?).ok()?;
        let load = |text: super::unit::SavedText| {
            let before = self.before.get(&(part, text.file)).copied().unwrap_or_default();
            let path = self.parts.inputs().get(text.file)?.path()?;
            let source = Arc::new(text.source.load(before).with_path(path));
            Some((u32::try_from(text.file).ok()?, text.is_part, source))
        };
        texts.texts.into_iter().map(load).collect()
    }
}

impl Places for Texts<'_> {
    fn open(&mut self, place: Place, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        let Some(source) = self.source(place) else { return };
        let named = self.parts.inputs().get(place.file() as usize).and_then(|input| input.format);
        let format = if source.table().is_some() { Format::Csv } else { Format::resolve(named, source.text()) };
        tree::parse(&source, format, &self.engine.options.limits, tree, &mut |root| f(&source, root));
    }

    fn source(&mut self, place: Place) -> Option<Arc<SourceFile>> {
        let input = self.parts.inputs().get(place.file() as usize)?;
        match self.text(place)? {
            (true, source) => alone(input, &source, place.start()).map(Arc::new),
            (false, source) => Some(source),
        }
    }

    fn file(&mut self, file: u32) -> Option<Arc<SourceFile>> {
        self.text(Place::new(file, 0)).map(|(_, source)| source)
    }
}
