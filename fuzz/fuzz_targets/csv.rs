//! CSV: the parts are the text, however it is cut; where no field is faulty, records are those of the csv crate; and
//! every place of every row lies in its text.
//!
//! `cargo +nightly fuzz run csv`
#![no_main]

use std::io::Cursor;
use std::sync::Arc;

use dianjian_document::source::{CsvFields, SourceFile, TableChunks, TableColumn, TableHeader};
use dianjian_document::tree::{Format, Limits, Node, Tree, parse};
use libfuzzer_sys::fuzz_target;

fn header(rows: &[Vec<String>]) -> TableHeader {
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let column = |number: usize| {
        let name: Arc<str> = format!("c{number}").into();
        TableColumn { heading: Arc::clone(&name), key: Some(name), is_list: number % 2 == 1, ..TableColumn::default() }
    };
    TableHeader { columns: (0..widest).map(column).collect(), mapping: Some(0), ..TableHeader::default() }
}

fn walk(node: Node<'_>) {
    let text = node.source().text();
    assert!(text.get(node.span().range()).is_some());
    for (at, character) in node.scalar().unwrap_or_default().char_indices().take(64) {
        let span = node.source_span(at..at + character.len_utf8());
        assert!(text.get(span.range()).is_some());
    }
    node.items().for_each(walk);
    node.entries().for_each(|(_, value)| walk(value));
}

fn records(parts: &[SourceFile]) -> (Vec<Vec<String>>, bool) {
    let mut faulty = false;
    let mut all = Vec::new();
    for part in parts {
        for start in part.record_starts() {
            let fields: Vec<_> = CsvFields::of(part.text(), *start, b',').collect();
            faulty |= fields.iter().any(|field| field.fault.is_some());
            all.push(fields.iter().map(|field| field.text(part.text()).into_owned()).collect());
        }
    }
    (all, faulty)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk, bytes) = input;
    let read = |chunk: usize| -> Vec<SourceFile> {
        TableChunks::from_stream("fuzz.csv", Cursor::new(bytes.to_vec()), &header)
            .with_delimiter(Some(b','))
            .with_limits(chunk, &Limits::default())
            .filter_map(Result::ok)
            .collect()
    };
    let whole = read(1 << 30);
    let (expected, faulty) = records(&whole);
    let parts = read(usize::from(chunk) + 1);
    assert_eq!(records(&parts).0, expected);
    let text: String = whole.iter().map(SourceFile::text).collect();
    assert_eq!(parts.iter().map(SourceFile::text).collect::<String>(), text);
    if !faulty && !text.starts_with('\u{feff}') {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let known: Vec<Vec<String>> =
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(expected, known);
    }
    let mut tree = Tree::new();
    for part in &parts {
        parse(part, Format::Csv, &Limits::default(), &mut tree, &mut |root| walk(root));
    }
});
