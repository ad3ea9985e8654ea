//! What a file is without being decoded: its size, and its format by its first bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The formats that are told apart.
pub const FORMATS: [&str; 12] =
    ["jpeg", "png", "bmp", "gif", "webp", "tiff", "heic", "avif", "svg", "pdf", "mp4", "unknown"];

/// [`FORMATS`] in a row, for messages.
pub const FORMATS_LISTED: &str = "jpeg, png, bmp, gif, webp, tiff, heic, avif, svg, pdf, mp4 or unknown";

/// How many bytes tell a format.
const HEAD: u64 = 512;

/// A file's size and format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFacts {
    /// Its size.
    pub bytes: u64,
    /// One of [`FORMATS`], whatever the file is called.
    pub format: &'static str,
}

impl FileFacts {
    /// Reads a file's beginning; `None`: it is not there or cannot be read.
    pub fn of(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).ok()?;
        Some(Self { bytes, format: format_of(&head) })
    }
}

/// The format of a file that begins so, one of [`FORMATS`].
pub fn format_of(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..HEAD as usize).unwrap_or(bytes);
    let brand = head.get(8..12).unwrap_or_default();
    match head {
        [0xFF, 0xD8, 0xFF, ..] => "jpeg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'B', b'M', ..] => "bmp",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [b'R', b'I', b'F', b'F', ..] if brand == b"WEBP" => "webp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "tiff",
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => match brand {
            b"avif" | b"avis" => "avif",
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => "heic",
            _ => "mp4",
        },
        _ if String::from_utf8_lossy(head).contains("<svg") => "svg",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_the_content() {
        for (head, expected) in [
            (&b"\xFF\xD8\xFF\xE0"[..], "jpeg"),
            (b"\x89PNG\r\n\x1a\n", "png"),
            (b"BM\0\0", "bmp"),
            (b"GIF89a", "gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
            (b"II\x2a\0", "tiff"),
            (b"\0\0\0\x18ftypheic", "heic"),
            (b"\0\0\0\x18ftypavif", "avif"),
            (b"\0\0\0\x18ftypisom", "mp4"),
            (b"<?xml version='1.0'?><svg/>", "svg"),
            (b"%PDF-1.7", "pdf"),
            (b"", "unknown"),
            (b"hello", "unknown"),
        ] {
            assert_eq!(format_of(head), expected);
            assert!(FORMATS.contains(&expected) && FORMATS_LISTED.contains(expected));
        }
    }
}
