//! Edits inside scalars, in the style the scalar is written in.

use std::ops::Range;

use dianjian_base::lang::Text;
use dianjian_base::{localized, text};
use rust_decimal::Decimal;

use super::Edit;
use super::cell::quoted;
use crate::source::{SourceFile, Span};
use crate::tree::{Node, NodeKind, ScalarStyle, plain_kind};

/// Why an edit cannot be made without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FixError {
    /// The node was reached by an alias or a merge: an edit would change other places as well.
    Aliased,
    /// The node has an anchor, and what names it would lose or change its meaning.
    Anchored,
    /// The node is not of the kind that the edit is for.
    WrongKind,
    /// There is no such key, item or character.
    NotThere,
    /// The text is laid out in a way that such an edit cannot keep.
    Layout,
}

localized! { FixError {
    Self::Aliased => {
        zh: "此值来自别名，修改会影响其他位置",
        en: "the value comes from an alias: an edit would change other places",
        help: by_hand(),
    }
    Self::Anchored => {
        zh: "此值带有锚点，别处引用了它",
        en: "the value has an anchor that other places refer to",
        help: by_hand(),
    }
    Self::WrongKind => {
        zh: "此处的值不是可以这样修改的类型",
        en: "the value is not of a kind that can be edited so",
        help: by_hand(),
    }
    Self::NotThere => { zh: "要修改的内容不存在", en: "what is to be edited is not there", help: by_hand() }
    Self::Layout => { zh: "此处的排版无法自动修改", en: "the layout here cannot be edited automatically", help: by_hand() }
} }

fn by_hand() -> Option<Text> {
    Some(text! { zh: "请手工修改。", en: "Edit it by hand." })
}

/// A scalar to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewScalar {
    /// A text; it is quoted where it would be read as something else.
    Text(String),
    /// A number.
    Number(Decimal),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl NewScalar {
    /// The scalar as it is written in place of one of style `like`.
    pub fn written(&self, like: ScalarStyle, is_json: bool, in_flow: bool) -> String {
        match self {
            Self::Text(text) if is_json => json_string(text),
            Self::Text(text) => yaml_text(text, like, !in_flow),
            Self::Number(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Null => "null".to_owned(),
        }
    }
}

/// Replaces a range of a scalar's decoded text; the rest of the scalar stays as it is written.
///
/// A plain scalar stays plain as long as it is still read as the same kind, else it is quoted.
/// Quoted scalars keep their quotes, with escapes as needed; block scalars keep their indentation.
/// Where a line-folded scalar would not come out right, it is rewritten whole in double quotes.
///
/// # Errors
///
/// When the node is no scalar, was reached by an alias, or the range is not in it.
pub fn replace_in_scalar(node: Node<'_>, range: Range<usize>, new_text: &str) -> Result<Edit, FixError> {
    if node.alias_span().is_some() {
        return Err(FixError::Aliased);
    }
    let old = node.scalar().ok_or(FixError::WrongKind)?;
    let around = old.get(..range.start).zip(old.get(range.end..)).filter(|_| range.start <= range.end);
    let (before, after) = around.ok_or(FixError::NotThere)?;
    let new = [before, new_text, after].concat();
    let span = node.source_span(range);
    let in_place = match node.style() {
        ScalarStyle::Json => return Ok(Edit::replace(span, json_escaped(new_text))),
        ScalarStyle::Plain if node.is_json() => {
            let stays = crate::tree::is_json_plain(&new);
            let text = if stays { new } else { json_string(&new) };
            return Ok(Edit::replace(node.span(), text));
        }
        ScalarStyle::Plain => {
            let allow_flow = !node.is_in_flow();
            let stays = is_plain(&new, allow_flow) && plain_kind(&new) == node.kind();
            (stays && keeps_folds(node, span, new_text)).then(|| new_text.to_owned())
        }
        ScalarStyle::SingleQuoted => {
            let fits = new_text.chars().all(is_printable) && keeps_folds(node, span, new_text);
            fits.then(|| new_text.replace('\'', "''"))
        }
        ScalarStyle::DoubleQuoted => keeps_folds(node, span, new_text).then(|| double_escaped(new_text)),
        ScalarStyle::Literal if keeps_end(old, &new, after) => in_literal(node, span, new_text, &new),
        ScalarStyle::Folded if keeps_end(old, &new, after) => in_folded(node, span, new_text, &new),
        ScalarStyle::Literal | ScalarStyle::Folded => None,
        ScalarStyle::Cell => return in_cell(node.source(), span, new_text),
        ScalarStyle::Block
        | ScalarStyle::Flow
        | ScalarStyle::JsonFlow
        | ScalarStyle::CellList
        | ScalarStyle::Row
        | ScalarStyle::Headings
        | ScalarStyle::Xml
        | ScalarStyle::XmlElement => return Err(FixError::WrongKind),
    };
    Ok(match in_place {
        Some(text) => Edit::replace(span, text),
        None => Edit::replace(node.span(), double_quoted(&new)),
    })
}

/// New text in a cell of a table: quotes stay where they are, and come where the text needs them.
pub(super) fn in_cell(source: &SourceFile, span: Span, new_text: &str) -> Result<Edit, FixError> {
    let (table, place) = source.table().zip(source.field_at(span.start)).ok_or(FixError::Layout)?;
    let field = place.span;
    let written = source.slice(field);
    if written.starts_with('"') {
        // Text after the closing quote is none that quotes could be doubled in.
        let is_whole = written.len() > 1 && written.ends_with('"');
        return is_whole.then(|| Edit::replace(span, new_text.replace('"', "\"\""))).ok_or(FixError::Layout);
    }
    let before = source.slice(Span::new(field.start, span.start));
    let after = source.slice(Span::new(span.end, field.end));
    let new = [before, new_text, after].concat();
    let needs_quotes = new.starts_with('"') || new.contains(['\n', '\r', char::from(table.delimiter)]);
    Ok(if needs_quotes { Edit::replace(field, quoted(&new)) } else { Edit::replace(span, new_text) })
}

const FLOW_INDICATORS: [char; 5] = [',', '[', ']', '{', '}'];

/// Whether a scalar that may be folded over lines still is folded right around an edit: what
/// borders on a line break must not be a blank, and a line must not become empty.
fn keeps_folds(node: Node<'_>, span: Span, new_text: &str) -> bool {
    let source = node.source();
    if new_text.contains(['\n', '\r']) && node.style() != ScalarStyle::DoubleQuoted {
        return false;
    }
    let whole = node.span();
    if !node.written().contains(['\n', '\r']) {
        return true;
    }
    let before = source.slice(Span::new(whole.start, span.start));
    let after = source.slice(Span::new(span.end, whole.end));
    let at_line_start = before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r']) || before.ends_with([' ', '\t']);
    let at_line_end = after.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']) || after.starts_with([' ', '\t']);
    let covers_break = source.slice(span).contains(['\n', '\r']);
    let is_solid = !new_text.is_empty() && new_text.trim() == new_text;
    is_solid || !(at_line_start || at_line_end || covers_break)
}

/// Whether the line breaks at the end of a block, which its header speaks of, stay as they are.
fn keeps_end(old: &str, new: &str, after: &str) -> bool {
    let breaks = |text: &str| text.len() - text.trim_end_matches('\n').len();
    breaks(old) == breaks(new) && breaks(after) == breaks(old)
}

/// New text of a literal block: its line breaks get the block's indentation.
fn in_literal(node: Node<'_>, span: Span, new_text: &str, new: &str) -> Option<String> {
    let source = node.source();
    let fits = new_text.chars().all(|character| is_printable(character) || character == '\n');
    let first = new.lines().find(|line| !line.trim().is_empty())?;
    let has_blank_line = new.lines().any(|line| !line.is_empty() && line.trim().is_empty());
    if !fits || first.starts_with([' ', '\t']) || has_blank_line || span.is_empty() && new.is_empty() {
        return None;
    }
    if span.start <= node.span().start {
        return None;
    }
    let first_text = node.scalar()?.find(|character| character != '\n')?;
    let content = node.source_span(first_text..first_text).start;
    let line = source.text().get(..content as usize)?.rsplit(['\n', '\r']).next()?;
    let own_line = source.text().get(..span.start as usize)?.rsplit(['\n', '\r']).next()?;
    // An empty line may have less than the block's indentation, which the new text would need.
    if !line.bytes().all(|byte| byte == b' ') || own_line.len() < line.len() {
        return None;
    }
    Some(new_text.replace('\n', &format!("{}{line}", newline_of(source.text()))))
}

/// New text of a folded block: only within a line.
fn in_folded(node: Node<'_>, span: Span, new_text: &str, new: &str) -> Option<String> {
    let source = node.source();
    let covers_break = source.slice(span).contains(['\n', '\r']);
    let before = source.text().get(..span.start as usize)?;
    let after = source.text().get(span.end as usize..)?;
    let opens_line = before.rsplit(['\n', '\r']).next()?.trim().is_empty();
    let ends_line = after.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']) || after.is_empty();
    let is_solid = !new_text.is_empty() && new_text.trim() == new_text;
    let fits = new_text.chars().all(is_printable) && !covers_break && !new.trim().is_empty();
    (fits && (is_solid || !(opens_line || ends_line))).then(|| new_text.to_owned())
}

/// The line break a text uses.
pub(super) fn newline_of(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text.get(at..).is_some_and(|rest| rest.starts_with("\r\n")) => "\r\n",
        Some(at) if text.get(at..).is_some_and(|rest| rest.starts_with('\r')) => "\r",
        _ => "\n",
    }
}

/// A text as YAML, in the style of what stood there as far as that can hold it.
fn yaml_text(text: &str, like: ScalarStyle, allow_flow: bool) -> String {
    let is_printable_text = text.chars().all(is_printable);
    match like {
        ScalarStyle::SingleQuoted if is_printable_text => format!("'{}'", text.replace('\'', "''")),
        ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted => double_quoted(text),
        _ if is_plain(text, allow_flow) && plain_kind(text) == NodeKind::String => text.to_owned(),
        _ => double_quoted(text),
    }
}

/// Whether a text can be written without quotes; `allow_flow` when it is in no `[]` or `{}`.
pub(super) fn is_plain(text: &str, allow_flow: bool) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    let second = characters.next();
    let opens = match first {
        '-' | '?' | ':' => second.is_some_and(|second| !second.is_whitespace() && !FLOW_INDICATORS.contains(&second)),
        _ => !"#&*!|>'\"%@`,[]{}".contains(first),
    };
    let is_marker = text.starts_with("---") || text.starts_with("...");
    let bad_colon = text.ends_with(':')
        || text.match_indices(':').any(|(at, _)| {
            let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
            next.is_some_and(|next| next.is_whitespace() || FLOW_INDICATORS.contains(&next))
        });
    let bad_hash =
        text.match_indices('#').any(|(at, _)| text.get(..at).is_some_and(|before| before.ends_with([' ', '\t'])));
    opens
        && !is_marker
        && !bad_colon
        && !bad_hash
        && text.trim_matches([' ', '\t']) == text
        && text.chars().all(is_printable)
        && (allow_flow || !text.contains(FLOW_INDICATORS))
}

/// A character that YAML allows unescaped and that does not break the line or hide.
fn is_printable(character: char) -> bool {
    match character {
        '\t' => true,
        '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => !character.is_control(),
    }
}

fn double_quoted(text: &str) -> String {
    format!("\"{}\"", double_escaped(text))
}

/// A text escaped for YAML's double quotes.
fn double_escaped(text: &str) -> String {
    escaped(text, is_printable)
}

pub(super) fn json_string(text: &str) -> String {
    format!("\"{}\"", json_escaped(text))
}

/// A text escaped for JSON's double quotes.
fn json_escaped(text: &str) -> String {
    escaped(text, |character| character > '\u{1f}')
}

/// A text escaped for double quotes of YAML or JSON, which share these escapes; `may_stay` decides about characters that
/// have no short one.
fn escaped(text: &str, may_stay: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if may_stay(character) => out.push(character),
            _ => out.push_str(&escaped_code(character)),
        }
    }
    out
}

fn escaped_code(character: char) -> String {
    let code = character as u32;
    if code > 0xffff { format!("\\U{code:08X}") } else { format!("\\u{code:04X}") }
}
