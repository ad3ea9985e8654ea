//! Regular expressions as rules use them, with what a text must have for one to match: most texts lack it.

use regex::Regex;
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, Hir, HirKind};

/// Bytes of memory that a compiled expression may take.
const MOST_BYTES: usize = 4 << 20;

/// A regular expression.
#[derive(Debug)]
pub struct Pattern {
    /// The expression.
    pub regex: Regex,
    /// Characters of which every match has one.
    needed: Option<Chars>,
}

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        let regex = regex::RegexBuilder::new(pattern).size_limit(MOST_BYTES).build()?;
        let needed =
            regex_syntax::parse(pattern).ok().and_then(|pattern| needed(&pattern)).map(|class| Chars::new(&class));
        Ok(Self { regex, needed })
    }

    /// Can it match anywhere in the text? `false` is certain.
    #[must_use]
    pub fn may_match(&self, text: &str) -> bool {
        self.needed.as_ref().is_none_or(|needed| text.chars().any(|c| needed.contains(c)))
    }

    /// Does it match somewhere in the text?
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.regex.is_match(text)
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
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => Some(class.clone()),
        HirKind::Class(regex_syntax::hir::Class::Bytes(class)) => class.to_unicode_class(),
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
        for pattern in ["", "a*", "(?:a|b*)", "^$", r"\b"] {
            assert!(Pattern::new(pattern).unwrap().may_match("云山"), "{pattern}");
        }
    }
}
