//! What may be written next: fields and values of YAML records, and the ids of rules.

use dianjian_base::lang::Lang;
use dianjian_document::source::Format;
use dianjian_rules::Pack;
use dianjian_rules::record::{Field, FieldType};
use gen_lsp_types::{CompletionItem, CompletionItemKind, Documentation, Position, Range, TextEdit};

use crate::documents::OpenDocument;
use crate::outline::YamlPlace;
use crate::position::ColumnUnit;

/// Proposes what may be written at a position.
pub(crate) struct Completer<'c> {
    pub pack: &'c Pack,
    pub lang: Lang,
    pub unit: ColumnUnit,
    /// Whether the text is the project's configuration.
    pub is_config: bool,
}

/// What is proposed, before it is known what it replaces.
struct Proposal {
    text: String,
    kind: CompletionItemKind,
    detail: String,
    doc: Option<String>,
}

impl Completer<'_> {
    /// The proposals at a position.
    pub fn complete(&self, document: &OpenDocument, position: Position) -> Vec<CompletionItem> {
        let number = position.line as usize;
        let line = document.lines.line(number);
        let at = document.lines.offset(position, self.unit).saturating_sub(document.lines.start(number));
        let before = line.get(..at).unwrap_or(line);
        let (word, proposals) = self.proposals(document, number, before);
        let start = document.lines.start(number) + before.len() - word.len();
        let range = Range { start: document.lines.position(start, self.unit), end: position };
        proposals.into_iter().map(|proposal| item(proposal, range)).collect()
    }

    /// What is being written, and what it may become.
    fn proposals<'l>(&self, document: &OpenDocument, number: usize, before: &'l str) -> (&'l str, Vec<Proposal>) {
        let is_yaml = Format::of_path(&document.path) == Some(Format::Yaml);
        if is_yaml && let Some(word) = in_suppression(before) {
            return (word, self.rules(""));
        }
        if self.is_config {
            return self.in_config(document, number, before);
        }
        if !is_yaml || before.trim_start().starts_with('#') {
            return ("", Vec::new());
        }
        let indent = before.len() - before.trim_start_matches([' ', '-']).len();
        let written = before.get(indent..).unwrap_or_default();
        let place = YamlPlace::at(&document.lines, number, indent);
        match written.split_once(':') {
            Some((_, value)) => {
                let word = value.trim_start();
                let values = match place.key.as_deref() {
                    Some("kind") if place.above.is_empty() => self.kinds(),
                    _ => place.field(&self.pack.kinds).map(|field| self.values(field)).unwrap_or_default(),
                };
                (word, if value.starts_with(' ') { values } else { Vec::new() })
            }
            None => (written, self.fields(&place)),
        }
    }

    /// In the configuration ids of rules are values of `rule:` and keys below `severity:` and `params:`.
    fn in_config<'l>(&self, document: &OpenDocument, number: usize, before: &'l str) -> (&'l str, Vec<Proposal>) {
        let trimmed = before.trim_start_matches([' ', '-']);
        if let Some(word) =
            trimmed.strip_prefix("rule:").or_else(|| trimmed.rsplit_once("rule: ").map(|(_, word)| word))
        {
            return (word.trim_start(), self.rules(""));
        }
        let place = YamlPlace::at(&document.lines, number, before.len() - trimmed.len());
        let is_keyed = place.above.last().is_some_and(|key| matches!(key.as_str(), "severity" | "params"));
        (trimmed, if is_keyed && !trimmed.contains(':') { self.rules(": ") } else { Vec::new() })
    }

    fn rules(&self, behind: &str) -> Vec<Proposal> {
        let proposal = |rule: &dianjian_rules::RuleSource| Proposal {
            text: format!("{}{behind}", rule.info.id),
            kind: CompletionItemKind::Reference,
            detail: rule.info.title.get(self.lang).to_owned(),
            doc: Some(rule.info.why.get(self.lang).to_owned()),
        };
        self.pack.rules.iter().map(proposal).collect()
    }

    fn kinds(&self) -> Vec<Proposal> {
        let proposal = |kind: &dianjian_rules::record::Kind| Proposal {
            text: kind.name.to_string(),
            kind: CompletionItemKind::Class,
            detail: kind.title.get(self.lang).to_owned(),
            doc: Some(kind.doc.get(self.lang).to_owned()),
        };
        self.pack.kinds.iter().map(proposal).collect()
    }

    fn values(&self, field: &Field) -> Vec<Proposal> {
        let proposal = |value: &str| Proposal {
            text: value.to_owned(),
            kind: CompletionItemKind::EnumMember,
            detail: field.display(value).map(|name| name.get(self.lang).to_owned()).unwrap_or_default(),
            doc: None,
        };
        field.choices().map(proposal).collect()
    }

    fn fields(&self, place: &YamlPlace) -> Vec<Proposal> {
        if place.kind.is_none() {
            let (zh, en) = ("记录的种类", "the kind of the record");
            let kind = CompletionItemKind::Keyword;
            return vec![Proposal {
                text: "kind: ".to_owned(),
                kind,
                detail: self.lang.pick(zh, en).to_owned(),
                doc: None,
            }];
        }
        let proposal = |field: &Field| Proposal {
            text: format!("{}:{}", field.name(), if is_nested(field) { "" } else { " " }),
            kind: CompletionItemKind::Field,
            detail: field.title.get(self.lang).to_owned(),
            doc: field.doc.as_ref().map(|doc| doc.get(self.lang).to_owned()),
        };
        place.siblings(&self.pack.kinds).into_iter().map(proposal).collect()
    }
}

const fn is_nested(field: &Field) -> bool {
    matches!(field.ty, FieldType::List | FieldType::Map | FieldType::Record)
}

/// The id that is being written in a suppression.
fn in_suppression(before: &str) -> Option<&str> {
    let (_, comment) = before.rsplit_once('#')?;
    let comment = comment.trim_start();
    let rest = comment.get("dianjian".len()..).filter(|_| comment.to_ascii_lowercase().starts_with("dianjian"))?;
    let rest = rest.trim_start().strip_prefix([':', '：'])?;
    let (head, list) = rest.split_once('[')?;
    let is_open = matches!(head.trim(), "ignore" | "ignore-file") && !list.contains(']');
    is_open.then(|| list.rsplit(',').next().unwrap_or_default().trim_start())
}

fn item(proposal: Proposal, range: Range) -> CompletionItem {
    let Proposal { text, kind, detail, doc } = proposal;
    CompletionItem {
        label: text.trim_end_matches([':', ' ']).to_owned(),
        kind: Some(kind),
        detail: (!detail.is_empty()).then_some(detail),
        documentation: doc.map(Documentation::String),
        filter_text: Some(text.clone()),
        text_edit: Some(TextEdit { range, new_text: text }.into()),
        ..CompletionItem::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_proposed_inside_the_brackets_of_a_suppression() {
        assert_eq!(in_suppression("name: 店 # dianjian: ignore[nam"), Some("nam"));
        assert_eq!(in_suppression("# DianJian：ignore-file[a/b, "), Some(""));
        assert_eq!(in_suppression("# dianjian: ignore[a/b] -- "), None);
        assert_eq!(in_suppression("# other: ignore["), None);
        assert_eq!(in_suppression("#店"), None);
    }
}
