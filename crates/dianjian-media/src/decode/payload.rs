//! Payloads as text. Codes hold bytes, and hardly any code declares their encoding.

use std::fmt::Write;

use dianjian_base::hex;
use encoding_rs::{Encoding, GBK, SHIFT_JIS};

/// The most bytes of a binary payload that are displayed, in hex.
const MAX_HEX_BYTES: usize = 16;

/// The text of a payload, given its bytes and the text that the engine made of them.
///
/// Bytes that are UTF-8 or GB 2312 are decoded as such; otherwise the engine's text is used, since the engine knows the
/// encoding that the code declares (ECI).
pub(super) fn of(bytes: &[u8], read: &str) -> String {
    if bytes.is_empty() || bytes.is_ascii() && !read.is_ascii() {
        return readable(read).unwrap_or_else(|| excerpt_in_hex(read.as_bytes()));
    }
    decoded(bytes).or_else(|| readable(read)).unwrap_or_else(|| excerpt_in_hex(bytes))
}

/// The text of a payload in an unknown encoding.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    let shift_jis = || clean(bytes, SHIFT_JIS);
    decoded(bytes).or_else(shift_jis).unwrap_or_else(|| excerpt_in_hex(bytes))
}

/// The text of a payload that an engine decoded as Latin-1 where it knew no encoding.
pub(super) fn of_text(read: &str) -> String {
    let latin_1: Option<Vec<u8>> = read.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    of(&latin_1.filter(|_| !read.is_ascii()).unwrap_or_default(), read)
}

/// Decodes UTF-8 and GB 2312.
fn decoded(bytes: &[u8]) -> Option<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => readable(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(_) if is_gb2312(bytes) => clean(bytes, GBK),
        Err(_) => None,
    }
}

/// Are all characters those of GB 2312, at least one of them an ideograph? Text in other encodings hardly ever passes.
fn is_gb2312(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut ideographs = 0;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (..0x80, _) => tail,
            (0xa1..=0xa9 | 0xb0..=0xf7, [0xa1..=0xfe, after @ ..]) => {
                ideographs += usize::from(first >= 0xb0);
                after
            }
            _ => return false,
        };
    }
    ideographs > 0
}

/// Decodes text without any binary character.
fn clean(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    (!text.chars().any(is_binary)).then(|| text.into_owned())
}

/// Control characters other than those of lines and of GS1 fields, and the replacement character.
fn is_binary(c: char) -> bool {
    (c.is_control() && !"\t\r\n\u{1c}\u{1d}\u{1e}\u{4}".contains(c)) || c == char::REPLACEMENT_CHARACTER
}

/// The text, unless an eighth of its characters or more are binary: phones read an address with a stray control
/// character.
fn readable(text: &str) -> Option<String> {
    let binary = text.chars().filter(|c| is_binary(*c)).count();
    (binary == 0 || binary < text.chars().count().div_ceil(8)).then(|| text.to_owned())
}

/// The first bytes of a binary payload and its length.
fn excerpt_in_hex(bytes: &[u8]) -> String {
    let mut text = format!("0x{}", hex(&bytes[..bytes.len().min(MAX_HEX_BYTES)]));
    if bytes.len() > MAX_HEX_BYTES {
        let _ = write!(text, "… ({} B)", bytes.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_that_nobody_tells() {
        assert_eq!(of_bytes("https://店.example/微信".as_bytes()), "https://店.example/微信");
        assert_eq!(of_bytes(&GBK.encode("加我微信领券").0), "加我微信领券");
        assert_eq!(of_bytes(&SHIFT_JIS.encode("ご注文はこちら").0), "ご注文はこちら");
        assert_eq!(of(&GBK.encode("扫码进群").0, "É¨ÂëœøÈº"), "扫码进群");
        assert_eq!(of(&[0x93, 0x5f], "点"), "点");
        assert_eq!(of_text("å¾®ä¿¡"), "微信");
        assert_eq!(of_text("café"), "café");
        assert_eq!(of(b"", ""), "");
    }

    #[test]
    fn what_is_no_text_is_shown_as_bytes() {
        assert_eq!(of_bytes(&[0, 255, 16]), "0x00ff10");
        let long = [7_u8; 40];
        assert_eq!(of(&long, "\u{7}"), format!("0x{}… (40 B)", "07".repeat(16)));
        assert_eq!(of(b"01\x1d21", "01\u{1d}21"), "01\u{1d}21");
        assert_eq!(of_bytes(b"https://u.wechat.com/\x1b[31mabc"), "https://u.wechat.com/\u{1b}[31mabc");
        assert_eq!(of_bytes(b"abc\x00\x01"), "0x6162630001");
    }
}
