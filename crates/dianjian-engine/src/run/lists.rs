//! JSON files that are read piece by piece: one record a line, or a long list of records.

use std::io::{Read, Seek as _, SeekFrom};
use std::ops::Range;

use dianjian_document::source::{
    Input, InputSource, ListLayout, ListPiece, ListSample, OpenedList, SourceError, SourceFile, find_list,
    is_line_delimited,
};
use dianjian_document::tree::{self, Format, Node, NodeKind, Tree};
use dianjian_rules::record::{ReaderEvent, RecordReader};

use crate::Engine;
use crate::check_record::RecordChecker;
use crate::side_files::DiskSideFiles;

/// Bytes by which it is known that a file has one record a line.
const LOOKED_AT: u64 = 1 << 20;

/// How an input that may be JSON is read.
pub(crate) enum JsonForm {
    /// Whole, or it is no JSON.
    Whole,
    Lines,
    List(ListLayout),
}

/// How to read an input that is not a table. Named line-delimited files are read by lines, whatever their size.
pub(super) fn json_form(input: &Input, engine: &Engine<'_>) -> JsonForm {
    let is_stdin = input.source == InputSource::Stdin;
    // Comments are no part of what is looked for in long lists.
    if input.material.is_some() || tree::is_relaxed_json(&input.name) {
        return JsonForm::Whole;
    }
    match input.format {
        Some(Format::NdJson) => return JsonForm::Lines,
        Some(Format::Json) | None => {}
        Some(_) => return JsonForm::Whole,
    }
    if !is_stdin && !is_long(input, engine) {
        return JsonForm::Whole;
    }
    let Ok(head) = head(input, engine) else { return JsonForm::Whole };
    let text = String::from_utf8_lossy(&head);
    if is_line_delimited(&text) {
        return JsonForm::Lines;
    }
    let is_json = input.format.is_some() || Format::sniff(&text) == Format::Json;
    if !is_json || is_stdin && !is_long(input, engine) {
        return JsonForm::Whole;
    }
    match open(input, engine).map(|mut from| layout(input, &mut from, engine)) {
        Ok(Ok(ListLayout::Whole)) | Err(_) => JsonForm::Whole,
        Ok(Ok(layout)) => JsonForm::List(layout),
        // Reading it whole says more precisely what is wrong, unless it is too long for that.
        Ok(Err(_)) => JsonForm::Whole,
    }
}

fn is_long(input: &Input, engine: &Engine<'_>) -> bool {
    let limit = engine.tuning.whole_bytes;
    match &input.source {
        InputSource::Stdin => engine.stdin.is_longer_than(limit).unwrap_or(false),
        InputSource::Path(path) => {
            let files = &engine.environment.files;
            let is_long = |size: u64| size > limit;
            match files.text(path) {
                Some(text) => is_long(text.len() as u64),
                None => std::fs::metadata(path).is_ok_and(|file| file.is_file() && is_long(file.len())),
            }
        }
    }
}

fn head(input: &Input, engine: &Engine<'_>) -> std::io::Result<Vec<u8>> {
    match &input.source {
        InputSource::Stdin => engine.stdin.head(LOOKED_AT.min(engine.tuning.chunk_bytes as u64)),
        InputSource::Path(path) => {
            let mut bytes = Vec::new();
            engine.environment.files.open(path)?.take(LOOKED_AT).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

/// Opens an input that is a file of text or standard input.
fn open(input: &Input, engine: &Engine<'_>) -> std::io::Result<Box<dyn Read>> {
    Ok(match &input.source {
        InputSource::Stdin => Box::new(engine.stdin.reader()),
        InputSource::Path(path) => Box::new(engine.environment.files.open(path)?),
    })
}

/// Reads a part of an input again.
pub(crate) fn read_again(input: &Input, range: Range<u64>, engine: &Engine<'_>) -> std::io::Result<Vec<u8>> {
    match &input.source {
        InputSource::Stdin => engine.stdin.again(range),
        InputSource::Path(path) => {
            let mut file = engine.environment.files.open(path)?;
            file.seek(SeekFrom::Start(range.start))?;
            let mut bytes = Vec::new();
            file.take(range.end - range.start).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

/// Reads a piece of a list.
pub(crate) fn read_piece(input: &Input, piece: &ListPiece, engine: &Engine<'_>) -> Result<SourceFile, SourceError> {
    piece.read((&input.name, input.path()), |range| read_again(input, range, engine))
}

fn layout(input: &Input, from: &mut dyn Read, engine: &Engine<'_>) -> Result<ListLayout, SourceError> {
    let (limits, piece_bytes) = (&engine.policy.limits, engine.tuning.chunk_bytes);
    let list = OpenedList { name: &input.name, path: input.path(), piece_bytes, limits };
    let side_files = DiskSideFiles::of(engine);
    let reader = RecordChecker::reader(engine, &side_files);
    find_list(list, from, &|sample| is_free(sample, &reader, engine))
}

/// Whether a document means the same to rules as the items of its list do by themselves.
fn is_free(sample: &ListSample, reader: &RecordReader<'_>, engine: &Engine<'_>) -> bool {
    let (mut whole, mut items) = (Vec::new(), Vec::new());
    tree::parse(&sample.source, Format::Json, &engine.policy.limits, &mut Tree::new(), &mut |root| {
        reader.read(&sample.source, root, &mut |seen| whole.push(event(&seen)));
        let Some(list) = list_at(root, sample.list) else { return };
        // A list would stand for its items once more.
        if list.items().all(|item| item.kind() == NodeKind::Mapping) {
            reader.read(&sample.source, list, &mut |seen| items.push(event(&seen)));
        }
    });
    !whole.is_empty() && whole == items
}

/// The list that begins at an offset.
fn list_at(node: Node<'_>, start: u32) -> Option<Node<'_>> {
    if node.kind() == NodeKind::Sequence && node.span().start == start {
        return Some(node);
    }
    let around = node.children().find(|child| child.span().start <= start && start < child.span().end)?;
    list_at(around, start)
}

/// What tells an event of one reading from others: what it is, and of which place.
fn event(seen: &ReaderEvent<'_, '_>) -> (u8, u32) {
    match seen {
        ReaderEvent::Record(record, _) => (0, record.node.span().start),
        ReaderEvent::Refused(node, _) => (1, node.span().start),
        ReaderEvent::NothingToCheck => (2, 0),
        ReaderEvent::Totals => (3, 0),
        ReaderEvent::SideFile(record) => (4, record.node.span().start),
        ReaderEvent::Issue(issue) => (5, issue.node.span().start),
        ReaderEvent::NearMiss(node, _) => (6, node.span().start),
        ReaderEvent::Unrecognised(node) => (7, node.span().start),
    }
}
