//! Text of unknown origin made safe to show: nothing in it can move a cursor, hide or reorder.
//!
//! Line breaks and tabs become `\n`, `\r`, `\t`; every other character that is not seen becomes
//! its code point, `<U+200B>`. So a reader sees what a rule found, and a terminal obeys nobody.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// Columns that [`write_code_point`] takes at most.
const CODE_POINT_WIDTH: usize = 10;

/// Columns of a tab, as shown.
pub const TAB_WIDTH: usize = 4;

/// Whether a character is invisible or changes how others are shown.
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character can stand beside a joiner in an emoji.
const fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}')
        || matches!(c, '♀' | '♂' | '⚕')
}

/// Whether the character is the joiner of an emoji such as 👩‍🍳, which is no disguise.
pub fn joins_emoji(before: Option<char>, c: char, after: Option<char>) -> bool {
    c == '\u{200d}' && before.is_some_and(is_pictograph) && after.is_some_and(is_pictograph)
}

/// Columns that a character takes once it is made safe; a joiner counts as hidden.
pub fn shown_width(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        '\t' => TAB_WIDTH,
        '\n' | '\r' => 2,
        _ if is_hidden(c) => CODE_POINT_WIDTH,
        _ => c.width().unwrap_or(0),
    }
}

/// Appends a character that is not shown as itself.
pub fn write_code_point(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        }
    }
}

/// The text on one line with nothing hidden in it.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_hidden(c) && !joins_emoji(before, c, chars.peek().copied()) {
            write_code_point(c, &mut out);
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

/// Columns of a character where a text is cut: marks that stand on others count as well, or a heap of them had no end.
fn clipping_width(c: char) -> usize {
    shown_width(c).max(1)
}

/// [`one_line`], cut after `columns` columns with an ellipsis.
pub fn clipped(text: &str, columns: usize) -> Cow<'_, str> {
    let mut width = 0;
    for (at, c) in text.char_indices() {
        width += clipping_width(c);
        if width > columns {
            let mut out = one_line(&text[..at]).into_owned();
            out.push('…');
            return Cow::Owned(out);
        }
    }
    one_line(text)
}

/// [`one_line`] with its middle left out where it is longer than `columns` columns: of an address both its
/// beginning and its end say something.
pub fn shortened(text: &str, columns: usize) -> String {
    if text.chars().map(clipping_width).sum::<usize>() <= columns {
        return one_line(text).into_owned();
    }
    let tail = columns / 3;
    let mut used = 0;
    let start = text.char_indices().rev().take_while(|(_, c)| {
        used += clipping_width(*c);
        used <= tail
    });
    let start = start.last().map_or(text.len(), |(at, _)| at);
    let head = clipped(&text[..start], columns.saturating_sub(tail + 1));
    format!("{}{}{}", head.trim_end_matches('…'), '…', one_line(&text[start..]))
}

/// Columns of a text that is safe already.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Breaks a text that is safe already into lines of at most `columns` columns: at spaces, and
/// beside wide characters, but never before a mark that closes.
pub fn wrap(text: &str, columns: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut used = 0;
    // Where the line may end, and the columns up to there.
    let mut border: Option<(usize, usize)> = None;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or(0);
        if at > start && may_break(before, c) {
            border = Some((at, used));
        }
        // A space at the end of a line takes no room.
        if used + wide > columns && c != ' ' && at > start {
            let (end, columns_before) = border.take().unwrap_or((at, used));
            lines.push(text[start..end].trim_end());
            start = end;
            used -= columns_before;
        }
        used += wide;
        before = Some(c);
    }
    lines.push(text[start..].trim_end());
    lines
}

fn may_break(before: Option<char>, after: char) -> bool {
    let Some(before) = before else { return false };
    let is_wide = |c: char| c.width() == Some(2);
    let closes = "，。、；：？！”’）》」』】〉…·%,.;:?!)]}>'\"".contains(after);
    let opens = "“‘（《「『【〈([{<".contains(before);
    if closes || opens || after == ' ' {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_gets_through() {
        assert_eq!(one_line("云山茶业"), "云山茶业");
        assert_eq!(one_line("a\x1b[31mb\r\n\t"), "a<U+001B>[31mb\\r\\n\\t");
        assert_eq!(one_line("旗\u{200b}舰\u{202e}店"), "旗<U+200B>舰<U+202E>店");
        let all: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        assert!(!one_line(&all).chars().any(is_hidden));
    }

    #[test]
    fn emoji_keep_their_joiners() {
        assert_eq!(one_line("👩\u{200d}🍳"), "👩\u{200d}🍳");
        assert_eq!(one_line("茶\u{200d}业"), "茶<U+200D>业");
    }

    #[test]
    fn texts_are_cut_by_columns() {
        assert_eq!(clipped("云山茶业", 8), "云山茶业");
        assert_eq!(clipped("云山茶业", 7), "云山茶…");
    }

    #[test]
    fn the_middle_of_a_long_text_is_left_out() {
        assert_eq!(shortened("https://u.wechat.com/a", 40), "https://u.wechat.com/a");
        let long = format!("https://u.wechat.com/{}end", "x".repeat(200));
        let short = shortened(&long, 40);
        assert!(short.starts_with("https://u.wechat.com/") && short.ends_with("end") && width(&short) <= 40, "{short}");
        assert!(shortened(&"a\u{301}\u{302}".repeat(200), 40).chars().count() <= 41, "marks on letters");
        assert!(!shortened(&"\u{1b}[31m\u{202e}".repeat(50), 40).chars().any(is_hidden));
    }

    #[test]
    fn lines_break_where_chinese_allows_it() {
        assert_eq!(wrap("店铺名称，含有类型词。", 8), ["店铺名", "称，含有", "类型词。"]);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        for line in wrap("微信小店 store 名称不含“旗舰店”等类型词", 10) {
            assert!(width(line) <= 12, "{line}");
        }
    }
}
