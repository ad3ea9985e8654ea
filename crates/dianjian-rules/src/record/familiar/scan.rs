//! Signs of records in a text that no parser can read: broken YAML or JSON, full-width colons, a table under another name.

use super::index::FieldContent;
use super::{Familiar, NearMiss, Signs, ignore, or_ignore};
use crate::record::kind::KindIndex;
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
    let (_, kind) = signs.kind_key()?;
    Some(unread(&familiar.kinds.get(*kind).name))
}

/// Whether a text may be JSON.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The kind of the records in a text, if they look like some.
pub(super) fn kind_of(familiar: &Familiar, whole: &str) -> Option<KindIndex> {
    let mut signs = Signs::default();
    each_key(beginning(whole), &mut |key, value| familiar.note(key, &FieldContent::Text(value), &mut signs));
    signs.keys = 0;
    signs.kind_key().map(|(_, kind)| *kind).or_else(|| Some(signs.verdict()?.0))
}

/// Why XML of another program looks like records: elements are called by any name, so a value must say that they are a shop's.
pub(super) fn xml(familiar: &Familiar, whole: &str) -> Option<NearMiss> {
    let text = beginning(whole);
    if !is_xml(text) {
        return None;
    }
    let mut signs = Signs::default();
    each_element(text, &mut |key, value| familiar.note(key, &FieldContent::Text(value), &mut signs));
    signs.keys = 0;
    let (kind, _) = signs.verdict().filter(|_| signs.telling > 0)?;
    Some(unread(&familiar.kinds.get(kind).title.zh).named(&familiar.kinds.get(kind).title.en))
}

fn is_xml(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with('<')
}

/// Calls `f` with the elements of XML that hold a text, and that text.
fn each_element(text: &str, f: &mut dyn FnMut(&str, &str)) {
    let elements = text.split('<').filter_map(|part| part.split_once('>'));
    for (name, value) in elements.filter(|(name, value)| !name.starts_with(['/', '!', '?']) && !value.trim().is_empty())
    {
        f(name.split_whitespace().next().unwrap_or_default(), value.trim());
    }
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
    for section in text.lines().filter_map(section) {
        familiar.note_section(section, &mut signs);
    }
    if let Some((key, kind)) = signs.kind_key() {
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
    if is_cut_short(whole) {
        return Some(cut_short());
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
    let is_push = is_xml(text) && text.contains("<xml>");
    if is_push || familiar.names().is_answer(text) {
        return Some(answer());
    }
    if let Some(near) = xml(familiar, text) {
        return Some(near);
    }
    let found = rows(text, |c| matches!(c, ',' | '\t' | ';' | '|'));
    // Speech has commas too, but not as many on the next line.
    if familiar.rows(&found).is_some_and(|(row, _)| is_followed(&found, row)) {
        return Some(table(None));
    }
    SPOKEN_DELIMITERS.iter().find_map(|(delimiter, zh, en)| {
        let found = rows(text, |c| delimiter.contains(&c));
        let (row, _) = familiar.rows(&found)?;
        let is_heading = familiar.headings_in(&found[row]) >= SPOKEN_HEADINGS;
        (is_heading && is_followed(&found, row)).then(|| table(Some((zh, en))))
    })
}

/// What cells of a table are sometimes divided by that sentences are divided by too, and what it is called.
const SPOKEN_DELIMITERS: [(&[char], &str, &str); 3] = [
    (&['，'], "全角逗号", "a full-width comma"),
    (&['、'], "顿号", "“、”"),
    (&[' ', '\u{3000}', '\u{a0}'], "空格", "blanks"),
];

/// So many headings make a row of cells of what may be a sentence.
const SPOKEN_HEADINGS: usize = 2;

/// Whether the row after one has as many cells.
fn is_followed(rows: &[Vec<String>], row: usize) -> bool {
    rows.get(row + 1).is_some_and(|next| next.len() == rows[row].len())
}

/// The first lines as rows of a table.
fn rows(text: &str, is_delimiter: impl Fn(char) -> bool + Copy) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let line = line.trim_matches('|');
        line.split(is_delimiter).map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    text.lines().take(HEAD_RECORDS).map(cells).filter(|cells: &Vec<String>| cells.len() > 1).collect()
}

/// The name of a section of an INI or TOML file: `[Shop]`, `[[shops]]`.
fn section(line: &str) -> Option<&str> {
    let name = line.trim().strip_prefix('[')?.strip_suffix(']')?;
    let name = name.strip_prefix('[').map_or(Some(name), |name| name.strip_suffix(']'))?.trim();
    (!name.is_empty() && !name.contains(['[', ']', ',', '"', '{'])).then_some(name)
}

/// Whether JSON ends before its first record has said what it is: within `kind` or just after it.
fn is_cut_short(whole: &str) -> bool {
    const KIND: &str = "kind\"";
    let Some(key) = whole.trim().trim_start_matches(['[', '\u{feff}']).trim_start().strip_prefix('{') else {
        return false;
    };
    let Some(key) = key.trim_start().strip_prefix('"') else { return false };
    let is_within = !key.is_empty() && KIND.starts_with(key);
    let is_after = || key.strip_prefix(KIND).is_some_and(|rest| !rest.contains([',', '}', '\n']));
    is_within || is_after()
}

fn cut_short() -> NearMiss {
    NearMiss {
        message: text! {
            zh: "文件在第一条记录的开头就断了，没有传完或没有写完",
            en: "the file ends at the beginning of its first record: it was not written or sent to its end",
        },
        help: ignore(),
    }
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

/// For a row of a table that is a list in a document.
pub(super) fn table_of_lists() -> NearMiss {
    NearMiss {
        message: text! {
            zh: "内容像是表格的一行，写成了列表，没有被读取",
            en: "this list looks like a row of a table, and was not read",
        },
        help: or_ignore(text! {
            zh: "保存成 .csv 表格，或让每条记录写明各字段的名称。",
            en: "Save it as a .csv table, or let each record name its fields.",
        }),
    }
}

/// `delimiter`: what stands between the cells where no table has that, in Chinese and English.
fn table(delimiter: Option<(&str, &str)>) -> NearMiss {
    if let Some((zh, en)) = delimiter {
        return NearMiss {
            message: text! {
                zh: "内容像是表格，但单元格之间是{zh}，读不成表格",
                en: "this looks like a table whose cells are divided by {en}, which cannot be read as one",
            },
            help: or_ignore(text! {
                zh: "单元格之间用半角逗号或制表符，保存成 .csv。",
                en: "Divide the cells by ASCII commas or tabs, and save it as .csv.",
            }),
        };
    }
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
            let end = value.find([',', '，', '、', '；', '}', ']']).unwrap_or(value.len());
            let clean = value[..end].trim().trim_matches(['"', '\'']);
            f(key, clean);
            // Inside an object the next key follows a comma or a brace.
            let next = value.char_indices().find(|(_, c)| matches!(c, '{' | ',' | '，' | '、' | '；'));
            match next.map(|(at, c)| &value[at + c.len_utf8()..]) {
                Some(next) if !next.is_empty() => rest = next,
                _ => break,
            }
        }
    }
}

/// The key that a text begins with, and what follows its colon.
fn key_value(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let inner = &text[quote.map_or(0, char::len_utf8)..];
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '*');
    let end = inner.find(|c: char| !is_part(c))?;
    let key = inner[..end].trim();
    let mut after = &inner[end..];
    if let Some(quote) = quote {
        after = after.strip_prefix(quote)?;
    }
    let after = after.trim_start().strip_prefix([':', '：', '=', '＝'])?;
    (!key.is_empty() && key.chars().count() <= MAX_KEY).then_some((key, after))
}
