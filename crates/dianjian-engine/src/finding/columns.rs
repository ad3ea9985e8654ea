//! Texts about fields in the words of a table: `brand.grant` is the column 授权关系 there.

use dianjian_base::lang::{Lang, Text};
use dianjian_document::source::TableColumn;
use dianjian_rules::record::{Kind, Mapping};

/// A text in which the paths of fields are the headings of a table's columns; `None`: it names none.
pub(super) fn in_words(text: &Text, kind: &Kind, mapping: &Mapping, columns: &[TableColumn]) -> Option<Text> {
    let is_path = |path: &str| path.contains(['.', '_']);
    let mut paths: Vec<&str> =
        kind.fields.iter().map(|field| field.path.as_str()).filter(|path| is_path(path)).collect();
    paths.retain(|path| text.zh.contains(path) || text.en.contains(path));
    // `subject.valid_until` before `valid_until`.
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let mut said = text.clone();
    for path in paths {
        let Some(heading) = mapping.heading_of(path, columns) else { continue };
        said.zh = replaced(&said.zh, path, &named(Lang::Zh, heading));
        said.en = replaced(&said.en, path, &named(Lang::En, heading));
    }
    (said != *text).then_some(said)
}

fn named(lang: Lang, heading: &str) -> String {
    match lang {
        Lang::Zh => format!("“{heading}”列"),
        Lang::En => format!("the column “{heading}”"),
    }
}

/// A text with a path replaced wherever it stands as a whole.
fn replaced(text: &str, path: &str, name: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '{' | '$');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(path) {
        let (before, after) = (rest.get(..at).unwrap_or_default(), rest.get(at + path.len()..).unwrap_or_default());
        let goes_on = after
            .strip_prefix('.')
            .unwrap_or(after)
            .starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
            || after.starts_with('}');
        let is_whole = !before.ends_with(|last: char| is_part(last) || last == '.') && !goes_on;
        out.push_str(before);
        out.push_str(if is_whole { name } else { path });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_paths_are_replaced() {
        for (text, expected) in [
            ("写明 brand.grant（授权关系）。", "写明 X（授权关系）。"),
            ("Say it in brand.grant.", "Say it in X."),
            ("brand.grants, a.brand.grant, {brand.grant}", "brand.grants, a.brand.grant, {brand.grant}"),
            ("brand.grant.level", "brand.grant.level"),
        ] {
            assert_eq!(replaced(text, "brand.grant", "X"), expected);
        }
    }
}
