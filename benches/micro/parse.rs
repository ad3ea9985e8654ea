//! How fast documents are read: our trees against the bare parser's events, on generated shops.
use std::hint::black_box;

use corpus::Fleet;
use criterion::{Criterion, Throughput};
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Format, Limits, Node, Tree, parse};

fn read(text: &str, format: Format, tree: &mut Tree) -> usize {
    let source = SourceFile::new("bench", text);
    let mut nodes = 0;
    let problems = parse(&source, format, &Limits::default(), tree, &mut |root: Node<'_>| {
        nodes += black_box(root).tree().node_count();
    });
    assert!(problems.is_empty());
    nodes
}

fn events(text: &str) -> usize {
    let options = granit_parser::options! { strict_indentation: true };
    let mut parser = granit_parser::Parser::new_from_str_with_options(text, options);
    let mut count = 0;
    while let Some(event) = parser.next_event() {
        black_box(event.unwrap());
        count += 1;
    }
    count
}

pub fn parsing(criterion: &mut Criterion) {
    let mut tree = Tree::new();
    let fleet = Fleet::shops(1);
    let text: String = (0..500).map(|number| format!("---\n{}", fleet.yaml(number))).collect();
    let mut group = criterion.benchmark_group("yaml");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("events", |bencher| bencher.iter(|| events(&text)));
    group.bench_function("tree", |bencher| bencher.iter(|| read(&text, Format::Yaml, &mut tree)));
    group.finish();

    let mut text = String::new();
    (0..500).for_each(|number| fleet.json_line(number, &mut text));
    let array = format!("[{}]", text.trim_end().replace('\n', ","));
    let mut group = criterion.benchmark_group("json");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("ndjson", |bencher| bencher.iter(|| read(&text, Format::NdJson, &mut tree)));
    group.bench_function("json", |bencher| bencher.iter(|| read(&array, Format::Json, &mut tree)));
    group.finish();
}
