//! Text kept aside to be read again: in memory while it is short, else in a file without a name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes kept in memory.
const IN_MEMORY: usize = 4 << 20;

/// A text kept aside. What was written can be read at once, while more is written.
#[derive(Debug, Default)]
pub struct Spool {
    kept: Mutex<SpoolContents>,
}

#[derive(Debug, Default)]
struct SpoolContents {
    /// The text as long as it is short; afterwards what is still to be written to the file.
    memory: Vec<u8>,
    file: Option<File>,
    /// Bytes in the file.
    written: u64,
}

/// Writes to a [`Spool`].
#[derive(Debug)]
pub struct SpoolWriter<'s>(&'s Spool);

/// Reads a part of a [`Spool`].
#[derive(Debug)]
pub struct SpoolReader {
    spool: Arc<Spool>,
    part: Range<u64>,
}

impl Spool {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where to write more.
    pub const fn writer(&self) -> SpoolWriter<'_> {
        SpoolWriter(self)
    }

    /// Bytes of the text so far.
    pub fn len(&self) -> u64 {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.written + kept.memory.len() as u64
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads a part of the text from its beginning to its end.
    pub fn reader(self: &Arc<Self>, part: Range<u64>) -> SpoolReader {
        SpoolReader { spool: Arc::clone(self), part }
    }

    /// Reads a part of the text.
    ///
    /// # Errors
    ///
    /// When the part does not lie in the text, or the system refuses.
    pub fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let (start, end) = (range.start, range.end);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let written = kept.written;
        let mut bytes = match &mut kept.file {
            Some(file) if start < written => read_range(file, start..end.min(written))?,
            _ => Vec::new(),
        };
        let at = |offset: u64| usize::try_from(offset.saturating_sub(written)).unwrap_or(usize::MAX);
        let rest = kept.memory.get(at(start.max(written))..at(end.max(written)));
        bytes.extend_from_slice(rest.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(bytes)
    }
}

impl Write for SpoolWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.memory.extend_from_slice(bytes);
        if kept.memory.len() >= IN_MEMORY {
            let memory = std::mem::take(&mut kept.memory);
            let mut file = match kept.file.take() {
                Some(file) => file,
                None => tempfile::tempfile()?,
            };
            file.seek(SeekFrom::Start(kept.written))?;
            file.write_all(&memory)?;
            kept.written += memory.len() as u64;
            kept.file = Some(file);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for SpoolReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let end = self.part.end.min(self.part.start.saturating_add(into.len() as u64));
        let bytes = self.spool.read(self.part.start..end)?;
        into.get_mut(..bytes.len()).unwrap_or_default().copy_from_slice(&bytes);
        self.part.start = end;
        Ok(bytes.len())
    }
}

/// Reads a range of a file, all of which must be there.
pub(super) fn read_range(file: &mut File, range: Range<u64>) -> io::Result<Vec<u8>> {
    let wanted = range.end.saturating_sub(range.start);
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    file.take(wanted).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let spool = Spool::new();
        let block: Vec<u8> = (0..1_000_003_u32).map(|n| (n % 251) as u8).collect();
        let mut all = Vec::new();
        for _ in 0..10 {
            spool.writer().write_all(&block).unwrap();
            all.extend_from_slice(&block);
            assert_eq!(spool.len(), all.len() as u64);
            for (start, end) in [(0, 10), (all.len() - 7, all.len()), (all.len() / 2, all.len())] {
                assert_eq!(spool.read(start as u64..end as u64).unwrap(), all[start..end]);
            }
        }
        let border = 5 * block.len();
        assert_eq!(spool.read(border as u64 - 5..border as u64 + 5).unwrap(), all[border - 5..border + 5]);
        assert!(spool.read(all.len() as u64..all.len() as u64 + 1).is_err());
        let (spool, mut again) = (Arc::new(spool), Vec::new());
        spool.reader(5..spool.len()).read_to_end(&mut again).unwrap();
        assert!(again == all[5..]);
    }
}
