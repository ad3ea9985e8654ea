//! The tokens of HTML, as lenient as browsers: nothing is an error, and every token knows its place.

use std::ops::Range;

/// Elements whose contents are no text of the page.
const HIDDEN: [&str; 5] = ["script", "style", "template", "noscript", "svg"];

/// Bytes of an entity between its `&` and `;`.
const MAX_ENTITY: usize = 10;

const ENTITIES: [(&str, char); 24] = [
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("middot", '·'),
    ("times", '×'),
    ("yen", '¥'),
    ("bull", '•'),
    ("copy", '©'),
    ("reg", '®'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
];

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HtmlToken<'t> {
    /// Blanks of any number.
    Blank(Range<usize>),
    /// Text without blanks, and where it begins.
    Text(&'t str, usize),
    /// The character that an entity stands for.
    Entity(char),
    /// A tag.
    Tag {
        /// The element's name in small letters.
        name: String,
        /// Whether it ends the element.
        is_closing: bool,
        /// What stands behind the name.
        attributes: &'t str,
    },
}

/// The tokens of a page. Comments, and the contents of scripts and styles, are none.
#[derive(Debug)]
pub struct HtmlTokens<'t> {
    text: &'t str,
    at: usize,
    /// Whether a quote was found that nothing closes: they mean nothing from then on.
    has_loose_quotes: bool,
    /// Whether no tag ends from here on.
    is_past_tags: bool,
}

impl<'t> HtmlTokens<'t> {
    /// The tokens of a text.
    pub const fn of(text: &'t str) -> Self {
        Self { text, at: 0, has_loose_quotes: false, is_past_tags: false }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) -> HtmlToken<'t> {
        let start = self.at;
        self.at += self.rest().bytes().take_while(|byte| is_blank(*byte)).count();
        HtmlToken::Blank(start..self.at)
    }

    /// Text up to the next blank, tag or entity; it has at least `least` bytes.
    fn text(&mut self, least: usize) -> HtmlToken<'t> {
        let (rest, start) = (self.rest(), self.at);
        let after = rest.get(least..).unwrap_or_default();
        let end = after.bytes().position(|byte| is_blank(byte) || matches!(byte, b'<' | b'&'));
        let end = end.map_or(rest.len(), |end| least + end);
        self.at += end;
        HtmlToken::Text(rest.get(..end).unwrap_or_default(), start)
    }

    fn entity(&mut self) -> Option<HtmlToken<'t>> {
        let inside = self.rest().get(1..)?;
        let end = inside.bytes().take(MAX_ENTITY).position(|byte| byte == b';')?;
        let name = inside.get(..end)?;
        let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        });
        let named = || ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character);
        let character = number.and_then(char::from_u32).or_else(named)?;
        self.at += name.len() + 2;
        Some(HtmlToken::Entity(character))
    }

    /// A tag; `None`: there is none here. A comment is passed over.
    fn tag(&mut self) -> Option<Option<HtmlToken<'t>>> {
        if self.is_past_tags {
            return None;
        }
        let rest = self.rest();
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.at += comment.find("-->").map_or(rest.len(), |end| end + 7);
            return Some(None);
        }
        let inside = rest.get(1..)?;
        let is_closing = inside.starts_with('/');
        let named = inside.strip_prefix('/').unwrap_or(inside);
        if !named.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '!' | '?')) {
            return None;
        }
        let end = self.tag_end(inside)?;
        let inside = inside.get(..end)?;
        let named = inside.strip_prefix('/').unwrap_or(inside);
        let name_end = named.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(named.len());
        let (name, attributes) = named.split_at(name_end);
        let name = name.to_ascii_lowercase();
        self.at += end + 2;
        if HIDDEN.contains(&name.as_str()) && !is_closing && !inside.ends_with('/') {
            self.pass_hidden(&name);
        }
        Some(Some(HtmlToken::Tag { name, is_closing, attributes }))
    }

    /// Where a tag ends whose inside begins `inside`: at a `>` outside of quotes.
    fn tag_end(&mut self, inside: &str) -> Option<usize> {
        let mut quote = None;
        let found = inside.bytes().position(|byte| {
            match (quote, byte) {
                (None, b'>') => return true,
                (None, b'"' | b'\'') if !self.has_loose_quotes => quote = Some(byte),
                (Some(open), _) if byte == open => quote = None,
                _ => {}
            }
            false
        });
        if found.is_some() {
            return found;
        }
        self.has_loose_quotes = true;
        let end = inside.find('>');
        self.is_past_tags = end.is_none();
        end
    }

    /// Passes over everything up to the tag that closes an element.
    fn pass_hidden(&mut self, name: &str) {
        let rest = self.rest();
        let closes = |at: &usize| {
            let tag = rest.get(at + 2..at + 2 + name.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        };
        let end = rest.match_indices("</").map(|(at, _)| at).find(closes);
        self.at += end.unwrap_or(rest.len());
    }
}

impl<'t> Iterator for HtmlTokens<'t> {
    type Item = HtmlToken<'t>;

    fn next(&mut self) -> Option<HtmlToken<'t>> {
        loop {
            let first = self.rest().chars().next()?;
            let token = match first {
                '<' => self.tag().unwrap_or_else(|| Some(self.text(1))),
                '&' => Some(self.entity().unwrap_or_else(|| self.text(1))),
                _ if first.is_ascii() && is_blank(first as u8) => Some(self.blanks()),
                _ => Some(self.text(first.len_utf8())),
            };
            if token.is_some() {
                return token;
            }
        }
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// The value of a tag's attribute, without quotes.
pub fn html_attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let lower = attributes.to_ascii_lowercase();
    let at = lower.match_indices(name).map(|(at, _)| at).find(|at| {
        let is_word = attributes.get(..*at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_whitespace()));
        is_word && attributes.get(at + name.len()..).is_some_and(|after| after.trim_start().starts_with('='))
    })?;
    let value = attributes.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split(|c: char| c.is_ascii_whitespace()).next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        let mut out = String::new();
        for token in HtmlTokens::of(page) {
            match token {
                HtmlToken::Blank(_) => out.push(' '),
                HtmlToken::Text(text, at) => {
                    assert_eq!(page.get(at..at + text.len()), Some(text));
                    out.push_str(text);
                }
                HtmlToken::Entity(character) => out.push(character),
                HtmlToken::Tag { name, is_closing, .. } => {
                    out.push_str(&format!("[{}{name}]", if is_closing { "/" } else { "" }))
                }
            }
        }
        out
    }

    #[test]
    fn pages_fall_into_tokens() {
        let page = "<P title='a>b'>家&amp;&#20010;&x; <!-- <b> -->1 < 2</p><script>if (a < b) </script>完<BR/>";
        assert_eq!(shown(page), "[p]家&个&x; 1 < 2[/p][script][/script]完[br]");
    }

    #[test]
    fn pages_that_do_not_close_end() {
        for page in ["<script>加", "<!-- 加", "<a title=\"x", "<", "&", "&;", "&#0000000000000;", "</", "<a <a"] {
            assert!(!shown(page).contains('加'), "{page}");
        }
        let long = "<a \"".repeat(200_000);
        assert_eq!(shown(&long), long);
    }

    #[test]
    fn attributes_are_found_in_any_case() {
        let tag = " ColSpan = \"2\" data-rowspan=9 rowspan=3";
        assert_eq!((html_attribute(tag, "colspan"), html_attribute(tag, "rowspan")), (Some("2"), Some("3")));
        assert_eq!(html_attribute(" colspan", "colspan"), None);
    }
}
