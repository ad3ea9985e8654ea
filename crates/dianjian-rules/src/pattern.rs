//! Regular expressions as rules use them: checked when they are read, compiled when a text first asks.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes of memory that a compiled expression may take.
const MOST_BYTES: usize = 4 << 20;

/// Ranges of characters that an expression may name and be far from taking so many bytes, as long as it counts nothing.
const FEW_RANGES: usize = 4000;

/// A regular expression.
#[derive(Debug)]
pub struct LazyRegex {
    text: String,
    /// Compiled when a text first asks: a run meets only some of the fields that rules speak of.
    regex: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it, over several lines.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let parsed = regex_syntax::parse(pattern).map_err(|error| error.to_string())?;
        let regex = OnceLock::new();
        // That an expression is too large is told before anything is checked.
        if ranges(&parsed).is_none_or(|ranges| ranges > FEW_RANGES) {
            _ = regex.set(Some(compile(pattern).map_err(|error| error.to_string())?));
        }
        Ok(Self { text: pattern.to_owned(), regex })
    }

    /// The compiled expression; `None` where it cannot be compiled, which [`LazyRegex::new`] tells of nearly all.
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| compile(&self.text).ok()).as_ref()
    }

    /// Does it match somewhere in the text?
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(MOST_BYTES).build()
}

/// How many ranges of characters an expression names; `None` where it counts, which repeats them.
fn ranges(pattern: &Hir) -> Option<usize> {
    let all = |parts: &[Hir]| parts.iter().map(ranges).sum();
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => Some(literal.0.len()),
        HirKind::Class(Class::Unicode(class)) => Some(class.ranges().len()),
        HirKind::Class(Class::Bytes(class)) => Some(class.ranges().len()),
        HirKind::Repetition(repeated) if repeated.min > 1 || repeated.max.is_some_and(|max| max > 1) => None,
        HirKind::Repetition(repeated) => ranges(&repeated.sub),
        HirKind::Capture(group) => ranges(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_or_too_large_is_told_at_once() {
        assert!(LazyRegex::new("a(").is_err() && LazyRegex::new(r"(?:\w{500}){500}").is_err());
        let pattern = LazyRegex::new(r"^(?:(?i)\s*[0-9.]+E\+?[0-9]+\s*)$").unwrap();
        assert!(pattern.is_match("9.14403e+17") && !pattern.is_match("91440300MA5F0XYZ1X"));
    }
}
