//! Changes of a part's bytes at single places.

use std::io::{self, Read, Write};

use super::error::PackageError;
use super::package::{Package, PackedPart};

/// Replaces a range of a part's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// The first byte that is replaced.
    pub start: u64,
    /// The first byte after the range.
    pub end: u64,
    /// What takes its place.
    pub text: String,
}

impl Package {
    /// The contents of a part with some ranges replaced. The ranges ascend and do not overlap.
    ///
    /// # Errors
    ///
    /// The part is damaged or too large.
    pub fn spliced(&mut self, part: usize, splices: &[Splice]) -> Result<PackedPart, PackageError> {
        let mut old = self.read(part)?;
        PackedPart::new(|out| {
            let mut at = 0;
            for splice in splices {
                copy(&mut old, splice.start.saturating_sub(at), out)?;
                out.write_all(splice.text.as_bytes())?;
                copy(&mut old, splice.end.saturating_sub(splice.start), &mut io::sink())?;
                at = splice.end;
            }
            io::copy(&mut old, out)?;
            Ok(())
        })
    }
}

fn copy(from: &mut impl Read, bytes: u64, out: &mut dyn Write) -> io::Result<()> {
    io::copy(&mut from.take(bytes), out).map(drop)
}
