//! From a table's bytes to its text, block by block.

use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use serde::{Deserialize, Serialize};

use crate::source::error::{Encoding, count_sequences};

/// Bytes from which the encoding is guessed.
const SAMPLE: usize = 1 << 20;

/// Up to this many damaged sequences a text counts as damaged UTF-8, and each is reported.
const MOST_DAMAGED: usize = 8;

/// How the bytes of a table on disk become its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum TextEncoding {
    /// UTF-8: the text is the file, byte for byte.
    #[default]
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// GB18030, of which GBK and GB 2312 are parts.
    Gb18030,
    /// Big5, of traditional Chinese.
    Big5,
}

impl TextEncoding {
    /// What bytes are encoded in, as far as they show: `None` while they are ASCII. What is neither valid UTF-8
    /// nor like anything else counts as damaged UTF-8.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match Encoding::utf16(bytes) {
            Some(Encoding::Utf16Le) => return Some(Self::Utf16Le),
            Some(Encoding::Utf16Be) => return Some(Self::Utf16Be),
            _ => {}
        }
        let first = bytes.iter().position(|byte| !byte.is_ascii())?;
        let sample = bytes.get(first..bytes.len().min(first + SAMPLE)).unwrap_or_default();
        let bad = match std::str::from_utf8(sample) {
            Ok(_) => return Some(Self::Utf8),
            // Cut at the end of the sample.
            Err(error) if error.error_len().is_none() => return Some(Self::Utf8),
            Err(error) => error.valid_up_to(),
        };
        let is_gb = match Encoding::guess(sample, bad) {
            Encoding::DamagedUtf8 => false,
            _ if is_big5(sample) => return Some(Self::Big5),
            Encoding::Gb18030 => true,
            _ => may_be_gb(sample),
        };
        Some(if is_gb { Self::Gb18030 } else { Self::Utf8 })
    }

    fn tables(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Gb18030 => encoding_rs::GB18030,
            Self::Big5 => encoding_rs::BIG5,
        }
    }

    /// A text as bytes of this encoding.
    ///
    /// # Errors
    ///
    /// The first character that the encoding lacks.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Utf16Le => Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Utf16Be => Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Gb18030 => by_character(encoding_rs::GB18030, text),
            Self::Big5 => by_character(encoding_rs::BIG5, text),
        }
    }

    /// A text as bytes like those of a file of this encoding: where the file has nothing beyond GBK, neither has it.
    ///
    /// # Errors
    ///
    /// The first character that the encoding lacks.
    pub fn encode_like(self, file: &[u8], text: &str) -> Result<Vec<u8>, char> {
        let mut rest = file;
        while self == Self::Gb18030 && !rest.is_empty() {
            let step = self.step(rest);
            if step == 4 {
                return self.encode(text);
            }
            rest = rest.get(step..).unwrap_or_default();
        }
        if self == Self::Gb18030 { by_character(encoding_rs::GBK, text) } else { self.encode(text) }
    }

    /// Bytes of the character that begins `bytes`; what is damaged counts as one.
    pub fn step(self, bytes: &[u8]) -> usize {
        let first = bytes.first().copied().unwrap_or_default();
        let second = bytes.get(1).copied();
        let length = match self {
            Self::Utf8 => match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => 1,
            },
            Self::Utf16Le | Self::Utf16Be => {
                let high = if self == Self::Utf16Le { second.unwrap_or_default() } else { first };
                if (0xd8..=0xdb).contains(&high) { 4 } else { 2 }
            }
            Self::Big5 => match (first, second) {
                (0x81..=0xfe, Some(_)) => 2,
                _ => 1,
            },
            Self::Gb18030 => match (first, second) {
                (0x81..=0xfe, Some(b'0'..=b'9')) => 4,
                (0x81..=0xfe, Some(_)) => 2,
                _ => 1,
            },
        };
        length.min(bytes.len())
    }
}

/// What bytes that are no text in any encoding read here seem to be, and the first of them that is not UTF-8. `None`:
/// they are such a text, or one that is damaged here and there.
pub(super) fn unsupported_encoding(bytes: &[u8]) -> Option<(usize, Encoding)> {
    if TextEncoding::of(bytes) != Some(TextEncoding::Utf8) {
        return None;
    }
    let bad = std::str::from_utf8(bytes).err()?.valid_up_to();
    let (damaged, intact) = count_sequences(bytes);
    let is_big5 = guess(bytes.get(bad..)?) == encoding_rs::BIG5;
    (damaged > MOST_DAMAGED && damaged > intact)
        .then_some((bad, if is_big5 { Encoding::Big5 } else { Encoding::Unknown }))
}

/// Whether bytes that look like nothing in particular are Chinese all the same: everything in them is a character of
/// GB18030, and they are no likelier to be Japanese, Korean or Big5.
fn may_be_gb(sample: &[u8]) -> bool {
    let mut decoder = encoding_rs::GB18030.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(sample.len() * 3 + 16);
    let (result, _) = decoder.decode_to_string_without_replacement(sample, &mut text, false);
    let others = [encoding_rs::BIG5, encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::EUC_KR];
    result == encoding_rs::DecoderResult::InputEmpty && !text.contains('\0') && !others.contains(&guess(sample))
}

/// Whether bytes are Big5: pairs of it alone, nearly all of the block of frequent characters, of which GBK would have
/// fewer in its own. The two share most of their bytes, and a short text of the one may be a text of the other.
fn is_big5(sample: &[u8]) -> bool {
    let (mut characters, mut frequent, mut frequent_in_gb) = (0_usize, 0_usize, 0_usize);
    let mut rest = sample;
    while let [first, after @ ..] = rest {
        rest = after;
        if first.is_ascii() {
            continue;
        }
        // The sample may be cut inside a character.
        let [second, after @ ..] = after else { break };
        rest = after;
        let is_pair = matches!(first, 0xa1..=0xf9) && matches!(second, 0x40..=0x7e | 0xa1..=0xfe);
        if !is_pair {
            return false;
        }
        // Before 0xa4 there are signs.
        if *first >= 0xa4 {
            characters += 1;
            frequent += usize::from(*first <= 0xc6);
            frequent_in_gb += usize::from(matches!(first, 0xb0..=0xd7) && *second >= 0xa1);
        }
    }
    characters > 0 && frequent * 10 >= characters * 8 && frequent_in_gb * 10 < characters * 7
}

fn guess(sample: &[u8]) -> &'static encoding_rs::Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

fn by_character(encoding: &'static encoding_rs::Encoding, text: &str) -> Result<Vec<u8>, char> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        let mut utf8 = [0; 4];
        let (encoded, _, lacks) = encoding.encode(character.encode_utf8(&mut utf8));
        if lacks {
            return Err(character);
        }
        bytes.extend_from_slice(&encoded);
    }
    Ok(bytes)
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 (little-endian)",
            Self::Utf16Be => "UTF-16 (big-endian)",
            Self::Gb18030 => "GBK/GB18030",
            Self::Big5 => "Big5",
        })
    }
}

/// Bytes that are no character of the encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undecoded {
    /// The offset in the text of the mark in their place.
    pub at: u64,
    /// The first of the bytes.
    pub byte: u8,
}

/// Decodes block after block.
pub(super) struct Decoder {
    encoding: Option<TextEncoding>,
    decoder: Option<encoding_rs::Decoder>,
    /// The beginning of a character that the next block ends.
    tail: Vec<u8>,
    /// Bytes of text so far.
    written: u64,
    /// What could not be decoded so far, in order, as long as someone takes it out.
    pub bad: Vec<Undecoded>,
}

impl Decoder {
    /// One for a known encoding, or one that the first bytes beyond ASCII decide.
    pub(super) fn new(encoding: Option<TextEncoding>) -> Self {
        Self { encoding, decoder: None, tail: Vec::new(), written: 0, bad: Vec::new() }
    }

    /// The encoding, as far as known.
    pub(super) fn encoding(&self) -> TextEncoding {
        self.encoding.unwrap_or_default()
    }

    /// Appends a block's text; `last` says that it is the last block.
    pub(super) fn decode(&mut self, block: &[u8], last: bool, out: &mut String) {
        if self.encoding.is_none() {
            self.encoding = TextEncoding::of(block);
        }
        let before = out.len();
        if self.encoding() == TextEncoding::Utf8 {
            self.utf8(block, last, out);
        } else {
            self.other(block, last, out);
        }
        self.written += (out.len() - before) as u64;
    }

    /// Every byte that is not UTF-8 becomes a `?`, so that offsets in the text stay those of the file.
    fn utf8(&mut self, block: &[u8], last: bool, out: &mut String) {
        let joined;
        let mut rest = if self.tail.is_empty() {
            block
        } else {
            joined = [std::mem::take(&mut self.tail).as_slice(), block].concat();
            &joined
        };
        let before = out.len();
        loop {
            let error = match std::str::from_utf8(rest) {
                Ok(text) => return out.push_str(text),
                Err(error) => error,
            };
            let (good, bad) = rest.split_at(error.valid_up_to());
            out.push_str(std::str::from_utf8(good).unwrap_or_default());
            let length = match error.error_len() {
                None if !last => return self.tail.extend_from_slice(bad),
                length => length.unwrap_or(bad.len()),
            };
            let at = self.written + (out.len() - before) as u64;
            self.bad.push(Undecoded { at, byte: bad.first().copied().unwrap_or_default() });
            out.extend(std::iter::repeat_n('?', length));
            rest = bad.get(length..).unwrap_or_default();
        }
    }

    fn other(&mut self, block: &[u8], last: bool, out: &mut String) {
        let tables = self.encoding().tables();
        let decoder = self.decoder.get_or_insert_with(|| tables.new_decoder_without_bom_handling());
        let before = out.len();
        let mut rest = block;
        loop {
            out.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 3));
            let (result, read) = decoder.decode_to_string_without_replacement(rest, out, last);
            let (done, left) = rest.split_at(read);
            rest = left;
            match result {
                encoding_rs::DecoderResult::InputEmpty => return,
                encoding_rs::DecoderResult::OutputFull => {}
                encoding_rs::DecoderResult::Malformed(length, after) => {
                    let first = done.len().saturating_sub(usize::from(length) + usize::from(after));
                    let at = self.written + (out.len() - before) as u64;
                    self.bad.push(Undecoded { at, byte: done.get(first).copied().unwrap_or_default() });
                    out.push(char::REPLACEMENT_CHARACTER);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "店铺名称,备注\r\n云山茶业,“春茶” € 🍵 繁體\r\n";

    fn decoded(encoding: Option<TextEncoding>, bytes: &[u8], block: usize) -> (String, Vec<Undecoded>) {
        let mut decoder = Decoder::new(encoding);
        let mut text = String::new();
        let blocks: Vec<&[u8]> = bytes.chunks(block).collect();
        for (at, part) in blocks.iter().enumerate() {
            decoder.decode(part, at + 1 == blocks.len(), &mut text);
        }
        (text, decoder.bad)
    }

    #[test]
    fn texts_come_back_in_blocks_of_any_size() {
        let all = [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be, TextEncoding::Gb18030];
        for encoding in all {
            let bytes = encoding.encode(TEXT).unwrap();
            assert_eq!(TextEncoding::of(&bytes), Some(encoding));
            for block in [1, 2, 3, 7, 64, 4096] {
                assert_eq!(decoded(Some(encoding), &bytes, block), (TEXT.to_owned(), Vec::new()), "{encoding} {block}");
            }
            let mut at = 0;
            let mut text = String::new();
            while at < bytes.len() {
                let step = encoding.step(&bytes[at..]);
                text.push_str(&decoded(Some(encoding), &bytes[at..at + step], 9).0);
                at += step;
            }
            assert_eq!(text, TEXT);
        }
    }

    #[test]
    fn bytes_that_stand_for_nothing_are_told() {
        let (text, bad) = decoded(Some(TextEncoding::Utf8), b"a,\xff\xe5\xba\nb", 2);
        assert_eq!((text.as_str(), bad.len()), ("a,???\nb", 2));
        assert_eq!(bad[0], Undecoded { at: 2, byte: 0xff });
        let (text, bad) = decoded(Some(TextEncoding::Gb18030), b"a,\xb5\xea\xff\nb", 64);
        assert_eq!(text, "a,店\u{fffd}\nb");
        assert_eq!(bad, [Undecoded { at: 5, byte: 0xff }]);
    }

    #[test]
    fn big5_is_told_from_gbk() {
        for (text, encoding) in [
            ("各位觀眾大家晚上好，今天的春茶上架了，喜歡的朋友請點購物袋", TextEncoding::Big5),
            ("加微信領茶", TextEncoding::Big5),
            ("家人们大家晚上好，今天的春茶上架了，喜欢的朋友请点购物袋", TextEncoding::Gb18030),
            ("加微信领茶", TextEncoding::Gb18030),
            ("各位觀眾大家晚上好，喜歡的請點購物袋", TextEncoding::Gb18030),
        ] {
            let bytes = encoding.encode(text).unwrap();
            assert_eq!(TextEncoding::of(&bytes), Some(encoding), "{text}");
            assert_eq!(decoded(None, &bytes, 7), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn ascii_tells_nothing_until_something_else_comes() {
        assert_eq!(TextEncoding::of(b"id,name\n"), None);
        let bytes = [b"id,name\n".repeat(100), TextEncoding::Gb18030.encode(TEXT).unwrap()].concat();
        let (text, bad) = decoded(None, &bytes, 64);
        assert!(text.ends_with(TEXT) && bad.is_empty(), "{text}");
    }
}
