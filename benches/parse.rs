//! How fast documents are read: our trees against the bare parser's events, on generated shops.
//!
//! `cargo bench --bench parse`
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark that fails should stop")]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dianjian_document::source::SourceFile;
use dianjian_document::tree::{Format, Limits, Node, Tree, parse};

/// Shop files of about 25 lines, as one multi-document YAML text.
fn yaml(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        write!(
            text,
            "---\nkind: Shop\nid: yunshan-{n}\nsystem: channels-store   # 2022\nname: 云山旗舰店{n}\nstore_type: flagship\n\
             subject:\n  type: enterprise\n  name: 深圳云山茶业有限公司\n  licence: 91440300MA5F0{n:04}1\n\
             brand: {{name: 云山, grant: owner, valid_until: 2027-03-01}}\ncategories:\n  - id: \"6194\"\n    name: 安全座椅\n\
             main_category: 茶\ndeposit:\n  paid: 5000\n  trial: false\nalliance: {{joined: true}}\nscore: 4.7\ngmv: 350000\n\
             accounts:\n  channels: [云山茶业]\n  official: [云山茶]\ncustomer_service: wecom\n"
        )
        .unwrap();
    }
    text
}

/// Records of about 1 KB, one a line.
fn ndjson(count: usize) -> String {
    let products: Vec<_> = (0..4)
        .map(|n| {
            serde_json::json!({
                "id": 10_000_000_000_u64 + n, "title": "云山 正山小种 红茶 250g 礼盒装", "price": 128.5,
                "head_images": ["https://example.com/images/head-1.png", "https://example.com/images/head-2.png"],
            })
        })
        .collect();
    let mut text = String::new();
    for n in 0..count {
        let record = serde_json::json!({
            "kind": "Shop", "id": format!("yunshan-{n}"), "system": "weixin-store", "name": "云山茶业", "products": products,
            "subject": {"type": "enterprise", "name": "深圳云山茶业有限公司", "licence": "91440300MA5F0XYZ1X"},
            "brand": {"name": "云山", "grant": "owner"}, "score": 4.7, "alliance": {"joined": true}, "main_category": "茶",
        });
        writeln!(text, "{record}").unwrap();
    }
    text
}

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

fn benches(criterion: &mut Criterion) {
    let mut tree = Tree::new();
    let text = yaml(500);
    let mut group = criterion.benchmark_group("yaml");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("events", |bencher| bencher.iter(|| events(&text)));
    group.bench_function("tree", |bencher| bencher.iter(|| read(&text, Format::Yaml, &mut tree)));
    group.finish();

    let text = ndjson(500);
    let array = format!("[{}]", text.trim_end().replace('\n', ","));
    let mut group = criterion.benchmark_group("json");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("ndjson", |bencher| bencher.iter(|| read(&text, Format::NdJson, &mut tree)));
    group.bench_function("json", |bencher| bencher.iter(|| read(&array, Format::Json, &mut tree)));
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
