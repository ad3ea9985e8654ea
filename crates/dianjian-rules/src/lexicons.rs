//! The lexicons of a pack: words and signs that searches go by, from `rules/lexicons/*.yaml`.
//!
//! What a lexicon means is known where it is used; here its file is read, merged into what earlier packs said, and its
//! mistakes get their places.

use std::sync::Arc;

use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{Node, NodeKind};
use dianjian_text::{
    ContactContext, ContactIds, ContactLexicon, ContactLinks, ContactNumbers, ContactPhrases, Lexicon, LexiconProblems,
    SubjectTerms,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::error::RuleError;
use crate::pack::parse_checked;
use crate::record::{NearMissWords, TableCells, nearest};

/// All lexicons of a pack.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicons {
    pub(crate) contacts: ContactLexicon,
    pub(crate) table_cells: TableCells,
    pub(crate) subject_terms: SubjectTerms,
    pub(crate) near_misses: NearMissWords,
}

/// Any file of `rules/lexicons/`, for its schema; `lexicon` says which one it is.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
#[expect(clippy::large_enum_variant, reason = "no value is ever made: the schema alone is wanted")]
pub enum LexiconFile {
    /// How people ask to be contacted outside the platform.
    Phrases(ContactPhrases),
    /// Words around such a phrase that decide whether it is an invitation.
    Context(ContactContext),
    /// How telephone numbers are written and said.
    Numbers(ContactNumbers),
    /// How ids are announced.
    Ids(ContactIds),
    /// Domains and hosts of links.
    Links(ContactLinks),
    /// What people write in the cells and headings of tables.
    TableCells(TableCells),
    /// How notes on categories say whom they let in.
    SubjectTerms(SubjectTerms),
    /// What tells a record that nothing reads from a document of other programs.
    NearMisses(NearMissWords),
}

/// The names of the files.
const NAMES: [&str; 8] = [
    ContactPhrases::ID,
    ContactContext::ID,
    ContactNumbers::ID,
    ContactIds::ID,
    ContactLinks::ID,
    TableCells::ID,
    SubjectTerms::ID,
    NearMissWords::ID,
];

impl Lexicons {
    /// Adds the file of this name. Mistakes are looked for unless it is shipped: tests have found none in those, and a start
    /// would take a few milliseconds more.
    pub(crate) fn add(&mut self, name: &str, source: &Arc<SourceFile>, shipped: bool) -> Vec<Problem> {
        let before = if shipped { ContactLexicon::default() } else { self.contacts.clone() };
        let phrases = |file: &ContactPhrases, problems: &mut LexiconProblems| {
            let mut contacts = before;
            contacts.phrases.extend(file.clone());
            contacts.check_phrases(file, problems);
        };
        let contacts = &mut self.contacts;
        let done = match name {
            ContactPhrases::ID => extend(&mut contacts.phrases, source, shipped, phrases),
            ContactContext::ID => {
                let known = if shipped { ContactLexicon::default() } else { contacts.clone() };
                extend(&mut contacts.context, source, shipped, |file, problems| known.check_context(file, problems))
            }
            ContactNumbers::ID => extend(&mut contacts.numbers, source, shipped, |_, _| {}),
            ContactIds::ID => extend(&mut contacts.ids, source, shipped, |_, _| {}),
            ContactLinks::ID => extend(&mut contacts.links, source, shipped, |_, _| {}),
            TableCells::ID => extend(&mut self.table_cells, source, shipped, |_, _| {}),
            SubjectTerms::ID => extend(&mut self.subject_terms, source, shipped, |_, _| {}),
            NearMissWords::ID => extend(&mut self.near_misses, source, shipped, |_, _| {}),
            _ => {
                let suggestion = nearest(name, NAMES.into_iter()).map(str::to_owned);
                let error = RuleError::UnknownLexicon { found: name.to_owned(), suggestion };
                Err(vec![Problem::in_file(source.name(), &error)])
            }
        };
        done.err().unwrap_or_default()
    }
}

/// Adds a file to a lexicon; `check` looks for mistakes that show only beside the other files.
fn extend<L: Lexicon + DeserializeOwned>(
    lexicon: &mut L,
    source: &Arc<SourceFile>,
    shipped: bool,
    check: impl FnOnce(&L, &mut LexiconProblems),
) -> Result<(), Vec<Problem>> {
    let mut check = Some(check);
    let file = parse_checked(source, &mut |file: &L, root| {
        let mut problems = LexiconProblems::default();
        let mut located = Vec::new();
        if file.id() != L::ID {
            let error = RuleError::IdMismatch { id: file.id().to_owned(), expected: L::ID.to_owned() };
            located.push(Problem::at(source, place(root, &["lexicon".to_owned()]), &error));
        }
        if let Some(check) = check.take().filter(|_| !shipped) {
            file.check(&mut problems);
            check(file, &mut problems);
        }
        let found = problems.found.iter();
        located.extend(found.map(|(path, error)| Problem::at(source, place(root, path), error)));
        located
    })?;
    lexicon.extend(file);
    Ok(())
}

/// The place of what keys and indices lead to, or of what is nearest to it.
fn place(node: Node<'_>, path: &[String]) -> Span {
    let below = path.split_first().and_then(|(step, rest)| {
        let below = match node.kind() {
            NodeKind::Sequence => node.items().nth(step.parse().ok()?),
            _ => node.get(step),
        };
        Some(place(below?, rest))
    });
    below.unwrap_or_else(|| node.span())
}

#[cfg(test)]
mod tests {
    use dianjian_base::lang::Lang;

    use super::*;
    use crate::pack::PackBuilder;

    #[test]
    fn the_shipped_lexicons_are_right() {
        let mut lexicons = Lexicons::default();
        for name in NAMES {
            let path = format!("{}/../../rules/lexicons/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            let source = Arc::new(SourceFile::new(name, std::fs::read_to_string(&path).unwrap()));
            let problems = lexicons.add(name, &source, false);
            let found: Vec<_> = problems.iter().map(|problem| &problem.message).collect();
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }

    #[test]
    fn every_example_is_found() {
        let (pack, _) = PackBuilder::default().shipped().build();
        let source = SourceFile::new("", include_str!("../../../rules/lexicons/contact-phrases.yaml"));
        let file: ContactPhrases = crate::pack::parse_one(&Arc::new(source)).unwrap();
        for phrase in &file.phrases {
            let found = pack.contacts.find(&phrase.example);
            assert!(found.iter().any(|contact| contact.kind == phrase.kind), "{}: {found:?}", phrase.id);
        }
    }

    #[test]
    fn a_pack_adds_words_and_its_mistakes_have_places() {
        let file = "lexicon: contact-phrases\nparts: {wx: [绿绿的]}\n";
        let (pack, problems) = PackBuilder::default().shipped().text("lexicons/contact-phrases.yaml", file).build();
        assert!(problems.is_empty());
        assert!(pack.contacts.find("加绿绿的领取").len() == 1 && pack.contacts.find("加微信领取").len() == 1);

        for (name, file, expected) in [
            (
                "contact-phrases",
                "lexicon: contact-phrases\nparts: {wx: ['{vy}']}\n",
                "2:14 `vy` stands for nothing here",
            ),
            ("contact-phrases", "lexicon: contact-phrases\nreplace: [parts]\n", "1:1 `wx` stands for nothing here"),
            (
                "contact-context",
                "lexicon: contact-context\ngoes_on: [了, 領]\n",
                "2:14 texts are read as `领`, so `領` is never found",
            ),
            ("contact-context", "lexicon: contact-context\ngoes_onn: [了]\n", "2:1 unknown field `goes_onn`"),
            ("contact-ids", "lexicon: ids\n", "1:10 the id is `ids`, but the file's place makes it `contact-ids`"),
            ("contact-phrase", "lexicon: contact-phrase\n", "there is no lexicon `contact-phrase`"),
        ] {
            let path = format!("lexicons/{name}.yaml");
            let (_, problems) = PackBuilder::default().shipped().text(&path, file).build();
            let told: Vec<String> = problems
                .iter()
                .map(|problem| {
                    let place = problem.place.as_ref().map(|(source, span)| {
                        let at = source.position(span.start);
                        format!("{}:{} ", at.line, at.column)
                    });
                    place.unwrap_or_default() + problem.message.get(Lang::En)
                })
                .collect();
            assert_eq!(told, [expected]);
        }
    }
}
