//! Merging: what all shards left becomes the output of one run.

use std::io;
use std::sync::Arc;

use dianjian_base::in_order::{Consumer, in_order};
use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{self, Node, Tree};
use rustc_hash::FxHashMap;

use super::PartialSet;
use super::blocks::{Block, BlockKind, PartialReader, block_items, unpack};
use super::unit::{SavedText, SavedTexts, SavedUnit};
use crate::cross_record::CrossRecordState;
use crate::cross_record::groups::{MemberRow, PackedPlace};
use crate::cross_record::join::PendingItem;
use crate::cross_record::reread::{PlaceBlock, PlaceLookup, format_of, line_or_row};
use crate::run::{RunCollector, RunTotals, UnitResult};
use crate::side_files::DiskSideFiles;
use crate::{Engine, Render};

/// A unit's block, still packed: workers unpack it.
struct StoredUnit {
    partial: usize,
    block: Block,
    bytes: io::Result<Vec<u8>>,
}

impl Engine<'_> {
    /// Like [`Engine::run_with`], with the partials of a run instead of its inputs. `progress` is called with bytes of
    /// partials.
    pub fn merge<R: Render>(
        &self,
        partials: &PartialSet,
        render: &R,
        progress: &(dyn Fn(u64) + Sync),
        consumer: &mut dyn Consumer<R::Out>,
    ) -> RunTotals {
        let problem = |problem| render.problem(problem);
        let finding = |finding| render.finding(finding);
        let mut collector = RunCollector::new(self, partials.inputs(), (&problem, &finding), consumer);
        partials.readers.iter().for_each(|reader| collector.cross_record.load(reader));
        let before = lines_before(partials);
        in_order(
            self.tuning.threads(),
            |send| {
                for (partial, reader) in partials.readers.iter().enumerate() {
                    let packed = |block: &Block| StoredUnit { partial, block: *block, bytes: reader.packed(block) };
                    if !reader.blocks(BlockKind::Unit).all(|block| send(packed(block))) {
                        return;
                    }
                }
            },
            &|| {
                |packed: StoredUnit| {
                    progress(packed.block.bytes);
                    let before = |file: usize| before.get(&(packed.partial, file)).copied().unwrap_or_default();
                    let done = load(&packed).and_then(|unit| unit.load(self, render, &before));
                    // All checksums are right, so the file was not damaged by accident: it is still no valid partial.
                    let damaged = || Problem::in_file("", &partials.readers[packed.partial].damaged());
                    done.unwrap_or_else(|| UnitResult { out: vec![render.problem(damaged())], ..UnitResult::default() })
                }
            },
            &mut collector,
        );
        let mut places = PartialTexts::new(self, partials, &before);
        collector.finish(render, &mut places, &DiskSideFiles::of(self))
    }
}

fn load(packed: &StoredUnit) -> Option<SavedUnit> {
    let bytes = packed.bytes.as_ref().ok()?;
    serde_json::from_slice(&unpack(bytes, &packed.block).ok()?).ok()
}

/// By partial and input: the lines of the input in earlier partials.
type LinesBefore = FxHashMap<(usize, usize), u64>;

fn lines_before(partials: &PartialSet) -> LinesBefore {
    let mut before = LinesBefore::default();
    let mut so_far: FxHashMap<usize, u64> = FxHashMap::default();
    for (partial, reader) in partials.readers.iter().enumerate() {
        for (file, lines) in &reader.index.lines {
            let known = so_far.entry(*file as usize).or_default();
            before.insert((partial, *file as usize), *known);
            *known = known.saturating_add(*lines);
        }
    }
    before
}

impl CrossRecordState {
    /// Adds what a shard kept.
    fn load(&mut self, reader: &Arc<PartialReader>) {
        let numbers: Arc<[u32]> = self.bounds(reader.index.bounds.iter().copied()).into();
        let of_pending = Arc::clone(&numbers);
        self.add_covered(&reader.index.covered);
        let renumbered = move |entry: io::Result<MemberRow>| entry.and_then(|entry| entry.renumbered(&numbers));
        let pending = move |item: io::Result<PendingItem>| item.and_then(|item| item.renumbered(&of_pending));
        self.add_runs(
            Box::new(block_items(reader, BlockKind::Groups).map(renumbered)),
            (
                block_items(reader, BlockKind::Requests),
                block_items(reader, BlockKind::Targets),
                Box::new(block_items(reader, BlockKind::Pending).map(pending)),
            ),
            &reader.index.ids,
        );
    }
}

/// A text with its input, and whether it is part of a file that is read in partials.
type LoadedText = (u32, bool, Arc<SourceFile>);

/// The texts that partials carry, to read places again.
struct PartialTexts<'t> {
    engine: &'t Engine<'t>,
    partials: &'t PartialSet,
    before: &'t LinesBefore,
    /// Where the texts of each block begin, its partial, and the block; sorted.
    blocks: Vec<(PackedPlace, usize, Block)>,
    /// The block read last, by index, and its texts.
    last: Option<(usize, Vec<LoadedText>)>,
}

impl<'t> PartialTexts<'t> {
    fn new(engine: &'t Engine<'t>, partials: &'t PartialSet, before: &'t LinesBefore) -> Self {
        let mut blocks = Vec::new();
        for (partial, reader) in partials.readers.iter().enumerate() {
            let texts = reader.blocks(BlockKind::Texts);
            blocks.extend(texts.filter_map(|block| {
                let (file, start) = block.from?;
                Some((PackedPlace::new(file, start), partial, *block))
            }));
        }
        blocks.sort_by_key(|(place, ..)| *place);
        Self { engine, partials, before, blocks, last: None }
    }

    /// The text around a place, and whether it is part of a file that is read in partials.
    fn text(&mut self, place: PackedPlace) -> Option<(bool, Arc<SourceFile>)> {
        let at = self.blocks.partition_point(|(from, ..)| *from <= place).checked_sub(1)?;
        if self.last.as_ref().is_none_or(|(known, _)| *known != at) {
            let (_, partial, block) = self.blocks.get(at)?;
            self.last = Some((at, self.load(*partial, block)?));
        }
        let (_, texts) = self.last.as_ref()?;
        let holds = |source: &SourceFile| {
            let own = source.own_bytes();
            (own.start..=own.end).contains(&place.start())
        };
        let text = texts.iter().rev().find(|(file, _, source)| *file == place.file() && holds(source))?;
        Some((text.1, Arc::clone(&text.2)))
    }

    fn load(&self, partial: usize, block: &Block) -> Option<Vec<LoadedText>> {
        let texts: SavedTexts = serde_json::from_slice(&self.partials.readers.get(partial)?.read(block).ok()?).ok()?;
        let load = |text: SavedText| {
            let before = self.before.get(&(partial, text.file)).copied().unwrap_or_default();
            let path = self.partials.inputs().get(text.file)?.path()?;
            let source = Arc::new(text.source.load(before).with_path(path));
            Some((u32::try_from(text.file).ok()?, text.is_chunk, source))
        };
        texts.texts.into_iter().map(load).collect()
    }
}

impl PlaceLookup for PartialTexts<'_> {
    fn open(&mut self, place: PackedPlace, tree: &mut Tree, f: &mut dyn FnMut(&Arc<SourceFile>, Node<'_>)) {
        let Some(source) = self.source(place) else { return };
        let is_chunk = self.text(place).is_some_and(|(is_chunk, _)| is_chunk);
        let format = format_of(self.partials.inputs().get(place.file() as usize), is_chunk, &source);
        tree::parse(&source, format, &self.engine.policy.limits, tree, &mut |root| f(&source, root));
    }

    fn source(&mut self, place: PackedPlace) -> Option<Arc<SourceFile>> {
        match self.text(place)? {
            (true, source) => line_or_row(&source, place.start()).map(Arc::new),
            (false, source) => Some(source),
        }
    }

    fn file(&mut self, file: u32) -> Option<Arc<SourceFile>> {
        self.text(PackedPlace::new(file, 0)).map(|(_, source)| source)
    }

    fn block(&mut self, place: PackedPlace) -> Option<PlaceBlock> {
        let (is_chunk, source) = self.text(place)?;
        let format = format_of(self.partials.inputs().get(place.file() as usize), is_chunk, &source);
        Some(PlaceBlock { source, format, is_chunk })
    }
}
