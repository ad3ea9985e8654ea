//! Verifies that video files are complete.
//!
//! ffmpeg plays what it can of a truncated file and does not always report that there should be more. The outermost
//! structure of a file reveals it: sizes that reach beyond its end.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};

use dianjian_base::lang::Text;

use super::Container;

impl Container {
    /// Why a file of `length` bytes is incomplete, as far as its outermost structure says; `None` if it is complete.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn incompleteness(self, file: &mut File, length: u64) -> io::Result<Option<Text>> {
        let end = match self {
            Self::Mp4 => return verify_mp4(file, length),
            Self::Matroska => matroska_end(file, length)?,
            Self::Flv => return verify_flv(file, length),
            Self::Avi => riff_end(file)?,
            Self::MpegTs | Self::MpegPs | Self::Asf => None,
        };
        Ok(end.filter(|&end| end > length).map(|end| truncated(length, end)))
    }
}

/// The reason for a file that is shorter than its structure says.
fn truncated(length: u64, end: u64) -> Text {
    Text {
        zh: format!("文件不完整：应有 {end} 字节，只有 {length} 字节"),
        en: format!("the file is truncated: it should have {end} bytes, but has {length}"),
    }
}

/// Up to `N` bytes at an offset, and how many there are.
fn peek<const N: usize>(file: &mut File, at: u64) -> io::Result<([u8; N], usize)> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    let mut read = 0;
    while read < N {
        match file.read(&mut bytes[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok((bytes, read))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Walks the outermost boxes of an ISO file. Unrelated data after the video is ignored.
fn verify_mp4(file: &mut File, length: u64) -> io::Result<Option<Text>> {
    /// More boxes than any video has; each fragment is two of them.
    const MAX_BOXES: usize = 4_000_000;
    /// What follows the video and is none of these is not part of it.
    const BOXES: [&[u8]; 9] = [b"moov", b"mdat", b"moof", b"mfra", b"free", b"skip", b"udta", b"meta", b"uuid"];
    let (mut at, mut film, mut data) = (0, false, false);
    for _ in 0..MAX_BOXES {
        let (head, read) = peek::<16>(file, at)?;
        let kind = &head[4..8];
        if read < 8 || !kind.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            break;
        }
        film |= kind == b"moov";
        data |= matches!(kind, b"mdat" | b"moof");
        let size = match number(&head[..4]) {
            // Extends to the end of the file.
            0 => length - at,
            1 if read == 16 => number(&head[8..]),
            size => size,
        };
        if size < 8 {
            break;
        }
        let end = at.saturating_add(size);
        if end > length && (!film || !data || BOXES.contains(&kind)) {
            return Ok(Some(truncated(length, end)));
        }
        if end >= length {
            break;
        }
        at = end;
    }
    Ok((!film).then(|| Text {
        zh: "文件不完整：没有影片目录（moov）".to_owned(),
        en: "the file is truncated: its index (moov) is missing".to_owned(),
    }))
}

/// A Matroska variable-size integer: its length and value; `None` if it is invalid or the reserved unknown value.
fn matroska_number(bytes: &[u8]) -> Option<(usize, u64)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let mask = 0xff_u8.checked_shr(u32::try_from(length).ok()?).unwrap_or(0);
    let value = bytes.get(1..length)?.iter().fold(u64::from(first & mask), |value, byte| value << 8 | u64::from(*byte));
    let unknown = (1_u64 << (7 * length)) - 1;
    (value != unknown).then_some((length, value))
}

/// Where a Matroska file's segment ends; `None` if it does not say, as in recordings of live streams.
fn matroska_end(file: &mut File, length: u64) -> io::Result<Option<u64>> {
    /// Only a header and padding may come before the segment.
    const MAX_ELEMENTS: usize = 100;
    let mut at = 0_u64;
    for _ in 0..MAX_ELEMENTS {
        if at >= length {
            break;
        }
        let (head, read) = peek::<16>(file, at)?;
        let head = &head[..read];
        // Ids include their length marker, so they are compared by all their bytes.
        let id = head.first().map_or(0, |first| first.leading_zeros() as usize + 1);
        let is_segment = head.starts_with(&[0x18, 0x53, 0x80, 0x67]);
        let Some((bytes, size)) = head.get(id..).and_then(matroska_number) else { return Ok(None) };
        let end = at.saturating_add((id + bytes) as u64).saturating_add(size);
        if is_segment {
            return Ok(Some(end));
        }
        at = end;
    }
    Ok(None)
}

/// Where the outermost RIFF chunk of an AVI file ends; `None` if it does not say.
fn riff_end(file: &mut File) -> io::Result<Option<u64>> {
    let (head, _) = peek::<8>(file, 0)?;
    let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    // Zero or all ones in files that were never closed, or were written to a pipe.
    Ok((!matches!(size, 0 | u32::MAX)).then(|| u64::from(size) + 8))
}

/// Walks the tags of a Flash video. It is truncated, too, if its tags end long before the duration that it declares.
fn verify_flv(file: &mut File, length: u64) -> io::Result<Option<Text>> {
    const PREVIOUS: u64 = 4;
    const TAG: u64 = 11;
    /// The last tag begins at most this many seconds before the end.
    const MAX_LAST_SECONDS: f64 = 2.0;
    /// The most bytes of the script tag with the metadata.
    const MAX_SCRIPT_BYTES: u64 = 1 << 16;
    let (mut declared, mut last) = (None, 0.0_f64);
    let (head, _) = peek::<9>(file, 0)?;
    let mut at = number(&head[5..9]) + PREVIOUS;
    // There may be very many small tags: buffered, most of them need no system call.
    let mut from = BufReader::new(file);
    from.seek(SeekFrom::Start(at))?;
    while at < length {
        let mut tag = [0; TAG as usize];
        if at + TAG > length {
            return Ok(Some(truncated(length, at + TAG)));
        }
        from.read_exact(&mut tag)?;
        if !matches!(tag[0] & 0x1f, 8 | 9 | 18) {
            // Unrelated data after the video, or damage that ffmpeg will report.
            break;
        }
        let size = number(&tag[1..4]);
        let end = at + TAG + size;
        if end > length {
            return Ok(Some(truncated(length, end)));
        }
        let milliseconds = u32::from_be_bytes([tag[7], tag[4], tag[5], tag[6]]);
        last = last.max(f64::from(milliseconds) / 1000.0);
        let mut rest = size + PREVIOUS;
        if tag[0] & 0x1f == 18 && declared.is_none() {
            let mut script = Vec::new();
            rest -= (&mut from).take(size.min(MAX_SCRIPT_BYTES)).read_to_end(&mut script)? as u64;
            declared = declared_seconds(&script);
        }
        from.seek_relative(i64::try_from(rest).unwrap_or(i64::MAX))?;
        at = end + PREVIOUS;
    }
    Ok(declared.filter(|declared| last + MAX_LAST_SECONDS < *declared).map(|declared| Text {
        zh: format!("文件不完整：应长 {declared:.1} 秒，数据到 {last:.1} 秒为止"),
        en: format!("the file is truncated: it should last {declared:.1} s, but its data ends at {last:.1} s"),
    }))
}

/// The duration that a Flash video declares: the number `duration` in its script tag.
fn declared_seconds(script: &[u8]) -> Option<f64> {
    /// The encoded name, and the type marker of a number.
    const NAME: &[u8] = b"\x00\x08duration\x00";
    let at = script.windows(NAME.len()).position(|part| part == NAME)? + NAME.len();
    let seconds = f64::from_be_bytes(*script.get(at..)?.first_chunk::<8>()?);
    (seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn whole(container: Container, bytes: &[u8]) -> bool {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        container.incompleteness(&mut file, bytes.len() as u64).unwrap().is_none()
    }

    fn a_box(kind: &[u8; 4], body: usize) -> Vec<u8> {
        let mut bytes = u32::try_from(body + 8).unwrap().to_be_bytes().to_vec();
        bytes.extend(kind);
        bytes.resize(body + 8, 7);
        bytes
    }

    #[test]
    fn a_film_that_is_cut_anywhere_is_not_whole() {
        let bytes = [a_box(b"ftyp", 16), a_box(b"moov", 100), a_box(b"mdat", 200)].concat();
        assert!(whole(Container::Mp4, &bytes));
        for length in 25..bytes.len() {
            let is_whole = whole(Container::Mp4, &bytes[..length]);
            // Cut between two boxes the directory is there, and ffmpeg misses the data.
            assert_eq!(is_whole, (132..140).contains(&length), "{length}");
        }
        let with_junk = [&bytes[..], b"\xff\xfe junk"].concat();
        assert!(whole(Container::Mp4, &with_junk));
        let data_first = [a_box(b"ftyp", 16), a_box(b"mdat", 200), a_box(b"moov", 100)].concat();
        assert!(whole(Container::Mp4, &data_first));
        assert!(!whole(Container::Mp4, &data_first[..232]));
    }

    #[test]
    fn sizes_without_sense_end_somewhere() {
        assert!(!whole(Container::Mp4, b"\0\0\0\0ftyp"));
        assert!(!whole(Container::Mp4, b"\0\0\0\x02ftypisom"));
        assert!(!whole(Container::Mp4, b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"));
        assert!(whole(Container::Matroska, b"\x1a\x45\xdf\xa3\x00"));
        assert!(whole(Container::Flv, b"FLV\x01"));
        assert!(whole(Container::Avi, b"RIFF"));
        assert!(whole(Container::Avi, b"RIFF\xff\xff\xff\xffAVI LIST"), "from a pipe");
        assert!(!whole(Container::Avi, b"RIFF\xff\0\0\0AVI LIST"));
    }

    #[test]
    fn a_segment_says_how_long_it_is() {
        let head = b"\x1a\x45\xdf\xa3\x81\x00\x18\x53\x80\x67";
        assert!(whole(Container::Matroska, &[&head[..], b"\x82ab"].concat()));
        assert!(!whole(Container::Matroska, &[&head[..], b"\x83ab"].concat()));
        assert!(whole(Container::Matroska, &[&head[..], b"\x01\xff\xff\xff\xff\xff\xff\xffab"].concat()), "live");
    }

    proptest::proptest! {
        #[test]
        fn whatever_follows_there_is_an_answer(
            start in proptest::sample::select(vec![
                &b"FLV\x01\x01\0\0\0\x09\0\0\0\0"[..],
                b"\0\0\0\x08ftyp\0\0\0\x08moov",
                b"\x1a\x45\xdf\xa3\x80",
                b"RIFF\x40\0\0\0AVI ",
            ]),
            rest in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        ) {
            let bytes = [start, &rest].concat();
            whole(Container::of(&bytes).unwrap(), &bytes);
        }
    }

    #[test]
    fn tags_reach_to_the_end() {
        let film = b"FLV\x01\x01\0\0\0\x09\0\0\0\0\x09\0\0\x02\0\0\0\0\0\0\0ab\0\0\0\x0d";
        assert!(whole(Container::Flv, film));
        assert!(!whole(Container::Flv, &film[..film.len() - 5]));
        assert!(!whole(Container::Flv, &film[..20]));
    }

    #[test]
    fn tags_reach_to_the_time_that_is_told() {
        let tag = |kind: u8, milliseconds: u32, body: &[u8]| {
            let [.., a, b, c] = (body.len() as u32).to_be_bytes();
            let [high, times @ ..] = milliseconds.to_be_bytes();
            [&[kind, a, b, c][..], &times, &[high, 0, 0, 0], body, &(11 + body.len() as u32).to_be_bytes()].concat()
        };
        let film = |declared: f64, last: u32| {
            let script =
                [&b"\x02\x00\x0aonMetaData\x08\0\0\0\x01\x00\x08duration\x00"[..], &declared.to_be_bytes()].concat();
            [&b"FLV\x01\x01\0\0\0\x09\0\0\0\0"[..], &tag(18, 0, &script), &tag(9, 0, b"ab"), &tag(9, last, b"cd")]
                .concat()
        };
        assert!(whole(Container::Flv, &film(6.0, 5_960)));
        assert!(!whole(Container::Flv, &film(6.0, 1_500)));
        assert!(whole(Container::Flv, &film(20_000.0, 19_999_000)), "times of more than 24 bits");
        assert!(whole(Container::Flv, &film(0.0, 1_500)), "of a stream that was recorded");
    }
}
