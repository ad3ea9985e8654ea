//! What makes a reader doubt a row or a document, and how it says so.

use std::borrow::Cow;
use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_base::message::Arg;
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{CsvFields, SourceFile, TableColumn};
use dianjian_document::tree::{Node, NodeKind};

use super::kind::{Kind, Kinds};
use super::mapping::{EXAMPLE_ID, EXAMPLE_TEXT, Mapping, scalar_text};
use super::table_cells::TableCells;
use super::view::{Record, SchemaIssue};
use crate::language::SchemaLint;

/// How many cells may stand before the word of a row of sums.
const MAX_BEFORE_SUM: usize = 4;

/// How many cells of a row are compared with headings.
const MAX_COMPARED: usize = 4;

/// Whether one of a row's first cells is a heading that some table has: a cheap question to ask of every row.
pub(super) fn may_be_headings(row: Node<'_>, columns: &[TableColumn], mappings: &[Mapping]) -> bool {
    let known = columns.iter().filter(|column| column.key.is_some());
    let cells = known.zip(row.values()).filter(|(_, cell)| !cell.is_null());
    cells.take(MAX_COMPARED).any(|(column, cell)| {
        let text = cell.scalar().or_else(|| cell.items().next()?.scalar()).unwrap_or_default().trim();
        text != &*column.heading && is_heading_of_some(text, mappings)
    })
}

/// Whether a cell is, but for marks such as in `*直播标题（必填）`, a heading that some table has.
pub(super) fn is_heading_of_some(cell: &str, mappings: &[Mapping]) -> bool {
    let bare = cell.split(['(', '（']).find(|part| part.contains(char::is_alphanumeric)).unwrap_or_default();
    let bare = bare.trim_matches(|character: char| !character.is_alphanumeric());
    !bare.is_empty() && mappings.iter().any(|mapping| mapping.columns.has_name(bare))
}

pub(super) fn second_header() -> Text {
    Text {
        zh: "这一行像是另一张表的表头：一张工作表里上下放了两张表，从这里往下没有检查；把它们分到两个文件或两个工作表里。"
            .to_owned(),
        en: "This row looks like the headings of another table: two tables stand in one sheet, and nothing from here on was \
             checked; put them into two files or two sheets."
            .to_owned(),
    }
}

/// Whether a row says anything: it is neither empty nor the headings repeated.
pub(super) fn says_something(row: Node<'_>, columns: &[TableColumn]) -> bool {
    let known = columns.iter().filter(|column| column.key.is_some());
    let mut is_empty = true;
    let mut is_heading = true;
    for (column, cell) in known.zip(row.values()).filter(|(_, cell)| !cell.is_null()) {
        is_empty = false;
        is_heading &= cell.scalar() == Some(&*column.heading);
    }
    !is_empty && !is_heading
}

/// Whether a row adds up others: the word stands in the place of a key, or at the beginning of the row. There it may be in
/// a column that no mapping reads, so all cells are searched.
pub(super) fn is_sum(row: Node<'_>, columns: &[TableColumn], words: &TableCells) -> bool {
    let known = columns.iter().filter(|column| column.key.is_some());
    let mut keys = known.zip(row.values()).filter(|(column, _)| column.may_total);
    if keys.any(|(_, cell)| cell.scalar().is_some_and(|text| words.is_total_key(text))) {
        return true;
    }
    let source = row.source();
    let Some(table) = source.table() else { return false };
    let fields = CsvFields::of(source.text(), row.span().start, table.delimiter);
    let texts = fields.map(|field| field.text(source.text()));
    // A number may stand before the word: rows are counted, totals too.
    let is_said =
        |text: &Cow<'_, str>| !text.trim().is_empty() && !text.trim().bytes().all(|byte| byte.is_ascii_digit());
    texts.take(MAX_BEFORE_SUM).find(is_said).is_some_and(|text| words.is_sum(&text))
}

pub(super) fn two_mappings(reads: &Mapping, other: &Mapping) -> Text {
    let (reads, other) = (&reads.id, &other.id);
    Text {
        zh: format!("映射“{reads}”和“{other}”都认得这份数据，按“{reads}”读了；请在 recognise 里写明两者的区别。"),
        en: format!(
            "The mappings `{reads}` and `{other}` fit this equally, and it was read by `{reads}`; say under `recognise` in \
             what they differ."
        ),
    }
}

/// Whether a string holds an answer of the platform: JSON inside JSON, as logs have it.
pub(super) fn is_answer_in_text(node: &Node<'_>) -> bool {
    let text = node.scalar().filter(|_| node.kind() == NodeKind::String).unwrap_or_default().trim();
    text.starts_with(['{', '[']) && text.contains("\"errcode\"")
}

/// It is not read because nothing inside the string has a place in the file to point at.
pub(super) fn answer_in_text() -> Text {
    text! {
        zh: "平台返回的内容在这里只是一段文字，没有检查；把它单独存成 JSON 文件再检查。",
        en: "The platform's answer stands here as a mere text and was not checked; save it as a JSON file of its own.",
    }
}

/// What is wrong with a column as a whole: another one gives its field first, or its unit is not clear.
pub(super) fn column_issue<'a>(
    columns: &[TableColumn],
    column: &TableColumn,
    node: Node<'a>,
    headings: Node<'a>,
) -> Option<SchemaIssue<'a>> {
    let heading = column.key.as_ref()?.to_string();
    let issue = |lint, expected, related| SchemaIssue {
        lint,
        path: heading.clone(),
        node,
        found: heading.clone(),
        expected,
        related,
    };
    if column.is_unit_unsaid {
        return Some(issue(SchemaLint::AmbiguousUnit, None, None));
    }
    let first = columns.iter().position(|other| {
        column.is_fallback && other.key.is_some() && other.field == column.field && !other.is_fallback
    })?;
    let expected = columns.get(first).map(|first| Arg::Text(first.heading.to_string()));
    Some(issue(SchemaLint::SecondColumn, expected, headings.items().nth(first)))
}

/// A missing field of a row is reported at its empty cell; a column that the table lacks, once at the headings. What stands
/// under a heading that is nearly a known one was not read.
pub(super) fn in_cells(mapping: &Mapping, columns: &[TableColumn], kind: &Kind, row: &mut Record<'_>) {
    let node = row.node;
    for near in columns.iter().filter_map(|column| column.near.as_deref()) {
        let field = mapping.columns.field(near).and_then(|(number, _)| mapping.fields.get(number));
        let is_unsaid = |path: &str| kind.field(path).is_none_or(|(slot, _)| row.slot(slot).is_none());
        if let Some((path, _)) = field.filter(|(path, _)| is_unsaid(path)) {
            row.mark_unread(kind, path);
        }
    }
    row.issues.retain_mut(|issue| {
        if issue.lint == SchemaLint::WrongType
            && let Some(words) = words_of(mapping, &issue.path)
        {
            issue.expected = Some(Arg::Localized(words));
        }
        if !matches!(issue.lint, SchemaLint::MissingField | SchemaLint::UnsaidField) {
            return true;
        }
        let cell = mapping.cell_of(node, columns, &issue.path);
        issue.node = cell.unwrap_or(issue.node);
        mapping.has_column(columns, &issue.path)
    });
}

/// What a cell of a field may hold where the mapping gives words for its values: one word for each.
fn words_of(mapping: &Mapping, path: &str) -> Option<Text> {
    /// So many words are named.
    const MOST: usize = 12;
    let (_, source) = mapping.fields.iter().find(|(target, _)| target == path)?;
    let mut met: Vec<String> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for (word, to) in source.values.iter().filter(|(word, _)| !word.is_ascii()) {
        let to = scalar_text(to);
        if !met.contains(&to) {
            met.push(to);
            words.push(word);
        }
    }
    // One or two are words beside other values: 长期 in a column of days.
    let are_few = words.len() <= 2;
    words.truncate(MOST);
    let (zh, en) = (words.join("、"), words.join(", "));
    (!are_few).then(|| Text { zh: format!("这些写法之一：{zh}"), en: format!("one of {en}") })
}

/// A field that is missing because the shape has no place for it must be given elsewhere (a sidecar, a flag), which
/// is another lint; a partial record misses nothing.
pub(super) fn unsaid(mapping: &Mapping, issues: &mut Vec<SchemaIssue<'_>>) {
    if mapping.is_partial() {
        issues.retain(|issue| issue.lint != SchemaLint::MissingField);
    }
    for issue in issues.iter_mut().filter(|issue| issue.lint == SchemaLint::MissingField) {
        if !mapping.has_field(&issue.path) {
            issue.lint = SchemaLint::UnsaidField;
        }
    }
}

/// Whether a row still holds what the example row of a template holds.
pub(super) fn is_example(row: Node<'_>, columns: &[TableColumn]) -> bool {
    let examples = [EXAMPLE_ID.0, EXAMPLE_ID.1, EXAMPLE_TEXT.0, EXAMPLE_TEXT.1];
    let known = columns.iter().filter(|column| column.key.is_some());
    known.zip(row.values()).any(|(_, cell)| cell.scalar().is_some_and(|text| examples.contains(&text.trim())))
}

pub(super) fn example_row() -> Text {
    text! {
        zh: "这一行还留着模板的示例内容，没有检查；改成自己的内容，或删除这一行。",
        en: "This row still holds what the template gives as an example and was not checked; replace it, or delete the row.",
    }
}

/// Names and values that stand above a table (`店铺名称：云山茶业`, `平台 | 微信小店`), which no row of it says.
pub(super) fn said_above(source: &SourceFile, mappings: &[Mapping]) -> Option<Text> {
    let table = source.table()?;
    let end = usize::try_from(table.header.record?.checked_sub(source.first_record())?).ok()?;
    let rows = source.record_starts().get(..end)?;
    let mut said: Vec<String> = Vec::new();
    for start in rows {
        let fields = CsvFields::of(source.text(), *start, table.delimiter);
        let cells: Vec<String> = fields.map(|field| field.text(source.text()).trim().to_owned()).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        said.extend(named_values(&cells, mappings).into_iter().map(|(name, value)| format!("{name}：{value}")));
    }
    let said = said.get(..MAX_SAID.min(said.len())).filter(|said| !said.is_empty())?.join("、");
    Some(text! {
        zh: "表头上方的“{said}”没有读：表格只读表头下面的行；在表里加上这样的列，每行都填上。",
        en: "“{said}” above the headings was not read, as only the rows below them are; give the table such columns and fill them in \
             every row.",
    })
}

/// Of what stands above a table so much is repeated in the message.
const MAX_SAID: usize = 4;

/// The names of fields in a row with their values: in one cell around a colon, or in two cells side by side.
fn named_values<'c>(cells: &[&'c str], mappings: &[Mapping]) -> Vec<(&'c str, &'c str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(cell) = cells.get(at) {
        at += 1;
        let (name, value) = cell.split_once(COLONS).unwrap_or((cell, ""));
        let name = name.trim();
        if !is_field_name(name, mappings) {
            continue;
        }
        if !value.trim().is_empty() {
            found.push((name, value.trim()));
        } else if let Some(value) =
            cells.get(at).filter(|value| !is_field_name(value, mappings) && !value.contains(COLONS))
        {
            found.push((name, *value));
            at += 1;
        }
    }
    found
}

/// What stands between a name and its value.
pub(super) const COLONS: [char; 2] = ['：', ':'];

/// Whether a text is what tables call a field, in Chinese.
fn is_field_name(name: &str, mappings: &[Mapping]) -> bool {
    let mut tables =
        mappings.iter().filter(|mapping| mapping.table_kind().is_some() && mapping.columns.is_for_tables());
    !name.is_ascii() && tables.any(|mapping| mapping.columns.has_field_name(name))
}

/// Whether a row begins with the name of a field and goes on with values alone.
pub(super) fn is_name_with_values(row: &[String], mappings: &[Mapping]) -> bool {
    let mut cells = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let name = cells.next().map(|cell| cell.trim_end_matches(COLONS).trim_end());
    let mut values = cells.peekable();
    name.is_some_and(|name| is_field_name(name, mappings))
        && values.peek().is_some()
        && values.all(|value| !is_heading_of_some(value, mappings))
}

/// The heading into which the first row of values runs because the line break between them is missing, with its number:
/// `店铺编号,店铺名称 a,云山茶业`.
pub(super) fn run_in<'c>(
    source: &SourceFile,
    columns: &'c [TableColumn],
    mapping: &Mapping,
) -> Option<(usize, &'c str)> {
    let table = source.table().filter(|table| table.rows.is_none())?;
    let below = usize::try_from(table.header.record?.checked_sub(source.first_record())? + 1).ok()?;
    let row = source.record_starts().get(below);
    let row = row.map(|start| CsvFields::of(source.text(), *start, table.delimiter).count());
    columns.iter().enumerate().skip(1).find_map(|(at, column)| {
        let (name, rest) = begins_with_heading(&column.heading, mapping)?;
        let after = columns.get(at + 1..).filter(|after| !after.is_empty())?;
        let are_values = after.len().is_multiple_of(at) && after.iter().all(|column| column.key.is_none());
        let is_apart = match row {
            Some(fields) => fields == at + 1,
            None => rest.starts_with(|character: char| character.is_whitespace() || character.is_ascii_alphanumeric()),
        };
        (are_values && is_apart).then_some((at, name))
    })
}

/// A text that begins with a heading and goes on with something else than a remark on it.
fn begins_with_heading<'h>(text: &'h str, mapping: &Mapping) -> Option<(&'h str, &'h str)> {
    let text = text.trim();
    if mapping.columns.has_name(text) {
        return None;
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(1).collect();
    ends.into_iter().rev().map(|end| text.split_at(end)).find(|(name, rest)| {
        let is_more = rest.starts_with(|character: char| character.is_whitespace() || character.is_alphanumeric());
        is_more && mapping.columns.has_name(name)
    })
}

pub(super) fn headings_run_in(name: &str) -> Text {
    text! {
        zh: "表头和第一行数据连在了一起：“{name}”后面少了换行，连着的那一行没有检查；补上换行。",
        en: "The headings run into the first row of values, which was not checked: put a line break after “{name}”.",
    }
}

/// The problem for an input that the user named and that holds no known record.
pub fn unrecognised(source: &Arc<SourceFile>, document: Node<'_>, kinds: &Kinds) -> Problem {
    let names = kinds.iter().map(|kind| &*kind.name).collect::<Vec<_>>().join(", ");
    let message = text! { zh: "这份文档不是任何已知的记录", en: "this document is no record of a known kind" };
    let help = text! {
        zh: "自己写的文件要写明 kind（{names}）；平台接口的数据请原样保存整份返回；其他系统导出的文件用 --mapping 说明字段对应关系。",
        en: "A file of your own needs a `kind` ({names}); keep an answer of the platform whole, as it came; of another \
             program's export say with --mapping where its fields are.",
    };
    Problem::with_message(source, document.head_span(), message, Some(help))
}
