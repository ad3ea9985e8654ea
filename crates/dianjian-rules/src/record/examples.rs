//! Running the examples of mappings: each document stands in the mapping's own file and is read as any other.

use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_document::source::{Limits, SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Tree};

use super::mapping::Mapping;
use super::mapping_file::MappingExample;
use super::native::{Native, native};
use super::reader::{ReaderEvent, RecordReader};

/// The result of running one example of a mapping.
#[derive(Debug, Clone)]
pub struct MappingExampleReport {
    /// Where the example stands in the mapping's file.
    pub span: Span,
    /// `None`: it holds.
    pub wrong: Option<Text>,
}

/// The results of a mapping's examples, in their order.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in `Mapping`")]
pub struct MappingReport {
    pub id: String,
    pub source: Arc<SourceFile>,
    pub examples: Vec<MappingExampleReport>,
}

/// What the reader made of an example's document.
#[derive(Debug, Default)]
struct ReadExample {
    records: Vec<Native>,
    refused: Option<Text>,
    idle: bool,
}

/// Runs the examples of one mapping. The reader has all mappings, so that it shows whether another one is asked first.
pub fn run_mapping(reader: &RecordReader<'_>, mapping: &Mapping) -> MappingReport {
    let (source, examples) = mapping.examples();
    let mut reports = Vec::new();
    let mut tree = Tree::new();
    // The file was read before, so it has no mistakes.
    tree::parse(source, Format::Yaml, &Limits::default(), &mut tree, &mut |root| {
        let nodes = root.get("examples").into_iter().flat_map(Node::items);
        for (node, example) in nodes.zip(examples) {
            let document = node.get("document").unwrap_or(node);
            let wrong = wrong(reader, mapping, source, document, &example.value);
            reports.push(MappingExampleReport { span: example.span, wrong });
        }
    });
    MappingReport { id: mapping.id.clone(), source: Arc::clone(source), examples: reports }
}

fn wrong(
    reader: &RecordReader<'_>,
    mapping: &Mapping,
    source: &SourceFile,
    document: Node<'_>,
    example: &MappingExample,
) -> Option<Text> {
    let said = [example.records.is_some(), example.refused.is_some(), example.idle, example.other];
    if said.iter().filter(|said| **said).count() != 1 {
        return text(
            "例子要写明 records、refused、idle、other 之一",
            "an example says one of records, refused, idle, other",
        );
    }
    if example.other {
        return text("这份文档被认出来了", "the document is recognised").filter(|_| mapping.matches(document));
    }
    let read = read(reader, source, document);
    if example.idle {
        let is_idle = read.idle && read.records.is_empty();
        return text("这份文档不是没有可检查的内容", "the document is not idle").filter(|_| !is_idle);
    }
    if let Some(part) = &example.refused {
        let is_refused = read.refused.is_some_and(|text| text.zh.contains(part) || text.en.contains(part));
        return text("这份文档没有这样被拒绝", "the document is not refused so").filter(|_| !is_refused);
    }
    differs(&read.records, example.records.as_deref().unwrap_or_default())
}

fn read(reader: &RecordReader<'_>, source: &SourceFile, document: Node<'_>) -> ReadExample {
    let mut read = ReadExample::default();
    reader.read(source, document, &mut |seen| match seen {
        ReaderEvent::Record(record, None) => {
            read.records.push(native(reader.kinds, record.kind_index, &record.value, &str::to_owned))
        }
        ReaderEvent::Refused(_, text) => read.refused = Some(text),
        ReaderEvent::NothingToCheck => read.idle = true,
        ReaderEvent::Record(_, Some(_))
        | ReaderEvent::Totals
        | ReaderEvent::SideFile(_)
        | ReaderEvent::Issue(_)
        | ReaderEvent::NearMiss(..)
        | ReaderEvent::Unrecognised(_) => {}
    });
    read
}

fn differs(records: &[Native], expected: &[serde_json::Value]) -> Option<Text> {
    if records.len() != expected.len() {
        let (found, wanted) = (records.len(), expected.len());
        return text(
            &format!("得到 {found} 条记录，应为 {wanted} 条"),
            &format!("{found} records come out, not {wanted}"),
        );
    }
    let (record, _) = records.iter().zip(expected).find(|(record, expected)| !record.is_same(expected))?;
    let mut found = String::new();
    record.write_yaml(0, &mut found);
    text(&format!("得到的记录是：\n{found}"), &format!("what comes out is:\n{found}"))
}

fn text(zh: &str, en: &str) -> Option<Text> {
    Some(Text::new(zh, en))
}
