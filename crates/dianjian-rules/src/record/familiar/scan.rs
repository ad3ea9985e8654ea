//! Signs of records in a text that no parser can read: broken YAML or JSON, full-width colons, a table under another name.

use super::index::FieldContent;
use super::{Familiar, NearMiss, Signs, ignore, or_ignore};
use dianjian_base::text;
use dianjian_document::source::HEAD_RECORDS;

/// Bytes that are looked at: records begin at the beginning.
const LOOKED_AT: usize = 64 << 10;

/// Characters of the longest key.
const MAX_KEY: usize = 40;

/// Why the text says of which kind its records are.
pub(super) fn records(familiar: &Familiar, whole: &str) -> Option<NearMiss> {
    let mut signs = Signs::default();
    each_key(beginning(whole), &mut |key, value| familiar.note(key, &FieldContent::Text(value), &mut signs));
    let (_, kind) = signs.kind?;
    Some(unread(&familiar.kinds.get(kind).name))
}

fn beginning(whole: &str) -> &str {
    let mut end = whole.len().min(LOOKED_AT);
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    &whole[..end]
}

/// Why the text looks like records.
pub(super) fn text(familiar: &Familiar, whole: &str) -> Option<NearMiss> {
    let text = beginning(whole);
    let is_of_a_program = |line: &str| line.starts_with("apiVersion") || line.contains("{{");
    let is_foreign = text.lines().any(is_of_a_program);
    let mut signs = Signs::default();
    each_key(text, &mut |key, value| familiar.note(key, &FieldContent::Text(value), &mut signs));
    if let Some((key, kind)) = &signs.kind {
        let name = &familiar.kinds.get(*kind).name;
        return Some(match text.contains("kind：") {
            true => familiar.kind_key("kind：", *kind),
            false if key == "kind" => unread(name),
            false => familiar.kind_key(key, *kind),
        });
    }
    if is_foreign {
        return None;
    }
    let near =
        signs.other_kind.as_deref().filter(|found| found.len() > 1).and_then(|found| familiar.kinds.suggest(found));
    if let Some(near) = near {
        return Some(unread(near));
    }
    // Here every key counts, wherever it stands, so most of them need not be known.
    signs.keys = 0;
    if let Some((kind, _)) = signs.verdict() {
        return Some(unread(&familiar.kinds.get(kind).title.zh).named(&familiar.kinds.get(kind).title.en));
    }
    // What the platform pushes is an element of this name.
    let is_push = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with('<') && text.contains("<xml>");
    if is_push || familiar.names().is_answer(text) {
        return Some(answer());
    }
    let rows = rows(text);
    // Speech has commas too, but not as many on the next line.
    let is_table = |(row, _): &(usize, usize)| rows.get(row + 1).is_some_and(|next| next.len() == rows[*row].len());
    familiar.rows(&rows).filter(is_table).map(|_| table())
}

/// The first lines as rows of a table.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells =
        |line: &str| line.split([',', '\t', ';']).map(|cell| cell.trim().trim_matches('"').to_owned()).collect();
    text.lines().take(HEAD_RECORDS).map(cells).filter(|cells: &Vec<String>| cells.len() > 1).collect()
}

fn unread(name: &str) -> NearMiss {
    NearMiss {
        message: text! {
            zh: "内容像是记录（{name}），但读不懂",
            en: "this looks like records ({name}) and cannot be understood",
        },
        help: ignore(),
    }
}

fn answer() -> NearMiss {
    NearMiss {
        message: text! {
            zh: "内容像是平台接口的数据，但读不懂",
            en: "this looks like an answer of the platform and cannot be understood",
        },
        help: ignore(),
    }
}

fn table() -> NearMiss {
    NearMiss {
        message: text! {
            zh: "内容像是表格，文件名却不是表格的",
            en: "this looks like a table, but the file's name is not that of one",
        },
        help: or_ignore(text! {
            zh: "把扩展名改成 .csv（制表符分隔的用 .tsv）。",
            en: "Call it .csv, or .tsv if tabs separate its cells.",
        }),
    }
}

impl NearMiss {
    /// The same with another name in English.
    fn named(mut self, en: &str) -> Self {
        self.message.en = unread(en).message.en;
        self
    }
}

/// Calls `f` with everything in a text that looks like a key and the value after it.
fn each_key(text: &str, f: &mut dyn FnMut(&str, &str)) {
    for line in text.lines() {
        let mut rest = line;
        loop {
            let begin = rest.trim_start_matches(|c: char| {
                c.is_whitespace() || matches!(c, '-' | '{' | '[' | ',' | '\u{feff}' | '?')
            });
            let Some((key, value)) = key_value(begin) else { break };
            let end = value.find([',', '}', ']']).unwrap_or(value.len());
            let clean = value[..end].trim().trim_matches(['"', '\'']);
            f(key, clean);
            // Inside an object the next key follows a comma or a brace.
            match value.find(['{', ',']) {
                Some(next) if next + 1 < value.len() => rest = &value[next + 1..],
                _ => break,
            }
        }
    }
}

/// The key that a text begins with, and what follows its colon.
fn key_value(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let inner = &text[quote.map_or(0, char::len_utf8)..];
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let end = inner.find(|c: char| !is_part(c))?;
    let key = inner[..end].trim();
    let mut after = &inner[end..];
    if let Some(quote) = quote {
        after = after.strip_prefix(quote)?;
    }
    let after = after.trim_start().strip_prefix([':', '：'])?;
    (!key.is_empty() && key.chars().count() <= MAX_KEY).then_some((key, after))
}
