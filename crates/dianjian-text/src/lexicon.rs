//! Lexicons: the words and signs that searches go by, as data of a pack (`rules/lexicons/`) instead of code.
//!
//! A lexicon is a struct of sections, declared by [`lexicon!`](crate::lexicon). Its file may leave out sections, and a file of a
//! later pack adds to what is known, or replaces the sections that it lists under `replace`. This module knows neither
//! YAML nor files: mistakes are reported with the keys that lead to them, and whoever read the file finds their place.

use std::collections::BTreeMap;

use dianjian_base::localized;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fold::{Fold, fold};

/// A mistake in a lexicon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum LexiconError {
    /// An entry without a text.
    EmptyEntry,
    /// An entry that the list has already.
    Repeated { found: String },
    /// An entry that no text can have, because texts are folded before they are read.
    NotFolded { found: String, folded: String },
    /// A name in braces, or under `replace`, that stands for nothing.
    UnknownName { found: String, known: String },
    /// Parts that name each other in a circle.
    Circular { found: String },
    /// A pattern that cannot be read.
    Pattern { reason: String },
    /// A pattern that fits the empty text, and so every text.
    FitsEverything,
    /// A key that has to be a digit.
    NotADigit { found: String },
}

localized! { LexiconError {
    Self::EmptyEntry => { zh: "这一项是空的", en: "this entry is empty" }
    Self::Repeated { found } => { zh: "“{found}”写了两次", en: "`{found}` is written here twice" }
    Self::NotFolded { found, folded } => {
        zh: "文字读成“{folded}”，所以“{found}”永远找不到",
        en: "texts are read as `{folded}`, so `{found}` is never found",
        help zh: "写成“{folded}”。",
        help en: "Write `{folded}`.",
    }
    Self::UnknownName { found, known } => {
        zh: "“{found}”在这里没有对应的内容",
        en: "`{found}` stands for nothing here",
        help zh: "可用的名称：{known}",
        help en: "known names: {known}",
    }
    Self::Circular { found } => { zh: "“{found}”包含了自己", en: "`{found}` contains itself" }
    Self::Pattern { reason } => { zh: "写法有误：{reason}", en: "not a pattern: {reason}" }
    Self::FitsEverything => { zh: "这个写法对任何文字都成立", en: "this pattern fits every text" }
    Self::NotADigit { found } => { zh: "“{found}”不是 0 到 9 的数字", en: "`{found}` is not a digit from 0 to 9" }
} }

/// Gathers mistakes, with the keys and indices that lead to each: `["phrases", "3", "pattern"]`.
#[derive(Debug, Default)]
pub struct LexiconProblems {
    path: Vec<String>,
    /// What was found so far.
    pub found: Vec<(Vec<String>, LexiconError)>,
}

impl LexiconProblems {
    /// Adds a mistake at the current path.
    pub fn add(&mut self, error: LexiconError) {
        self.found.push((self.path.clone(), error));
    }

    /// Checks something that lies one step further down.
    pub fn below(&mut self, step: impl ToString, check: impl FnOnce(&mut Self)) {
        self.path.push(step.to_string());
        check(self);
        self.path.pop();
    }
}

/// A part of a lexicon that a later file can add to.
pub trait LexiconSection {
    /// Adds what a later file has.
    fn extend(&mut self, later: Self);
    /// Looks for mistakes in what one file has.
    fn check(&self, problems: &mut LexiconProblems);
}

/// A lexicon, declared by [`lexicon!`](crate::lexicon).
pub trait Lexicon {
    /// The name of its file and what the file says under `lexicon`.
    const ID: &'static str;
    /// What the file says under `lexicon`.
    fn id(&self) -> &str;
    /// Adds a later file's sections, or puts them in the place of the earlier ones.
    fn extend(&mut self, later: Self);
    /// Looks for mistakes that show without other files.
    fn check(&self, problems: &mut LexiconProblems);
}

/// Declares a lexicon: a struct whose fields are [sections](LexiconSection), with its reader and its merging.
#[macro_export]
macro_rules! lexicon {
    ($(#[$about:meta])* pub struct $name:ident = $id:literal { $($(#[$doc:meta])* $section:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// The same as the file's name.
            #[schemars(extend("const" = $id))]
            lexicon: String,
            /// Sections that take the place of earlier ones instead of being added to them.
            replace: Vec<String>,
            $($(#[$doc])* pub $section: $kind,)*
        }

        impl $crate::Lexicon for $name {
            const ID: &'static str = $id;

            fn id(&self) -> &str {
                &self.lexicon
            }

            fn extend(&mut self, later: Self) {
                $(
                    if later.replace.iter().any(|name| name == stringify!($section)) {
                        self.$section = <$kind>::default();
                    }
                    $crate::LexiconSection::extend(&mut self.$section, later.$section);
                )*
            }

            fn check(&self, problems: &mut $crate::LexiconProblems) {
                const SECTIONS: &[&str] = &[$(stringify!($section)),*];
                for (at, name) in self.replace.iter().enumerate().filter(|(_, name)| !SECTIONS.contains(&name.as_str())) {
                    let error = || $crate::LexiconError::UnknownName {
                        found: name.clone(),
                        known: SECTIONS.join(", "),
                    };
                    problems.below("replace", |problems| problems.below(at, |problems| problems.add(error())));
                }
                $(problems.below(stringify!($section), |problems| {
                    $crate::LexiconSection::check(&self.$section, problems);
                });)*
            }
        }
    };
}

/// Words, each found as it stands in a folded text.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FoldedWords(Vec<String>);

impl FoldedWords {
    /// The words in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the text begins with one of the words.
    pub fn begin(&self, text: &str) -> bool {
        self.iter().any(|word| text.starts_with(word))
    }

    /// Whether the text ends with one of the words.
    pub fn end(&self, text: &str) -> bool {
        self.iter().any(|word| text.ends_with(word))
    }

    /// Whether one of the words is in the text.
    pub fn are_in(&self, text: &str) -> bool {
        self.iter().any(|word| text.contains(word))
    }

    /// Whether the text is one of the words.
    pub fn has(&self, text: &str) -> bool {
        self.iter().any(|word| word == text)
    }

    /// The words, the longest first: where one begins another, that one is tried before it.
    pub(super) fn longest_first(&self) -> Vec<String> {
        let mut words = self.0.clone();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words
    }
}

impl LexiconSection for FoldedWords {
    fn extend(&mut self, later: Self) {
        add_missing(&mut self.0, later.0);
    }

    fn check(&self, problems: &mut LexiconProblems) {
        check_list(&self.0, problems, check_folded);
    }
}

/// Adds the entries of a later file that a list has not yet.
pub(crate) fn add_missing(known: &mut Vec<String>, later: Vec<String>) {
    for entry in later {
        if !known.contains(&entry) {
            known.push(entry);
        }
    }
}

/// Checks every entry of a list, and that none is repeated.
pub(crate) fn check_list(
    entries: &[String],
    problems: &mut LexiconProblems,
    check: impl Fn(&str, &mut LexiconProblems),
) {
    for (at, entry) in entries.iter().enumerate() {
        problems.below(at, |problems| {
            check(entry, problems);
            if entries[..at].contains(entry) {
                problems.add(LexiconError::Repeated { found: entry.clone() });
            }
        });
    }
}

/// Characters of folded texts, written side by side.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FoldedChars(String);

impl FoldedChars {
    /// Whether the character is one of these.
    pub fn has(&self, c: char) -> bool {
        self.0.contains(c)
    }

    /// The characters in their order.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        self.0.chars()
    }

    /// As they are written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LexiconSection for FoldedChars {
    fn extend(&mut self, later: Self) {
        for c in later.0.chars().filter(|c| !self.0.contains(*c)).collect::<Vec<_>>() {
            self.0.push(c);
        }
    }

    fn check(&self, problems: &mut LexiconProblems) {
        if !self.0.is_empty() {
            check_folded(&self.0, problems);
        }
        let repeated = self.0.char_indices().find(|(at, c)| self.0[..*at].contains(*c));
        if let Some((_, c)) = repeated {
            problems.add(LexiconError::Repeated { found: c.to_string() });
        }
    }
}

/// Words that are compared with texts as these are written, capital or small letters aside.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct WrittenWords(Vec<String>);

impl WrittenWords {
    /// The words in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the text is one of the words.
    pub fn has(&self, text: &str) -> bool {
        self.iter().any(|word| word.eq_ignore_ascii_case(text))
    }
}

impl LexiconSection for WrittenWords {
    fn extend(&mut self, later: Self) {
        add_missing(&mut self.0, later.0);
    }

    fn check(&self, problems: &mut LexiconProblems) {
        check_list(&self.0, problems, |word, problems| {
            if word.trim().is_empty() {
                problems.add(LexiconError::EmptyEntry);
            }
        });
    }
}

impl LexiconSection for i8 {
    fn extend(&mut self, later: Self) {
        *self = later;
    }

    fn check(&self, _problems: &mut LexiconProblems) {}
}

impl<V: LexiconSection> LexiconSection for BTreeMap<String, V> {
    fn extend(&mut self, later: Self) {
        for (name, value) in later {
            match self.get_mut(&name) {
                Some(known) => known.extend(value),
                None => drop(self.insert(name, value)),
            }
        }
    }

    fn check(&self, problems: &mut LexiconProblems) {
        for (name, value) in self {
            problems.below(name, |problems| value.check(problems));
        }
    }
}

/// Reports a word that is empty or that no folded text can have.
pub(super) fn check_folded(word: &str, problems: &mut LexiconProblems) {
    let folded = fold(word, Fold::Script);
    if word.trim().is_empty() {
        problems.add(LexiconError::EmptyEntry);
    } else if folded.as_str() != word {
        problems.add(LexiconError::NotFolded { found: word.to_owned(), folded: folded.as_str().to_owned() });
    }
}
