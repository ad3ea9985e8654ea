//! Going over the files of a fleet piece by piece, on several threads and in order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::bounded;
use dianjian_document::source::{Limits, SourceFile};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_rules::record::{KindIndex, Mapping, Reader, Record, Seen};

use super::PlanningContext;
use super::files::FleetFile;

/// A piece of a file: all of it, or whole lines.
#[derive(Debug, Clone)]
pub(crate) struct FleetChunk {
    /// The file's number.
    pub(crate) file: usize,
    pub(crate) bytes: Range<usize>,
    /// How many lines come before it.
    line: u64,
}

/// Bytes of a line-delimited file that are read at a time.
const CHUNK_BYTES: usize = 1 << 20;

pub(crate) fn chunks(files: &[FleetFile]) -> Vec<FleetChunk> {
    let mut chunks = Vec::new();
    for (file, of) in files.iter().enumerate() {
        let text = of.source.text();
        if of.format != Format::NdJson {
            chunks.push(FleetChunk { file, bytes: 0..text.len(), line: 0 });
            continue;
        }
        let (mut start, mut line) = (0, 0);
        while start < text.len() {
            let near = (start + CHUNK_BYTES).min(text.len());
            let end = memchr::memchr(b'\n', &text.as_bytes()[near..]).map_or(text.len(), |at| near + at + 1);
            chunks.push(FleetChunk { file, bytes: start..end, line });
            line += memchr::memchr_iter(b'\n', &text.as_bytes()[start..end]).count() as u64;
            start = end;
        }
    }
    chunks
}

impl FleetChunk {
    /// Its text, with its place in the file.
    pub(crate) fn source(&self, files: &[FleetFile]) -> Option<(Arc<SourceFile>, Format)> {
        let file = files.get(self.file)?;
        let text = file.source.text();
        if self.bytes.len() == text.len() {
            return Some((Arc::clone(&file.source), file.format));
        }
        let piece = text.get(self.bytes.clone())?;
        let source = SourceFile::chunk(file.source.name(), piece, self.bytes.start as u64, self.line);
        let source = match file.source.path() {
            Some(path) => source.with_path(path),
            None => source,
        };
        Some((Arc::new(source), file.format))
    }
}

impl PlanningContext<'_> {
    /// A reader that sees records as a check does.
    pub(crate) fn reader(&self) -> Reader<'_> {
        let pack = self.rules.pack;
        Reader { homes: Some(&self.homes), ..Reader::new(&pack.kinds, &pack.mappings) }
    }

    /// Calls `f` with every shop of a chunk, in its order, and with the mapping that reads it.
    pub(crate) fn each_shop(
        &self,
        chunk: &FleetChunk,
        tree: &mut Tree,
        f: &mut dyn FnMut(&Arc<SourceFile>, &Record<'_>, Option<&Mapping>),
    ) {
        let Some((source, format)) = chunk.source(self.files) else { return };
        let reader = self.reader();
        tree::parse(&source, format, &Limits::default(), tree, &mut |root| {
            reader.documents(root, &mut |document| {
                let mapping = reader.mapping(document);
                reader.read(&source, document, &mut |seen| {
                    if let Seen::Record(record, outer) = seen
                        && is_shop(record, outer.is_some(), self.migrations.shop_kind)
                    {
                        f(&source, record, mapping);
                    }
                });
            });
        });
    }
}

/// Whether a record is a shop that can be planned for: complete, and no part of another record.
pub(crate) fn is_shop(record: &Record<'_>, is_nested: bool, shop_kind: KindIndex) -> bool {
    !is_nested && record.kind_index == shop_kind && !record.partial
}

/// Works on items on several threads and passes the results on in the items' order.
pub(crate) fn in_order<I: Sync, T: Send>(
    items: &[I],
    threads: usize,
    work: &(dyn Fn(&mut Tree, &I) -> T + Sync),
    sink: &mut dyn FnMut(usize, T),
) {
    let threads = match threads {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    };
    let next = &AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (done_in, done_out) = bounded::<(usize, T)>(threads * 2);
        for _ in 0..threads.min(items.len()) {
            let done = done_in.clone();
            scope.spawn(move || {
                let mut tree = Tree::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    if done.send((at, work(&mut tree, item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done_in);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (at, result) in done_out {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&expected) {
                sink(expected, result);
                expected += 1;
            }
        }
    });
}
