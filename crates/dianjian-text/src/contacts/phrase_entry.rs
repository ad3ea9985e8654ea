//! A way to ask for contact, as a lexicon has it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ContactKind;
use crate::lexicon::{FoldedWords, LexiconError, LexiconProblems, LexiconSection};
use crate::words::Tier;

/// A way to ask for contact.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhraseEntry {
    /// Its name. A phrase of a later file with the same one takes its place.
    pub id: String,
    /// What sort of contact it is.
    pub kind: ContactKind,
    /// `look-alike` where it is disguised or may mean something harmless.
    #[serde(default = "certain")]
    pub tier: Tier,
    /// The words: `(甲|乙)` one of them, `[甲乙]` one of these characters, `?` may be missing, `{0,3}` up to three times,
    /// `{name}` one of a part, `~微` a character that sounds or looks like 微, `<…>` the keyword, which stands alone where it is in Latin letters.
    pub pattern: String,
    /// Whether the phrase must end there.
    #[serde(default)]
    pub ends: bool,
    /// Characters that make something else of the phrase when one stands right before it; `{name}` stands for a set.
    #[serde(default)]
    pub not_after: String,
    /// Words that make something else of the phrase when one follows right after: 百度搜索排名.
    #[serde(default)]
    pub not_before: FoldedWords,
    /// Of each of these sets of characters its clause must have one.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Of each of these lists its sentence must have a word.
    #[serde(default)]
    pub sentence: Vec<FoldedWords>,
    /// Which part of it is reported.
    #[serde(default)]
    pub reported: ReportedPart,
    /// A text in which it is found.
    pub example: String,
}

/// Which part of a phrase is reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedPart {
    /// All of it.
    #[default]
    Phrase,
    /// Its keyword.
    Keyword,
}

const fn certain() -> Tier {
    Tier::Exact
}

impl LexiconSection for Vec<PhraseEntry> {
    fn extend(&mut self, later: Self) {
        for phrase in later {
            match self.iter_mut().find(|known| known.id == phrase.id) {
                Some(known) => *known = phrase,
                None => self.push(phrase),
            }
        }
    }

    fn check(&self, problems: &mut LexiconProblems) {
        for (at, phrase) in self.iter().enumerate() {
            problems.below(at, |problems| {
                if self[..at].iter().any(|known| known.id == phrase.id) {
                    problems.below("id", |problems| problems.add(LexiconError::Repeated { found: phrase.id.clone() }));
                }
                problems.below("not_before", |problems| phrase.not_before.check(problems));
                problems.below("sentence", |problems| {
                    for (at, words) in phrase.sentence.iter().enumerate() {
                        problems.below(at, |problems| words.check(problems));
                    }
                });
                if phrase.id.is_empty() {
                    problems.below("id", |problems| problems.add(LexiconError::EmptyEntry));
                }
            });
        }
    }
}
