//! Huffman decoding of JPEG: a bit reader and code tables.

use crate::pictures::PictureFault;

/// The fault for data that no encoder writes.
pub(super) fn damaged() -> PictureFault {
    PictureFault::other("图像数据已损坏", "the image data is damaged")
}

/// Reads the bits of entropy-coded data up to the next marker.
pub(super) struct BitReader<'b> {
    bytes: &'b [u8],
    at: usize,
    window: u64,
    held: u32,
}

impl<'b> BitReader<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at, window: 0, held: 0 }
    }

    /// The offset of the next byte to be read in; never beyond the next marker.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn fill(&mut self) {
        while self.held <= 48 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            if byte == 0xff {
                // 255 is data if a zero byte is stuffed after it, else the beginning of a marker.
                if self.bytes.get(self.at + 1) != Some(&0) {
                    return;
                }
                self.at += 1;
            }
            self.at += 1;
            self.window = self.window << 8 | u64::from(byte);
            self.held += 8;
        }
    }

    /// The next 16 bits without consuming them; zeros beyond the end.
    fn peek(&mut self) -> u32 {
        if self.held < 16 {
            self.fill();
        }
        let bits = if self.held < 16 { self.window << (16 - self.held) } else { self.window >> (self.held - 16) };
        (bits & 0xffff) as u32
    }

    /// Consumes up to 16 bits.
    pub(super) fn take(&mut self, count: u8) -> Result<u32, PictureFault> {
        let bits = self.peek() >> (16 - u32::from(count.min(16)));
        self.held = self.held.checked_sub(count.into()).ok_or(PictureFault::EndsEarly)?;
        Ok(bits)
    }
}

/// Codes of up to this many bits are decoded by one look-up.
const FAST_BITS: u32 = 9;

/// A table of codes.
pub(super) struct HuffmanTable {
    /// By the next [`FAST_BITS`] bits: the length of the code and its value; length 0 for longer or invalid codes.
    fast: Vec<(u8, u8)>,
    /// By length: the first 16-bit prefix beyond its codes, and the index of its first value minus its first code.
    lengths: [(u32, i64); 17],
    values: Vec<u8>,
}

impl HuffmanTable {
    /// A table from the number of codes of each length; `None` if there are more codes than the lengths allow.
    pub(super) fn new(counts: [u8; 16], values: &[u8]) -> Option<Self> {
        let mut table = Self { fast: vec![(0, 0); 1 << FAST_BITS], lengths: [(0, 0); 17], values: values.to_vec() };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, count) in (1_u8..).zip(counts) {
            let bits = u32::from(length);
            table.lengths[usize::from(length)].1 = index as i64 - i64::from(code);
            for &value in values.get(index..index + usize::from(count))? {
                if let Some(shift) = FAST_BITS.checked_sub(bits) {
                    let from = (code << shift) as usize;
                    table.fast.get_mut(from..from + (1 << shift))?.fill((length, value));
                }
                code += 1;
            }
            index += usize::from(count);
            if code > 1 << bits {
                return None;
            }
            table.lengths[usize::from(length)].0 = code << (16 - bits);
            code <<= 1;
        }
        Some(table)
    }

    /// Decodes the next code.
    pub(super) fn next(&self, bits: &mut BitReader<'_>) -> Result<u8, PictureFault> {
        let ahead = bits.peek();
        let (length, value) = self.fast[(ahead >> (16 - FAST_BITS)) as usize];
        if length > 0 {
            bits.take(length)?;
            return Ok(value);
        }
        for length in FAST_BITS as u8 + 1..=16 {
            let (beyond, offset) = self.lengths[usize::from(length)];
            if ahead < beyond {
                bits.take(length)?;
                let index = i64::from(ahead >> (16 - length)) + offset;
                let value = usize::try_from(index).ok().and_then(|index| self.values.get(index));
                return value.copied().ok_or_else(damaged);
            }
        }
        // No code matches: the data has ended, or is damaged.
        bits.take(16)?;
        Err(damaged())
    }
}
