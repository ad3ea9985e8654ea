//! Going over the files of a fleet piece by piece, on several threads and in order.

use std::ops::Range;
use std::sync::Arc;

use dianjian_base::in_order as pipeline;
use dianjian_document::source::{Limits, SourceFile};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_rules::record::{KindIndex, Mapping, ReaderEvent, Record, RecordReader};

use super::PlanningContext;
use super::files::FleetFile;

/// A piece of a file: all of it, or whole lines.
#[derive(Debug, Clone)]
pub(crate) struct FleetChunk {
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

/// What is done with a shop: its source, its record, and the mapping that reads it.
pub(crate) type ShopVisitor<'f> = dyn FnMut(&Arc<SourceFile>, &Record<'_>, Option<&Mapping>) + 'f;

impl PlanningContext<'_> {
    /// A reader that sees records as a check does.
    pub(crate) fn reader(&self) -> RecordReader<'_> {
        let pack = self.rules.pack;
        let (contexts, familiar) = (Some(&self.homes), Some(&*pack.familiar));
        RecordReader { contexts, familiar, ..RecordReader::new(&pack.kinds, &pack.mappings) }
    }

    /// Calls `f` with every shop of a chunk, in its order, and with the mapping that reads it.
    pub(crate) fn each_shop(&self, chunk: &FleetChunk, tree: &mut Tree, f: &mut ShopVisitor<'_>) {
        let Some((source, format)) = chunk.source(self.files) else { return };
        let reader = self.reader();
        tree::parse(&source, format, &Limits::default(), tree, &mut |root| {
            reader.documents(root, &mut |document| {
                let mapping = reader.mapping(document);
                reader.read(&source, document, &mut |seen| {
                    if let ReaderEvent::Record(record, outer) = seen
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
    let mut at = 0;
    pipeline::in_order(
        pipeline::threads_or_cores(threads).min(items.len()),
        |send| {
            let _ = (0..items.len()).all(send);
        },
        &|| {
            let mut tree = Tree::new();
            move |at: usize| work(&mut tree, &items[at])
        },
        &mut pipeline::ForEach(|result| {
            sink(at, result);
            at += 1;
        }),
    );
}
