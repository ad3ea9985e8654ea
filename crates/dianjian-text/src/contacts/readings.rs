//! What the characters of a contact in disguise are read as: 薇信 as 微信.

use regex::Regex;

use super::lexicon::ContactPhrases;
use super::pattern;

/// The words of a lexicon, each with the disguises that are read as it.
#[derive(Debug)]
pub(super) struct DisguiseReader(Vec<(String, Regex)>);

impl DisguiseReader {
    pub(super) fn new(phrases: &ContactPhrases) -> Self {
        let disguises =
            |patterns: &Vec<String>| pattern::compile(&format!("(?:{})", patterns.join("|")), &phrases.parts);
        let words = phrases.read_as.0.iter();
        Self(words.filter_map(|(word, patterns)| Some((word.clone(), disguises(patterns)?))).collect())
    }

    /// The folded text with every disguise replaced by its word; `None` if there is none in it.
    pub(super) fn read(&self, written: &str) -> Option<String> {
        let mut text = written.to_owned();
        for (word, disguises) in &self.0 {
            if disguises.is_match(&text) {
                text = disguises.replace_all(&text, word.as_str()).into_owned();
            }
        }
        (text != written).then_some(text)
    }
}
