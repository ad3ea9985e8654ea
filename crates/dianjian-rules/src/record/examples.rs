//! Running the examples of mappings: each document stands in the mapping's own file and is read as any other.

use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_document::source::{Limits, SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Tree};

use super::mapping::Mapping;
use super::mapping_file::MappingExample;
use super::native::{Native, native};
use super::reader::{ReaderEvent, RecordReader};

/// An example, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct MappingExampleReport {
    /// Where it stands in the mapping's file.
    pub span: Span,
    /// Absent: it holds.
    pub wrong: Option<Text>,
}

/// One mapping and its examples.
#[derive(Debug, Clone)]
pub struct MappingReport {
    /// Its id.
    pub id: String,
    /// Its file.
    pub source: Arc<SourceFile>,
    /// Its examples, in order.
    pub examples: Vec<MappingExampleReport>,
}

/// What a document came to.
#[derive(Debug, Default)]
struct Came {
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
        let is_known = mapping.matches(document);
        return if is_known { text("这份文档被认出来了", "the document is recognised") } else { None };
    }
    let came = came(reader, source, document);
    if example.idle {
        let is_idle = came.idle && came.records.is_empty();
        return if is_idle {
            None
        } else {
            text("这份文档不是没有可检查的内容", "the document is not idle")
        };
    }
    if let Some(part) = &example.refused {
        let is_refused = came.refused.is_some_and(|text| text.zh.contains(part) || text.en.contains(part));
        return if is_refused {
            None
        } else {
            text("这份文档没有这样被拒绝", "the document is not refused so")
        };
    }
    differs(&came.records, example.records.as_deref().unwrap_or_default())
}

fn came(reader: &RecordReader<'_>, source: &SourceFile, document: Node<'_>) -> Came {
    let mut came = Came::default();
    reader.read(source, document, &mut |seen| match seen {
        ReaderEvent::Record(record, None) => {
            came.records.push(native(reader.kinds, record.kind_index, &record.value, &str::to_owned))
        }
        ReaderEvent::Refused(_, text) => came.refused = Some(text),
        ReaderEvent::NothingToCheck => came.idle = true,
        ReaderEvent::Record(_, Some(_))
        | ReaderEvent::SideFile(_)
        | ReaderEvent::Issue(_)
        | ReaderEvent::Unrecognised(_) => {}
    });
    came
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
    Some(Text { zh: zh.to_owned(), en: en.to_owned() })
}
