//! Texts about fields in the words of a table: `brand.grant` is the column 授权关系 there.

use dianjian_base::lang::{Lang, Text};
use dianjian_document::source::TableColumn;
use dianjian_rules::record::{Field, FieldType, Kind, Mapping};

/// A text in which the paths of fields are the headings of a table's columns, and their values the words that stand in
/// its cells; `None`: it names none.
pub(super) fn in_words(text: &Text, kind: &Kind, mapping: &Mapping, columns: &[TableColumn]) -> Option<Text> {
    let mut fields: Vec<&Field> =
        kind.fields.iter().filter(|field| names(&text.zh, field) || text.en.contains(&field.path)).collect();
    // `subject.valid_until` before `valid_until`.
    fields.sort_by_key(|field| std::cmp::Reverse(field.path.len()));
    let mut said = text.clone();
    for field in fields {
        let path = &field.path;
        let Some(heading) = mapping.heading_of(path, columns) else { continue };
        let before = said.clone();
        said.zh = without_echo(&replaced(&said.zh, path, &named(Lang::Zh, heading)), heading);
        // An English sentence has words of its own that a field may be called: shop, status.
        if path.contains(['.', '_']) {
            said.en = replaced(&said.en, path, &named(Lang::En, heading));
        }
        if said.zh != before.zh {
            said.zh = values_in_words(said.zh, field);
        }
    }
    if said.zh != text.zh {
        // Blanks part Chinese from Latin letters; there are none any more.
        said.zh = said.zh.replace(" “", "“").replace("”列 ", "”列").replace("” ", "”");
    }
    (said != *text).then_some(said)
}

/// Whether a Chinese text names a field by its path.
fn names(zh: &str, field: &Field) -> bool {
    zh.contains(&field.path) && replaced(zh, &field.path, "") != zh
}

/// A Chinese text in which a field's values have their names, as cells have.
fn values_in_words(zh: String, field: &Field) -> String {
    if field.ty == FieldType::Bool {
        return replaced(&replaced(&zh, "true", "“是”"), "false", "“否”");
    }
    field.values.iter().fold(zh, |zh, (value, name)| replaced(&zh, value, &format!("“{}”", name.zh)))
}

/// A text without the remark that a column is called what it has been called just before.
fn without_echo(zh: &str, heading: &str) -> String {
    let name = named(Lang::Zh, heading);
    zh.replace(&format!("{name}（表格里是“{heading}”一列）"), &name)
}

fn named(lang: Lang, heading: &str) -> String {
    match lang {
        Lang::Zh => format!("“{heading}”列"),
        Lang::En => format!("the column “{heading}”"),
    }
}

/// A text with a path replaced wherever it stands as a whole.
fn replaced(text: &str, path: &str, name: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '{' | '$');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(path) {
        let (before, after) = (rest.get(..at).unwrap_or_default(), rest.get(at + path.len()..).unwrap_or_default());
        let goes_on = after
            .strip_prefix('.')
            .unwrap_or(after)
            .starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'))
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
