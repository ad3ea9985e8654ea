//! The bytes of a part as UTF-8: some programs write the XML of parts in UTF-16.

use std::io::{self, BufRead, BufReader, Read};

use super::error::PackageError;
use super::package::PartReader;

/// Bytes that are looked at to tell the encoding.
const HEAD: usize = 16;

/// Bytes that are decoded at a time.
const BLOCK: usize = 32 << 10;

/// A part's text in UTF-8.
pub struct PartText<'a> {
    /// Its buffer is so small that later reads pass it by.
    from: BufReader<PartReader<'a>>,
    utf16: Option<Utf16>,
}

/// Reads a code unit in the byte order of a part.
type ReadUnit = fn([u8; 2]) -> u16;

/// What was decoded, and what waits for its other half.
struct Utf16 {
    unit: ReadUnit,
    out: Vec<u8>,
    read: usize,
    odd: Option<u8>,
    high: Option<u16>,
}

impl<'a> PartText<'a> {
    pub fn new(part: PartReader<'a>) -> Result<Self, PackageError> {
        let mut from = BufReader::with_capacity(HEAD, part);
        let (unit, mark): (Option<ReadUnit>, usize) = match from.fill_buf()? {
            [0xff, 0xfe, ..] => (Some(u16::from_le_bytes), 2),
            [0xfe, 0xff, ..] => (Some(u16::from_be_bytes), 2),
            [first, 0, ..] if *first != 0 => (Some(u16::from_le_bytes), 0),
            [0, second, ..] if *second != 0 => (Some(u16::from_be_bytes), 0),
            _ => (None, 0),
        };
        from.consume(mark);
        let utf16 = unit.map(|unit| Utf16 { unit, out: Vec::new(), read: 0, odd: None, high: None });
        Ok(Self { from, utf16 })
    }

    pub const fn is_utf16(&self) -> bool {
        self.utf16.is_some()
    }
}

impl Read for PartText<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(utf16) = &mut self.utf16 else { return self.from.read(buffer) };
        while utf16.read == utf16.out.len() {
            let mut block = [0; BLOCK];
            let read = self.from.read(&mut block)?;
            utf16.decode(block.get(..read).unwrap_or_default());
            if read == 0 && utf16.out.is_empty() {
                return Ok(0);
            }
        }
        let ready = utf16.out.get(utf16.read..).unwrap_or_default();
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        utf16.read += length;
        Ok(length)
    }
}

impl Utf16 {
    /// Decodes a block; no bytes: the end.
    fn decode(&mut self, block: &[u8]) {
        self.out.clear();
        self.read = 0;
        for &byte in block {
            match self.odd.take() {
                Some(first) => self.push((self.unit)([first, byte])),
                None => self.odd = Some(byte),
            }
        }
        let is_cut = self.high.is_some() || self.odd.is_some();
        if block.is_empty() && is_cut {
            (self.high, self.odd) = (None, None);
            self.push_char(char::REPLACEMENT_CHARACTER);
        }
    }

    fn push(&mut self, unit: u16) {
        let units = self.high.take().into_iter().chain([unit]);
        for decoded in char::decode_utf16(units) {
            match decoded {
                Ok(character) => self.push_char(character),
                // The first half of a pair waits for the second.
                Err(half) if half.unpaired_surrogate() == unit && (0xd800..0xdc00).contains(&unit) => {
                    self.high = Some(unit);
                }
                Err(_) => self.push_char(char::REPLACEMENT_CHARACTER),
            }
        }
    }

    fn push_char(&mut self, character: char) {
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}
