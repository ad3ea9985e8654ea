//! Whether a text without a known extension is a table.

use super::decode::{Decoder, TextEncoding};
use super::scan::{CsvFields, skip_empty};

/// Rows that are looked at.
const ROWS: usize = 20;

/// Whether the first bytes of an input look like a table's: half of its first rows have the same number of fields,
/// at least two, and nothing looks like YAML or JSON.
pub fn looks_like_table(head: &[u8]) -> bool {
    let encoding = TextEncoding::of(head).unwrap_or_default();
    let mut decoder = Decoder::new(Some(encoding));
    let mut text = String::new();
    decoder.decode(head, false, &mut text);
    if !decoder.bad.is_empty() || text.contains('\0') {
        return false;
    }
    let text = text.trim_start_matches(dianjian_base::BOM);
    if text.starts_with("sep=") {
        return true;
    }
    if text.lines().map(str::trim).filter(|line| !line.is_empty()).take(ROWS).any(is_other) {
        return false;
    }
    [b',', b'\t', b';', b'|'].into_iter().any(|delimiter| is_regular(text, delimiter))
}

/// Whether a line is one of YAML or JSON.
fn is_other(line: &str) -> bool {
    let is_key = |(key, rest): (&str, &str)| {
        let is_name = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"'));
        is_name && (rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    line.starts_with(['{', '[', '#', '%', '}', ']'])
        || line.starts_with("- ")
        || line.starts_with("---")
        || line.split_once(':').is_some_and(is_key)
}

/// Whether at least two rows, and half of them, have the same number of fields, more than one.
fn is_regular(text: &str, delimiter: u8) -> bool {
    let mut counts = Vec::new();
    let mut at = skip_empty(text.as_bytes(), 0);
    while at < text.len() && counts.len() < ROWS {
        let mut fields = CsvFields::of(text, at as u32, delimiter);
        counts.push(fields.by_ref().count());
        at = skip_empty(text.as_bytes(), fields.next_record());
    }
    let same = |count: &usize| counts.iter().filter(|other| *other == count).count();
    let most = counts.iter().filter(|count| **count > 1).map(same).max().unwrap_or(0);
    most >= 2 && most * 2 >= counts.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_from_other_texts() {
        let tables = [
            "店铺名称,体系\n云山茶业,微信小店\n",
            "\u{feff}name\tsystem\r\na\tb\r\n",
            "店铺清单\n\n店铺名称;体系\n云山;微信小店\n南枝;微信小店\n晨记;微信小店\n",
            "sep=;\na;b\n",
        ];
        for text in tables {
            assert!(looks_like_table(text.as_bytes()), "{text}");
            let gb = TextEncoding::Gb18030.encode(text.trim_start_matches('\u{feff}')).unwrap();
            assert!(looks_like_table(&gb), "{text}");
        }
        let others = [
            "kind: Shop\nname: 云山, 南枝\nid: a, b\n",
            "- a, b\n- c, d\n",
            "{\"a\": 1, \"b\": 2}\n{\"a\": 1, \"b\": 2}\n",
            "[1, 2]\n",
            "---\na, b\nc, d\n",
            "家人们，晚上好\n今天有春茶\n",
            "a,b\n",
            "",
            "PK\u{3}\u{4}\0\0",
        ];
        for text in others {
            assert!(!looks_like_table(text.as_bytes()), "{text}");
        }
    }
}
