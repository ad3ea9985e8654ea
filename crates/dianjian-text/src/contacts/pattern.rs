//! Patterns of the contact lexicons: regular expressions in a spelling that people who do not program can read.
//!
//! `(…)` groups without capturing, `<…>` captures the keyword, `{name}` stands for one of the alternatives of a part, `~微` for
//! any character that sounds or looks like 微, and the rest is as in any regular expression.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::chars::is_han;
use crate::lexicon::{LexiconError, LexiconProblems, LexiconSection, add_missing, check_list};
use crate::reading::homophones;
use crate::shape::look_alikes_of;

/// Alternatives, patterns themselves, by the name that other patterns give in braces.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PatternParts(pub(super) BTreeMap<String, Vec<String>>);

impl LexiconSection for PatternParts {
    fn extend(&mut self, later: Self) {
        for (name, alternatives) in later.0 {
            add_missing(self.0.entry(name).or_default(), alternatives);
        }
    }

    fn check(&self, problems: &mut LexiconProblems) {
        for (name, alternatives) in &self.0 {
            problems.below(name, |problems| {
                check_list(alternatives, problems, |alternative, problems| {
                    if alternative.is_empty() {
                        problems.add(LexiconError::EmptyEntry);
                    }
                });
            });
        }
    }
}

impl PatternParts {
    /// Looks for mistakes in the patterns, which may name these parts.
    pub(super) fn check_patterns(&self, parts: &Self, problems: &mut LexiconProblems) {
        for (name, alternatives) in &self.0 {
            problems.below(name, |problems| {
                for (at, pattern) in alternatives.iter().enumerate() {
                    problems.below(at, |problems| check(pattern, parts, problems));
                }
            });
        }
    }
}

/// Looks for mistakes in a pattern.
pub(super) fn check(pattern: &str, parts: &PatternParts, problems: &mut LexiconProblems) {
    match parse(pattern, parts) {
        Ok(hir) if hir.properties().minimum_len() == Some(0) => problems.add(LexiconError::FitsEverything),
        Ok(_) => {}
        Err(error) => problems.add(error),
    }
}

/// A pattern as a regular expression.
pub(super) fn spell_out(pattern: &str, parts: &PatternParts) -> Result<String, LexiconError> {
    let mut out = String::with_capacity(pattern.len() * 2);
    write(pattern, parts, &mut Vec::new(), &mut out)?;
    Ok(out)
}

/// `inside` are the parts that lead to this pattern.
fn write<'p>(
    pattern: &'p str,
    parts: &'p PatternParts,
    inside: &mut Vec<&'p str>,
    out: &mut String,
) -> Result<(), LexiconError> {
    let mut chars = pattern.char_indices().peekable();
    // Classes within classes, as in any regular expression: [~微&&[^位]].
    let mut classes = 0_usize;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next().map(|(_, escaped)| escaped));
            }
            '~' if next.is_some_and(is_han) => {
                let genuine = chars.next().map(|(_, c)| c);
                let alike: String = genuine.into_iter().flat_map(sounds_or_looks_like).collect();
                if classes > 0 {
                    out.push_str(&alike);
                } else {
                    out.extend(["[", &alike, "]"]);
                }
            }
            '[' => {
                classes += 1;
                out.push(c);
            }
            ']' => {
                classes = classes.saturating_sub(1);
                out.push(c);
            }
            _ if classes > 0 => out.push(c),
            '(' if next != Some('?') => out.push_str("(?:"),
            // The searches' own patterns have groups with names.
            '(' if pattern[at..].starts_with("(?P<") => {
                let name = pattern[at..].find('>').map_or(pattern.len(), |end| at + end + 1);
                out.push_str(&pattern[at..name]);
                while chars.next_if(|(next, _)| *next < name).is_some() {}
            }
            '<' => out.push('('),
            '>' => out.push(')'),
            '{' if !next.is_some_and(|next| next.is_ascii_digit()) => {
                let rest = &pattern[at + 1..];
                let name = &rest[..rest.find('}').unwrap_or(rest.len())];
                write_part(name, parts, inside, out)?;
                chars.by_ref().find(|(_, c)| *c == '}');
            }
            _ => out.push(c),
        }
    }
    Ok(())
}

/// A character, and those that sound or look like it, some of them several times.
fn sounds_or_looks_like(c: char) -> impl Iterator<Item = char> {
    [c].into_iter().chain(homophones(c).chain(look_alikes_of(c)).filter(move |&other| other != c))
}

fn write_part<'p>(
    name: &'p str,
    parts: &'p PatternParts,
    inside: &mut Vec<&'p str>,
    out: &mut String,
) -> Result<(), LexiconError> {
    if inside.contains(&name) {
        return Err(LexiconError::Circular { found: name.to_owned() });
    }
    let alternatives = parts.0.get(name).ok_or_else(|| LexiconError::UnknownName {
        found: name.to_owned(),
        known: parts.0.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
    })?;
    inside.push(name);
    for (at, alternative) in alternatives.iter().enumerate() {
        out.push_str(if at == 0 { "(?:" } else { "|" });
        write(alternative, parts, inside, out)?;
    }
    out.push(')');
    inside.pop();
    Ok(())
}

/// A pattern's structure.
pub(super) fn parse(pattern: &str, parts: &PatternParts) -> Result<Hir, LexiconError> {
    regex_syntax::parse(&spell_out(pattern, parts)?).map_err(|error| {
        let reason = match error {
            regex_syntax::Error::Parse(error) => error.kind().to_string(),
            regex_syntax::Error::Translate(error) => error.kind().to_string(),
            error => error.to_string(),
        };
        LexiconError::Pattern { reason }
    })
}

/// A pattern ready to be looked for; `None` where it is wrong, which was reported when its file was read.
pub(super) fn compile(pattern: &str, parts: &PatternParts) -> Option<Regex> {
    Regex::new(&spell_out(pattern, parts).ok()?).ok()
}

/// The alternatives of a pattern that is nothing but alternatives; else the pattern.
pub(super) fn alternatives(hir: Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Alternation(ways) => ways.clone(),
        _ => vec![hir],
    }
}

/// Sets of characters of each of which every match has one. Those come first that tell most: few characters, and from
/// different steps of the pattern.
pub(super) fn required(hir: &Hir) -> Vec<BTreeSet<char>> {
    /// Larger sets are met by every text.
    const MOST: usize = 200;
    /// Sets of no more characters tell much.
    const FEW: usize = 16;
    let mut sets = match hir.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            text.chars().map(|c| BTreeSet::from([c])).collect()
        }
        HirKind::Class(Class::Unicode(class)) => {
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            vec![chars.take(MOST + 1).collect::<BTreeSet<char>>()]
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Concat(steps) => {
            let mut sets: Vec<(usize, BTreeSet<char>)> =
                steps.iter().flat_map(|step| required(step).into_iter().enumerate()).collect();
            sets.sort_by_key(|(rank, set)| (set.len() > FEW, *rank > 0, set.len()));
            sets.into_iter().map(|(_, set)| set).collect()
        }
        HirKind::Alternation(ways) => {
            let ways: Vec<_> = ways.iter().map(required).collect();
            let together = |which: usize| -> Option<BTreeSet<char>> {
                let sets = ways.iter().map(|sets| sets.get(which).or(sets.last()).cloned());
                sets.collect::<Option<Vec<_>>>().map(|sets| sets.into_iter().flatten().collect())
            };
            let most = ways.iter().map(Vec::len).max().unwrap_or_default();
            (0..most.min(2)).filter_map(together).collect()
        }
        _ => Vec::new(),
    };
    sets.retain(|set| set.len() <= MOST);
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> PatternParts {
        PatternParts(BTreeMap::from([
            ("wx".to_owned(), vec!["微信".to_owned(), "v[信x]".to_owned()]),
            ("add".to_owned(), vec!["加{wx}?".to_owned(), r"\+".to_owned()]),
        ]))
    }

    #[test]
    fn patterns_are_spelled_out() {
        let table = [
            ("{add}(我|你){0,4}<{wx}>号?", r"(?:加(?:微信|v[信x])?|\+)(?:我|你){0,4}((?:微信|v[信x]))号?"),
            (r"[(<{]\{(?P<a>b)", r"[(<{]\{(?P<a>b)"),
            ("~鑫a~", "[鑫䜣伈信囟寻心忄忻新昕欣歆炘芯莘薪衅辛锌馨𫷷]a~"),
            ("[~群&&[^君鲜]]号", "[群囷裙逡麇君蛘覠觧鲜&&[^君鲜]]号"),
        ];
        for (pattern, expected) in table {
            assert_eq!(spell_out(pattern, &parts()).as_deref(), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn every_match_has_what_is_required() {
        let sets = |pattern| {
            let sets = required(&parse(pattern, &parts()).unwrap());
            sets.iter().map(|set| set.iter().collect::<String>()).collect::<Vec<_>>()
        };
        assert_eq!(sets("{add}我?<{wx}>"), ["+加", "v微", "x信"]);
        assert_eq!(sets("扫[一二]{1,2}码"), ["扫", "码", "一二"]);
        assert_eq!(sets("(加|)(我|.)?"), Vec::<String>::new());
        assert_eq!(sets("(加|.)[^加]"), Vec::<String>::new());
    }
}
