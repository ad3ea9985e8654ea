//! Recognises video formats by content.

use crate::pictures::HeifKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// ISO base media (mp4, m4v, mov, 3gp).
    Mp4,
    /// Flash video.
    Flv,
    /// Matroska (mkv, webm).
    Matroska,
    /// AVI (RIFF).
    Avi,
    /// MPEG transport stream.
    MpegTs,
    /// MPEG program stream.
    MpegPs,
    /// Windows Media (asf, wmv).
    Asf,
}

/// Bytes at the beginning that [`Container::of`] needs.
pub(crate) const HEAD_BYTES: usize = 400;

impl Container {
    /// The format of a file by its first bytes; `None` if it is no known video format.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let at = |from: usize, to: usize| head.get(from..to).unwrap_or_default();
        match at(0, 4) {
            [b'F', b'L', b'V', 1] => return Some(Self::Flv),
            [0x1a, 0x45, 0xdf, 0xa3] => return Some(Self::Matroska),
            [b'R', b'I', b'F', b'F'] if at(8, 12) == b"AVI " => return Some(Self::Avi),
            [0, 0, 1, 0xba] => return Some(Self::MpegPs),
            [0x30, 0x26, 0xb2, 0x75] if at(4, 8) == [0x8e, 0x66, 0xcf, 0x11] => return Some(Self::Asf),
            _ => {}
        }
        match at(4, 8) {
            // Pictures (HEIC, AVIF) have the same outer structure; sequences of them are video.
            b"ftyp" if HeifKind::of(head).is_some_and(|kind| kind != HeifKind::Sequence) => None,
            b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" => Some(Self::Mp4),
            _ if [0, 188, 376].iter().all(|at| head.get(*at) == Some(&0x47)) => Some(Self::MpegTs),
            _ => None,
        }
    }

    /// The name of ffmpeg's demuxer for the format. It is always given: left to guess, ffmpeg would take a playlist that is
    /// named like a video for one, and open other files and URLs.
    pub(crate) const fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 => "mov",
            Self::Flv => "flv",
            Self::Matroska => "matroska",
            Self::Avi => "avi",
            Self::MpegTs => "mpegts",
            Self::MpegPs => "mpeg",
            Self::Asf => "asf",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        assert_eq!(Container::of(b"\0\0\0\x18ftypisom"), Some(Container::Mp4));
        assert_eq!(Container::of(b"\0\0\0\x14ftypavif\0\0\0\0mif1"), None);
        assert_eq!(Container::of(b"\0\0\0\x14ftypavis\0\0\0\0mif1"), Some(Container::Mp4));
        assert_eq!(Container::of(b"FLV\x01\x05"), Some(Container::Flv));
        assert_eq!(Container::of(b"\x1a\x45\xdf\xa3"), Some(Container::Matroska));
        assert_eq!(Container::of(b"RIFF\0\0\0\0AVI LIST"), Some(Container::Avi));
        assert_eq!(Container::of(b"RIFF\0\0\0\0WEBPVP8 "), None);
        assert_eq!(Container::of(b"#EXTM3U\nhttp://example.com/a.ts"), None);
        assert_eq!(Container::of(b""), None);
        let mut stream = vec![0; HEAD_BYTES];
        for at in [0, 188, 376] {
            stream[at] = 0x47;
        }
        assert_eq!(Container::of(&stream), Some(Container::MpegTs));
    }
}
