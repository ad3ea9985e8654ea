//! A text together with the bytes it was decoded from, so that an edit of the one is an edit of the other.

use std::path::Path;
use std::sync::Arc;

use dianjian_base::{FileSystem, localized};

use super::decode::{Decoder, TextEncoding, Undecoded, unsupported_encoding};
use super::undecoded;
use crate::edit::{EditSet, apply};
use crate::source::{Limits, SourceError, SourceFile, Span, read};

/// A whole text, and its bytes in its own encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    encoding: TextEncoding,
    text: Arc<str>,
    /// `None`: the text's own.
    bytes: Option<Arc<[u8]>>,
}

/// A character that a file cannot hold, because its encoding lacks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct Unencodable {
    #[expect(missing_docs, reason = "named by its type")]
    pub character: char,
    #[expect(missing_docs, reason = "named by its type")]
    pub encoding: TextEncoding,
}

localized! { Unencodable {
    Self { character, encoding } => {
        zh: "文件是 {encoding} 编码，写不出“{character}”，没有改动它",
        en: "the file is {encoding}, which has no “{character}”; it is left as it is",
        help zh: "把文件另存为 UTF-8，再运行一次。",
        help en: "Save the file as UTF-8 and run the command again.",
    }
} }

impl Encoded {
    /// A text in UTF-8.
    pub fn utf8(text: impl Into<Arc<str>>) -> Self {
        Self { encoding: TextEncoding::Utf8, text: text.into(), bytes: None }
    }

    /// Reads a file in whatever encoding it is.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is larger than `limits.file_bytes`, or has bytes that are no character:
    /// such a text would not come out of its bytes again.
    pub fn read(path: &Path, limits: &Limits) -> Result<Self, SourceError> {
        let name = path.to_string_lossy();
        Self::decode(&name, read::bytes(&FileSystem::default(), path, limits)?)
    }

    /// Decodes bytes in whatever encoding they are.
    ///
    /// # Errors
    ///
    /// When there are bytes that are no character.
    pub fn decode(name: &str, bytes: Vec<u8>) -> Result<Self, SourceError> {
        if let Some((bad, looks_like)) = unsupported_encoding(&bytes) {
            return Err(read::not_utf8(name, &bytes, bad, looks_like, (0, 0)));
        }
        let encoding = TextEncoding::of(&bytes).unwrap_or_default();
        let mut decoder = Decoder::new(Some(encoding));
        let mut text = String::new();
        decoder.decode(&bytes, true, &mut text);
        if let Some(bad) = decoder.bad.first() {
            return Err(undecoded(&SourceFile::new(name, text), bad, encoding, 0));
        }
        // Four pairs of Big5 are two characters each, which would shift all places behind them.
        if encoding == TextEncoding::Big5
            && let Some(at) = text.find(['\u{304}', '\u{30c}'])
        {
            let bad = Undecoded { at: at as u64, byte: 0x88 };
            return Err(undecoded(&SourceFile::new(name, text), &bad, encoding, 0));
        }
        let bytes = (encoding != TextEncoding::Utf8).then(|| bytes.into());
        Ok(Self { encoding, text: text.into(), bytes })
    }

    /// The encoding.
    pub const fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    /// The text.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// Offsets of the text as offsets of the bytes. The offsets must be on character borders and ascend.
    pub fn byte_offsets(&self, offsets: &[u32]) -> Vec<u64> {
        let Some(bytes) = &self.bytes else { return offsets.iter().map(|&offset| offset.into()).collect() };
        let mut characters = self.text.char_indices().map(|(at, character)| at + character.len_utf8());
        let (mut reached, mut at) = (0, 0);
        let mut place = |offset: u32| {
            while reached < offset as usize {
                let Some(next) = characters.next() else { break };
                at += self.encoding.step(bytes.get(at..).unwrap_or_default());
                reached = next;
            }
            at as u64
        };
        offsets.iter().map(|&offset| place(offset)).collect()
    }

    /// The text after edits, every byte outside them as it was.
    ///
    /// # Errors
    ///
    /// When an edit brings a character that the encoding lacks.
    pub fn edited(&self, edits: &EditSet) -> Result<Self, Unencodable> {
        let text: Arc<str> = apply(&self.text, edits).into();
        let Some(bytes) = &self.bytes else { return Ok(Self::utf8(text)) };
        let ends: Vec<u32> = edits.edits().iter().flat_map(|edit| [edit.span.start, edit.span.end]).collect();
        let places = self.byte_offsets(&ends);
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for (edit, place) in edits.edits().iter().zip(places.chunks_exact(2)) {
            let (start, end) = (place[0] as usize, place[1] as usize);
            out.extend_from_slice(bytes.get(done..start).unwrap_or_default());
            let lacking = |character| Unencodable { character, encoding: self.encoding };
            out.extend(self.encoding.encode_like(bytes, &edit.text).map_err(lacking)?);
            done = end;
        }
        out.extend_from_slice(bytes.get(done..).unwrap_or_default());
        Ok(Self { encoding: self.encoding, text, bytes: Some(out.into()) })
    }

    /// The bytes of a part of the text.
    pub fn byte_range(&self, span: Span) -> std::ops::Range<u64> {
        match self.byte_offsets(&[span.start, span.end]).as_slice() {
            [start, end] => *start..*end,
            _ => 0..0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;

    #[test]
    fn edits_change_their_own_bytes_only() {
        let text = "店铺名称,备注\r\n云山旗舰店,🍵“a”\r\n";
        for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be, TextEncoding::Gb18030] {
            let bytes = encoding.encode(text).unwrap();
            let before = Encoded::decode("a.csv", bytes.clone()).unwrap();
            assert_eq!((before.encoding(), &**before.text(), before.bytes()), (encoding, text, bytes.as_slice()));
            let start = text.find("旗舰店").unwrap() as u32;
            let tea = text.find('🍵').unwrap() as u32;
            let edits = [Edit::remove(Span::new(start, start + 9)), Edit::replace(Span::new(tea, tea + 4), "茶")];
            let after = before.edited(&EditSet::new(edits).unwrap()).unwrap();
            let expected = text.replace("旗舰店", "").replace('🍵', "茶");
            assert_eq!((&**after.text(), after.bytes()), (&*expected, encoding.encode(&expected).unwrap().as_slice()));
            let range = before.byte_range(Span::new(start, start + 9));
            assert_eq!(bytes[range.start as usize..range.end as usize], encoding.encode("旗舰店").unwrap());
        }
    }

    #[test]
    fn what_gbk_lacks_is_not_written_into_a_file_of_gbk() {
        let insert = |text: &str| EditSet::new([Edit::insert(0, text)]).unwrap();
        let gbk = Encoded::decode("a.csv", TextEncoding::Gb18030.encode("店铺名称\n云山茶业\n").unwrap()).unwrap();
        assert!(gbk.edited(&insert("茶")).is_ok());
        assert_eq!(gbk.edited(&insert("茶🍵")).unwrap_err().character, '🍵');
        let wide = Encoded::decode("a.csv", TextEncoding::Gb18030.encode("店铺名称\n云山🍵\n").unwrap()).unwrap();
        assert!(wide.edited(&insert("茶🍵")).is_ok());
    }

    #[test]
    fn a_damaged_text_is_not_edited() {
        let bytes =
            [TextEncoding::Gb18030.encode("店铺名称,备注\n云山茶业,春茶上新\n南枝").unwrap(), vec![0xff]].concat();
        assert!(matches!(Encoded::decode("a.csv", bytes), Err(SourceError::Undecodable { byte: 0xff, .. })));
    }
}
