//! Why a YAML text breaks the grammar, where the parser stumbles over it only later: tabs, blanks that do not count,
//! lines that begin in no column of those above.

use super::error::DocumentError;
use super::messages::{self as say, SyntaxMessage};
use crate::source::Span;

/// What is wrong, the character that it is about, and where.
type LayoutFault = (&'static SyntaxMessage, Option<char>, Span);

/// How many characters of a line are shown as it is meant.
const MAX_MENDED: usize = 60;

/// How many lines above an error are searched for the levels that they open.
const LINES_ABOVE: usize = 1_000;

/// The cause of an error that the parser met at an offset, if it is one of layout.
pub(super) fn cause(text: &str, at: usize, message: &'static SyntaxMessage) -> Option<DocumentError> {
    let told = |(message, found, span)| DocumentError::syntax(message, found, span);
    if message == &say::YAML_TAB {
        return tab(text, at).map(told);
    }
    let is_layout = [
        &say::YAML_BLOCK_KEY,
        &say::YAML_BLOCK_ITEM,
        &say::YAML_INDENT,
        &say::YAML_COLON,
        &say::YAML_KEY_PLACE,
        &say::YAML_NO_COLON,
        &say::YAML_DASH,
        &say::YAML_NODE,
        &say::YAML_COMMENT_BREAKS,
    ];
    if !is_layout.contains(&message) {
        return None;
    }
    let line = Line::at(text, at)?;
    if let Some((found, place)) = wide_indentation(text, line.content()) {
        return Some(told((&say::YAML_WIDE_INDENT, Some(found), place)));
    }
    if line.indentation().contains('\t') {
        return tab(text, at).map(told);
    }
    let before = Line::above(text, line.start).find(Line::says_something);
    if let Some(fault) = mark(&line, before.as_ref(), message) {
        return Some(fault);
    }
    match message == &say::YAML_COMMENT_BREAKS {
        true => misaligned(text, &line.next(text)?),
        false => misaligned(text, &line),
    }
    .map(told)
}

/// A colon or a dash that is none to YAML: it is full-width, or no blank follows it.
fn mark(line: &Line<'_>, before: Option<&Line<'_>>, message: &'static SyntaxMessage) -> Option<DocumentError> {
    // What such a line says runs on into the next, where the parser meets a second colon.
    let colon = || line.loose_colon().or_else(|| before.filter(|_| message == &say::YAML_COLON)?.loose_colon());
    let dash = || line.loose_dash().or_else(|| before.filter(|before| before.is_left_of(line))?.loose_dash());
    let colon = if message == &say::YAML_DASH { None } else { colon() };
    let (message, place, mended) = colon.or_else(dash)?;
    let mut shown: String = mended.chars().take(MAX_MENDED).collect();
    if shown.len() < mended.len() {
        shown.push('…');
    }
    Some(DocumentError::syntax(message, None, place).with_mended(Some(shown.into_boxed_str())))
}

/// The first tab of an indentation: that of the offset's line, or of the next line that holds anything. The parser
/// stops where the value before ends.
fn tab(text: &str, at: usize) -> Option<LayoutFault> {
    let line = Line::at(text, at)?;
    let of = |line: &Line<'_>| {
        let tab = line.start + line.indentation().find('\t')?;
        Some((&say::YAML_TAB, Some('\t'), Span::new(tab as u32, tab as u32 + 1)))
    };
    of(&line).or_else(|| line.next(text).as_ref().and_then(of))
}

/// The first blank before a line's content that is none of YAML's, and what of it stands there; `at` is in the line.
pub(super) fn wide_indentation(text: &str, at: usize) -> Option<(char, Span)> {
    let line = Line::at(text, at)?;
    let is_wide = |character: &char| character.is_whitespace() && !matches!(character, ' ' | '\t');
    let blank = line.text.len() - line.text.trim_start().len();
    let written = line.text.get(..blank)?;
    let (first, found) = written.char_indices().find(|(_, character)| is_wide(character))?;
    let in_line = line.start..line.start + line.text.len();
    let start = line.start + first;
    (in_line.contains(&at) || at == in_line.end)
        .then(|| (found, Span::new(start as u32, (line.start + written.len()) as u32)))
}

/// A line that begins like an entry or an item, in no column in which the levels around it begin.
fn misaligned(text: &str, line: &Line<'_>) -> Option<LayoutFault> {
    let column = line.indentation().len();
    let is_item = line.is_item();
    if !is_item && line.key().is_none() {
        return None;
    }
    let above: Vec<Line<'_>> = Line::above(text, line.start).take(LINES_ABOVE).filter(Line::says_something).collect();
    let before = above.first()?;
    let place = Span::new(line.start as u32, line.content() as u32);
    let place = if place.is_empty() { Span::new(line.start as u32, line.end() as u32) } else { place };
    if column > before.column() && before.has_value() && !is_item {
        return Some((&say::YAML_TOO_DEEP, None, place));
    }
    let mut narrowest = usize::MAX;
    for earlier in &above {
        // Lines further right than one above them lie in levels that are closed by now.
        if earlier.indentation().len() < narrowest {
            narrowest = earlier.indentation().len();
            if narrowest == column || earlier.column() == column {
                return None;
            }
        }
    }
    Some((&say::YAML_INDENT, None, place))
}

/// A line without its line break.
struct Line<'t> {
    start: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    /// The line that holds an offset.
    fn at(text: &'t str, at: usize) -> Option<Self> {
        let before = text.get(..at)?;
        let start = before.rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let rest = text.get(start..)?;
        Some(Self { start, text: rest.split(['\n', '\r']).next().unwrap_or_default() })
    }

    /// The lines before an offset, the nearest first.
    fn above(text: &'t str, start: usize) -> impl Iterator<Item = Self> {
        let mut before = text.get(..start).unwrap_or_default();
        std::iter::from_fn(move || {
            before = before
                .strip_suffix('\n')
                .map(|cut| cut.strip_suffix('\r').unwrap_or(cut))
                .or_else(|| before.strip_suffix('\r'))?;
            let start = before.rfind(['\n', '\r']).map_or(0, |found| found + 1);
            let line = Self { start, text: before.get(start..).unwrap_or_default() };
            before = before.get(..start).unwrap_or_default();
            Some(line)
        })
    }

    /// The next line that holds anything.
    fn next(&self, text: &'t str) -> Option<Self> {
        let after = text.get(self.end()..)?;
        let gap = after.len() - after.trim_start_matches(['\n', '\r', ' ', '\t']).len();
        Self::at(text, self.end() + gap)
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The spaces and tabs that it begins with.
    fn indentation(&self) -> &'t str {
        let rest = self.text.trim_start_matches([' ', '\t']);
        self.text.get(..self.text.len() - rest.len()).unwrap_or_default()
    }

    fn content(&self) -> usize {
        self.start + self.indentation().len()
    }

    fn trimmed(&self) -> &'t str {
        self.text.trim_start_matches([' ', '\t'])
    }

    fn is_item(&self) -> bool {
        self.trimmed() == "-" || self.trimmed().starts_with("- ")
    }

    /// Neither blank nor a comment.
    fn says_something(&self) -> bool {
        !self.text.trim().is_empty() && !self.trimmed().starts_with('#')
    }

    /// The column in which its first key begins: behind the dashes of items.
    fn column(&self) -> usize {
        let mut rest = self.trimmed();
        while let Some(inner) = rest.strip_prefix("- ") {
            rest = inner.trim_start_matches(' ');
        }
        self.text.len() - rest.len()
    }

    /// What stands before the colon, where it begins like an entry.
    fn key(&self) -> Option<&'t str> {
        let written = self.text.get(self.column()..)?;
        let end = written.find(": ").or_else(|| written.trim_end().strip_suffix(':').map(str::len))?;
        written.get(..end).filter(|key| !key.is_empty() && !key.starts_with(['"', '\'', '{', '[', '#']))
    }

    /// Whether it is an entry with its value behind the colon.
    fn has_value(&self) -> bool {
        let Some(key) = self.key() else { return false };
        let rest = self.text.get(self.column() + key.len() + 1..).unwrap_or_default().trim();
        !rest.is_empty() && !rest.starts_with(['#', '|', '>', '&', '!'])
    }

    fn is_left_of(&self, other: &Self) -> bool {
        self.indentation().len() < other.indentation().len()
    }

    /// A colon behind what would be a key, full-width or without a blank behind it, and the line as it is meant.
    fn loose_colon(&self) -> Option<LooseMark> {
        if self.key().is_some() {
            return None;
        }
        let written = self.text.get(self.column()..)?;
        let (at, colon) = written.char_indices().find(|(_, character)| matches!(character, ':' | '：'))?;
        let key = written.get(..at)?.trim_end();
        let rest = written.get(at + colon.len_utf8()..)?.trim();
        let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
        let is_name = key.chars().all(is_part) && key.starts_with(char::is_alphabetic);
        // http://… is an address.
        if !is_name || colon == ':' && (rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        let message = if colon == ':' { &say::YAML_BLANK_AFTER_COLON } else { &say::YAML_WIDE_COLON };
        let before = self.text.get(self.content() - self.start..self.column()).unwrap_or_default();
        let start = (self.start + self.column() + at) as u32;
        let mended = format!("{before}{key}: {rest}");
        Some((message, Span::new(start, start + colon.len_utf8() as u32), mended.trim_end().to_owned()))
    }

    /// A dash that would begin an item if a blank followed it, and the line as it is meant.
    fn loose_dash(&self) -> Option<LooseMark> {
        let item = self.trimmed().strip_prefix('-')?;
        if item.is_empty() || item.starts_with([' ', '-', '\t']) {
            return None;
        }
        let start = self.content() as u32;
        Some((&say::YAML_BLANK_AFTER_DASH, Span::new(start, start + 1), format!("- {}", item.trim_end())))
    }
}

/// What is wrong with a colon or a dash, where it stands, and the line as it is meant.
type LooseMark = (&'static SyntaxMessage, Span, String);

#[cfg(test)]
mod tests {
    use crate::source::SourceFile;
    use crate::tree::{Format, Limits, Tree, parse};

    /// The id of the first error, and what stands at its place, with the number of the line.
    fn told(text: &str) -> (&'static str, u64, String) {
        let source = SourceFile::new("a.yaml", text);
        let errors = parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |_| {});
        let error = errors.first().unwrap_or_else(|| panic!("no error in {text:?}"));
        (error.id(), source.position(error.span.start).line, source.slice(error.span).to_owned())
    }

    #[test]
    fn a_tab_is_told_where_it_stands() {
        for (text, line) in [
            ("kind: Shop\nsubject:\n\ttype: enterprise\n", 3),
            ("kind: Shop\nname: 云山\n\n\tsystem: weixin-store\n", 4),
            ("subject:\n  type: enterprise\n\tname: 云山\n", 3),
            ("- kind: Shop\n\tid: a\n", 2),
            ("accounts:\n\t- a\n", 2),
        ] {
            assert_eq!(told(text), ("yaml/tab", line, "\t".to_owned()), "{text:?}");
        }
    }

    #[test]
    fn wrong_indentation_is_not_blamed_on_a_colon() {
        for (text, id, line) in [
            ("id: a\nsubject:\n    type: enterprise\n   name: x\n", "yaml/indentation", 4),
            ("brand:\n  name: x\n grant: owner\n", "yaml/indentation", 3),
            ("accounts:\n  - x\n - y\n", "yaml/indentation", 3),
            ("- a: 1\n  b:\n      c: 2\n    d: 3\n", "yaml/indentation", 4),
            ("id: a\n name: x\n", "yaml/indented-below-value", 2),
            ("subject:\n  type: enterprise # 企业\n    name: x\n", "yaml/indented-below-value", 3),
        ] {
            let (found, at, _) = told(text);
            assert_eq!((found, at), (id, line), "{text:?}");
        }
        assert_eq!(told("id: a\nname x\nsystem: y\n"), ("yaml/no-colon", 2, "n".to_owned()));
    }

    #[test]
    fn blanks_that_do_not_indent_are_told() {
        for (text, line, found) in [
            ("id: a\nsubject:\n　　type: enterprise\n", 3, "　　"),
            ("id: a\nsubject:\n\u{a0}\u{a0}type: enterprise\n", 3, "\u{a0}\u{a0}"),
            ("id: a\nsubject:\n  　type: enterprise\n", 3, "　"),
            ("　id: a\n", 1, "　"),
            ("id: a\naccounts:\n　　- x\n", 3, "　　"),
            ("id: a\nname:\n　　云山\n", 3, "　　"),
        ] {
            assert_eq!(told(text), ("yaml/wide-indentation", line, found.to_owned()), "{text:?}");
        }
        let prose = "script: |\n  　　大家好。\n  　　今天讲茶。\nnote:\n  　　两格\nname: '　x'\nquoted: 　y\n";
        let source = SourceFile::new("a.yaml", prose);
        assert_eq!(parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |_| {}), []);
    }

    #[test]
    fn a_full_width_colon_is_told_where_it_stands() {
        assert_eq!(told("kind: Shop\nname：云山\nid: a\n"), ("yaml/wide-colon", 2, "：".to_owned()));
        assert_eq!(told("subject:\n  type：enterprise\n  name: x\n").0, "yaml/wide-colon");
        assert_eq!(told("id: a\nname ： 云山\n"), ("yaml/wide-colon", 2, "：".to_owned()));
    }

    #[test]
    fn tags_of_other_programs_are_told_and_their_text_is_no_value() {
        let text = "a: !include b.yaml\nb: !vault |\n  x\nc: !env {NAME: 1}\nd: !!binary aGk=\ne: !!str 1\nf: ! x\ng: !!timestamp 2026-01-01\nh: !!map {}\n";
        let source = SourceFile::new("a.yaml", text);
        let mut kinds = Vec::new();
        let errors = parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
            kinds = root.entries().map(|(_, value)| value.is_null()).collect();
        });
        let tags: Vec<&str> = errors.iter().map(|error| source.slice(error.span)).collect();
        assert_eq!(tags, ["!include", "!vault", "!env", "!!binary"]);
        assert_eq!(kinds, [true, true, false, true, false, false, false, false]);
        assert!(errors.iter().all(|error| !error.is_fatal()));
    }
}
