//! What JSONC and JSON5 allow beyond JSON: comments, a comma before a closing bracket, keys without quotes, single quotes.

use super::{NodeKind, ScalarStyle, Scanned, Scanner, Span, TreeBuilder, say};

/// Whether a file of this name is JSONC or JSON5.
pub fn is_relaxed(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| ["jsonc", "json5"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

impl Scanner<'_> {
    /// Passes over a comment. One that does not end is none.
    pub(super) fn skip_comment(&mut self) -> bool {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let length = match rest {
            [b'/', b'/', ..] => Some(memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
            [b'/', b'*', inside @ ..] => memchr::memmem::find(inside, b"*/").map(|end| end + 4),
            _ => None,
        };
        self.pos += length.unwrap_or_default();
        length.is_some()
    }

    /// Bytes of a key without quotes.
    pub(super) fn bare_key(&self) -> usize {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let is_first = rest.first().is_some_and(|byte| !byte.is_ascii_digit());
        let is_key = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii();
        if is_first { rest.iter().take_while(is_key).count() } else { 0 }
    }

    /// A string in single quotes without escapes, where those are allowed.
    pub(super) fn single_quoted(&mut self, builder: &mut TreeBuilder<'_>) -> Scanned {
        let rest = self.bytes.get(self.pos + 1..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte < b' ' || matches!(byte, b'\'' | b'\\'));
        let Some(len) = end.filter(|end| self.is_relaxed && rest.get(*end) == Some(&b'\'')) else {
            return Err(self.error(&say::JSON_SINGLE_QUOTE));
        };
        let span = Span::new(self.pos as u32, (self.pos + len) as u32 + 2);
        builder.scalar(NodeKind::String, ScalarStyle::SingleQuoted, span, (self.pos + 1, len), 0)?;
        self.pos += len + 2;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Limits, SourceFile};
    use crate::tree::Tree;

    fn read(name: &str, text: &str) -> Result<Vec<(String, String)>, String> {
        let (source, limits, mut tree) = (SourceFile::new(name, text), Limits::default(), Tree::new());
        let mut entries = Vec::new();
        let errors = super::super::parse(&source, &limits, &mut tree, &mut |root| {
            for (key, value) in root.entries() {
                entries.push((key.scalar().unwrap_or_default().to_owned(), source.slice(value.span()).to_owned()));
            }
        });
        errors.first().map_or(Ok(entries), |error| Err(error.to_string()))
    }

    #[test]
    fn comments_and_commas_keep_every_place() {
        let text = "// 店铺\n{\n  kind: 'Shop', /* 名 */ \"name\": \"云山\", // 完\n  'a': [1, 2,],\n}\n/* 完 */\n";
        let entry = |key: &str, at: &str| (key.to_owned(), at.to_owned());
        let expected = vec![entry("kind", "'Shop'"), entry("name", "\"云山\""), entry("a", "[1, 2,]")];
        for name in ["a.jsonc", "a.JSON5"] {
            assert_eq!(read(name, text), Ok(expected.clone()));
        }
        assert!(read("a.json", text).is_err());
        for broken in ["{/* a", "{a: 'b", "{'a\\'b': 1}", "[1,,]", "{,}", "{1a: 2}", "[1 / 2]", "[1,}"] {
            assert!(read("a.jsonc", broken).is_err(), "{broken}");
        }
    }
}
