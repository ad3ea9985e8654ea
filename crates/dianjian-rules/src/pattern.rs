//! Regular expressions as rules use them, with what a text must have for one to match: most texts lack it.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

/// Bytes of memory that a compiled expression may take.
const MOST_BYTES: usize = 4 << 20;

/// Ranges of characters that an expression may name and be far from taking so many bytes, as long as it counts nothing.
const FEW_RANGES: usize = 4000;

/// A regular expression.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    /// Compiled when a text first asks: a run meets only some of the fields that rules speak of.
    regex: OnceLock<Option<Regex>>,
    /// Characters of which every match has one.
    needed: Option<Chars>,
}

impl Pattern {
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
        Ok(Self { text: pattern.to_owned(), regex, needed: needed(&parsed).map(|class| Chars::new(&class)) })
    }

    /// Can it match anywhere in the text? `false` is certain.
    #[must_use]
    pub fn may_match(&self, text: &str) -> bool {
        self.needed.as_ref().is_none_or(|needed| text.chars().any(|c| needed.contains(c)))
    }

    /// The expression, where it may match; `None` where it does not.
    #[must_use]
    pub fn worth_trying(&self, text: &str) -> Option<&Regex> {
        let regex = || self.regex.get_or_init(|| compile(&self.text).ok()).as_ref();
        if self.may_match(text) { regex() } else { None }
    }

    /// Does it match somewhere in the text?
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.worth_trying(text).is_some_and(|regex| regex.is_match(text))
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

/// A set of characters, quick to ask.
#[derive(Debug)]
struct Chars {
    /// A bit for each character of the Basic Multilingual Plane.
    bmp: Box<[u64]>,
    /// Are there others?
    beyond: bool,
}

impl Chars {
    fn new(class: &ClassUnicode) -> Self {
        let mut bmp = vec![0; 0x1_0000 / 64].into_boxed_slice();
        let mut beyond = false;
        for range in class.ranges() {
            let (start, end) = (range.start() as usize, range.end() as usize);
            beyond |= end > 0xFFFF;
            for word in start / 64..=(end / 64).min(bmp.len() - 1) {
                let from = if word == start / 64 { u64::MAX << (start % 64) } else { u64::MAX };
                let to = if word == end / 64 { u64::MAX >> (63 - end % 64) } else { u64::MAX };
                bmp[word] |= from & to;
            }
        }
        Self { bmp, beyond }
    }

    fn contains(&self, c: char) -> bool {
        let code = c as usize;
        self.bmp.get(code / 64).map_or(self.beyond, |bits| bits >> (code % 64) & 1 == 1)
    }
}

/// Of the sets of characters that every match has one of, the smallest.
fn needed(pattern: &Hir) -> Option<ClassUnicode> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.chars().next_back().map(|c| ClassUnicode::new([ClassUnicodeRange::new(c, c)]))
        }
        HirKind::Class(Class::Unicode(class)) => Some(class.clone()),
        HirKind::Class(Class::Bytes(class)) => class.to_unicode_class(),
        HirKind::Repetition(repeated) => {
            if repeated.min > 0 {
                needed(&repeated.sub)
            } else {
                None
            }
        }
        HirKind::Capture(group) => needed(&group.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(needed).min_by_key(size),
        HirKind::Alternation(ways) => ways.iter().map(needed).reduce(|all, way| {
            let (mut all, way) = (all?, way?);
            all.union(&way);
            Some(all)
        })?,
    }
}

fn size(class: &ClassUnicode) -> usize {
    class.iter().map(ClassUnicodeRange::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_match_has() {
        let table = [
            (r"^(?:(?i)\s*[0-9.]+E\+?[0-9]+\s*)$", "91440300E", "91440300MA5F0XYZ1X"),
            (r"[^\p{Han}0-9A-Za-z ]+", "云山!", "云山 Tea 1"),
            (r"(?:个体|企业)不能", "的不能", "的体业"),
            (r"a|bc+|[d-f]{2}", "xdx", "xcx"),
            (r"[😀-😂]", "🚀", "a"),
        ];
        for (pattern, may, may_not) in table {
            let pattern = Pattern::new(pattern).unwrap();
            assert!(pattern.may_match(may) && !pattern.may_match(may_not), "{pattern:?}");
        }
        assert!(Pattern::new("a(").is_err() && Pattern::new(r"(?:\w{500}){500}").is_err());
        for pattern in ["", "a*", "(?:a|b*)", "^$", r"\b"] {
            assert!(Pattern::new(pattern).unwrap().may_match("云山"), "{pattern}");
        }
    }
}
