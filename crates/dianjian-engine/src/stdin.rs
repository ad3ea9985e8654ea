//! Standard input, which can be read only once: what has been read is kept, on disk where it is long.

use std::io::{self, Read, Write as _};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dianjian_document::source::{SourceError, Spool};

/// Bytes that are asked of the system at a time.
const STEP: usize = 64 << 10;

/// What has been read of standard input so far.
#[derive(Debug, Default)]
pub(crate) struct StdinText {
    spool: Arc<Spool>,
    is_ended: AtomicBool,
}

impl StdinText {
    /// All of it from its beginning, to be read while more comes in.
    pub(crate) fn reader(self: &Arc<Self>) -> StdinReader {
        StdinReader { text: Arc::clone(self), at: 0 }
    }

    /// Its first bytes.
    pub(crate) fn head(self: &Arc<Self>, length: u64) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.reader().take(length).read_to_end(&mut head)?;
        Ok(head)
    }

    /// All of it, under the name by which it is to be shown.
    pub(crate) fn whole(self: &Arc<Self>, name: &str, limit: u64) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::new();
        let limit = limit.min(u64::from(u32::MAX));
        let read = self.reader().take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| SourceError::from_io(name, &error))?;
        match bytes.len() as u64 {
            size if size > limit => Err(SourceError::TooLarge { name: name.to_owned(), size, limit }),
            _ => Ok(bytes),
        }
    }

    /// Reads on until more than this many bytes have come in; returns whether they have.
    pub(crate) fn is_longer_than(&self, length: u64) -> io::Result<bool> {
        while self.spool.len() <= length && self.more()? {}
        Ok(self.spool.len() > length)
    }

    /// Bytes that have been read before.
    pub(crate) fn again(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        self.spool.read(range)
    }

    /// Reads on; returns whether there was more.
    fn more(&self) -> io::Result<bool> {
        // Held until what was read is kept, so that several threads keep it in order.
        let mut stdin = io::stdin().lock();
        if self.is_ended.load(Ordering::Acquire) {
            return Ok(false);
        }
        let mut bytes = vec![0; STEP];
        let read = loop {
            match stdin.read(&mut bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.spool.writer().write_all(bytes.get(..read).unwrap_or_default())?;
        self.is_ended.store(read == 0, Ordering::Release);
        Ok(read > 0)
    }
}

/// Reads standard input from its beginning.
#[derive(Debug)]
pub(crate) struct StdinReader {
    text: Arc<StdinText>,
    at: u64,
}

impl Read for StdinReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.text.is_longer_than(self.at)? {
            return Ok(0);
        }
        let end = self.text.spool.len().min(self.at.saturating_add(into.len() as u64));
        let bytes = self.text.again(self.at..end)?;
        into.get_mut(..bytes.len()).unwrap_or_default().copy_from_slice(&bytes);
        self.at = end;
        Ok(bytes.len())
    }
}
