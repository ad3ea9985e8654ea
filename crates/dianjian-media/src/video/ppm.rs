//! Reads the frames that `ffmpeg` writes: PPM pictures, one after another.

use std::io::{self, BufRead};

use image::RgbImage;

use super::MAX_SIDE;

/// The most bytes of a header.
const MAX_HEADER_BYTES: usize = 32;

/// The next frame; `None` at the end. Fails on anything but a PPM picture of up to [`MAX_SIDE`] pixels a side.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<RgbImage>> {
    if from.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let [magic, width, height, most] = header(from)?;
    let size = |word: &[u8]| std::str::from_utf8(word).ok().and_then(|word| word.parse::<u32>().ok());
    let (Some(width), Some(height)) = (size(&width), size(&height)) else { return Err(no_picture()) };
    if magic != b"P6" || most != b"255" || !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return Err(no_picture());
    }
    let mut pixels = vec![0; width as usize * height as usize * 3];
    from.read_exact(&mut pixels)?;
    RgbImage::from_raw(width, height, pixels).ok_or_else(no_picture).map(Some)
}

/// The four words of the header, each followed by one blank.
fn header(from: &mut impl BufRead) -> io::Result<[Vec<u8>; 4]> {
    let mut words: [Vec<u8>; 4] = Default::default();
    let mut read = 0;
    for word in &mut words {
        loop {
            let mut byte = [0];
            from.read_exact(&mut byte)?;
            read += 1;
            match byte {
                _ if read > MAX_HEADER_BYTES => return Err(no_picture()),
                [blank] if blank.is_ascii_whitespace() => break,
                [byte] => word.push(byte),
            }
        }
    }
    Ok(words)
}

fn no_picture() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a frame")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_each_other() {
        let mut bytes = &b"P6\n2 1\n255\nabcdefP6\n1 1\n255\nxyz"[..];
        assert_eq!(read(&mut bytes).unwrap().unwrap().into_raw(), b"abcdef");
        assert_eq!(read(&mut bytes).unwrap().unwrap().dimensions(), (1, 1));
        assert!(read(&mut bytes).unwrap().is_none());
    }

    #[test]
    fn what_is_no_frame_is_refused_before_memory_is_taken() {
        for bytes in [
            &b"P6\n2 1\n255\nabc"[..],
            b"P6\n2",
            b"P5\n1 1\n255\na",
            b"P6\n0 1\n255\n",
            b"P6\n1921 1\n255\n",
            b"P6\n99999999999999 1\n255\n",
            b"P6\n-1 1\n255\n",
            b"P6\n1 1\n65535\nabcdef",
            b"P6 # a remark that goes on and on and on and on",
            b"no picture at all",
        ] {
            assert!(read(&mut &*bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
