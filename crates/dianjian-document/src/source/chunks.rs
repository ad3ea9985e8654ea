//! Large line-delimited files, in chunks cut at line ends.

use std::io::{Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use dianjian_base::{FileSystem, OpenFile};

use super::{Limits, SourceError, SourceFile, read};

/// Bytes that are read at a time beyond a border, to find where its line ends.
const STEP: usize = 64 << 10;

/// Reads a line-delimited file of any size as a sequence of [`SourceFile`]s.
///
/// Each chunk holds whole lines and knows where it began, so that places in it are places of the
/// file. Borders lie at multiples of the chunk size: a chunk has the lines that *begin* between two
/// of them, so that where a file is cut depends on nothing else, and reading may begin at any border.
/// Memory is bounded by the chunk size plus the longest line allowed. A line that is too
/// long, or a chunk with bytes that are not UTF-8, is an `Err` in its place, after which reading
/// goes on; of a chunk with bad bytes the good lines are still given.
pub struct Chunks<R> {
    from: R,
    name: String,
    path: Option<PathBuf>,
    chunk_bytes: usize,
    line_bytes: usize,
    pending: Vec<u8>,
    offset: u64,
    line: u64,
    /// Lines that begin here are not read any more.
    until: u64,
    /// Whether the first bytes are the rest of a line that began before the part.
    amid: bool,
    ready: std::collections::VecDeque<Result<SourceFile, SourceError>>,
    ended: bool,
}

impl Chunks<OpenFile> {
    /// Opens a file to be read in chunks of about `chunk_bytes`.
    ///
    /// # Errors
    ///
    /// When it is missing, a folder, or not to be read.
    pub fn open(path: &Path, chunk_bytes: usize) -> Result<Self, SourceError> {
        Self::open_part(&FileSystem::default(), path, chunk_bytes, 0..u64::MAX)
    }

    /// Opens the part of a file whose lines begin in a range of bytes. Lines are counted from the part's first one:
    /// counting those before it would take reading them.
    ///
    /// # Errors
    ///
    /// When it is missing, a folder, or not to be read.
    pub fn open_part(
        files: &FileSystem,
        path: &Path,
        chunk_bytes: usize,
        part: Range<u64>,
    ) -> Result<Self, SourceError> {
        let name = path.to_string_lossy();
        let failed = |error: std::io::Error| SourceError::from_io(&name, &error);
        let mut file = files.open(path).map_err(failed)?;
        // The byte before decides whether a line begins at the border itself.
        let before = part.start.saturating_sub(1);
        if before > 0 {
            file.seek(SeekFrom::Start(before)).map_err(failed)?;
        }
        let mut chunks = Chunks::from_reader(&name, file, chunk_bytes).with_path(path);
        (chunks.offset, chunks.until, chunks.amid) = (before, part.end, part.start > 0);
        Ok(chunks)
    }
}

impl<R: Read> Chunks<R> {
    /// Reads from anything, under the name it is to be shown by.
    pub fn from_reader(name: &str, from: R, chunk_bytes: usize) -> Self {
        Self {
            from,
            name: name.to_owned(),
            path: None,
            chunk_bytes: chunk_bytes.clamp(64, 1 << 30),
            line_bytes: Limits::default().line_bytes,
            pending: Vec::new(),
            offset: 0,
            line: 0,
            until: u64::MAX,
            amid: false,
            ready: std::collections::VecDeque::new(),
            ended: false,
        }
    }

    /// The file on disk whose bytes these are.
    #[must_use]
    pub fn with_path(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Sets the longest line that is read.
    #[must_use]
    pub fn with_line_bytes(mut self, line_bytes: usize) -> Self {
        self.line_bytes = line_bytes.clamp(1, 1 << 30);
        self
    }

    /// Lines that were passed so far, the last one too where it has no end.
    pub const fn lines(&self) -> u64 {
        self.line
    }

    /// Reads until `target` bytes are pending; returns whether the end was reached first.
    fn fill(&mut self, target: usize) -> Result<bool, SourceError> {
        let missing = target.saturating_sub(self.pending.len()) as u64;
        let read = (&mut self.from)
            .take(missing)
            .read_to_end(&mut self.pending)
            .map_err(|error| SourceError::from_io(&self.name, &error))?;
        Ok((read as u64) < missing)
    }

    /// Makes the next chunk ready; afterwards `ready` is empty only at the end of the part.
    fn advance(&mut self) -> Result<(), SourceError> {
        if std::mem::take(&mut self.amid) {
            self.pass_line()?;
            self.line = 0;
        }
        while !self.ended && self.ready.is_empty() {
            if self.offset >= self.until {
                self.ended = true;
            } else {
                self.cell()?;
            }
        }
        Ok(())
    }

    /// Hands over the lines that begin before the next border; where one of them is too long, up to it.
    fn cell(&mut self) -> Result<(), SourceError> {
        let size = self.chunk_bytes as u64;
        // The line that ends there, or behind it, is the last.
        let last = (size - 1 - self.offset % size) as usize;
        let mut searched = last;
        let mut target = last + 1;
        loop {
            let at_end = self.fill(target)?;
            let begun = self.pending.get(..last).unwrap_or(&self.pending);
            let begun = memchr::memrchr(b'\n', begun).map_or(0, |newline| newline + 1);
            let found = self.pending.get(searched..).and_then(|rest| memchr::memchr(b'\n', rest));
            let end = found.map_or(self.pending.len(), |at| searched + at);
            if end - begun > self.line_bytes {
                if begun > 0 {
                    self.emit(begun);
                }
                return self.skip_line();
            }
            if found.is_some() {
                self.emit(end + 1);
                return Ok(());
            }
            if at_end {
                self.ended = true;
                // That a file is empty is worth knowing too.
                if !self.pending.is_empty() || self.offset == 0 {
                    self.emit(end);
                }
                return Ok(());
            }
            searched = self.pending.len();
            target = searched + STEP;
        }
    }

    /// Reports a line that is too long, and continues after it.
    fn skip_line(&mut self) -> Result<(), SourceError> {
        let at = super::Position { line: self.line + 1, column: 1, offset: self.offset };
        let name = self.name.clone();
        self.ready.push_back(Err(SourceError::LineTooLong { name, at, limit: self.line_bytes as u64 }));
        self.pass_line()
    }

    /// Passes over the rest of a line, keeping only its length.
    fn pass_line(&mut self) -> Result<(), SourceError> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.pending) {
                self.offset += end as u64 + 1;
                self.line += 1;
                self.pending.drain(..=end);
                return Ok(());
            }
            self.offset += self.pending.len() as u64;
            self.pending.clear();
            if self.fill(STEP)? && memchr::memchr(b'\n', &self.pending).is_none() {
                self.ended = true;
                self.pending.clear();
                return Ok(());
            }
        }
    }

    /// Hands over the first bytes that are pending, whole lines; what is not UTF-8 in them is reported line by line.
    fn emit(&mut self, length: usize) {
        let rest = self.pending.split_off(length.min(self.pending.len()));
        let bytes = std::mem::replace(&mut self.pending, rest);
        let (offset, line) = (self.offset, self.line);
        self.offset += bytes.len() as u64;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        match String::from_utf8(bytes) {
            Ok(text) => self.push(text, offset, line),
            Err(error) => self.emit_good_lines(error.as_bytes(), offset, line),
        }
    }

    fn emit_good_lines(&mut self, bytes: &[u8], mut offset: u64, mut line: u64) {
        let mut good = String::new();
        let mut began = (offset, line);
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            match std::str::from_utf8(piece) {
                Ok(text) => good.push_str(text),
                Err(_) => {
                    let text = std::mem::take(&mut good);
                    if !text.is_empty() {
                        self.push(text, began.0, began.1);
                    }
                    let error = read::damaged(&self.name, piece, (offset, line));
                    self.ready.push_back(Err(error));
                    began = (offset + piece.len() as u64, line + 1);
                }
            }
            offset += piece.len() as u64;
            line += 1;
        }
        if !good.is_empty() {
            self.push(good, began.0, began.1);
        }
    }

    fn push(&mut self, text: String, offset: u64, line: u64) {
        let mut chunk = SourceFile::chunk(&self.name, text, offset, line);
        if let Some(path) = &self.path {
            chunk = chunk.with_path(path);
        }
        self.ready.push_back(Ok(chunk));
    }
}

impl<R: Read> Iterator for Chunks<R> {
    type Item = Result<SourceFile, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && let Err(error) = self.advance()
        {
            self.ended = true;
            return Some(Err(error));
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &[u8], chunk: usize, line: usize) -> Vec<Result<SourceFile, SourceError>> {
        Chunks::from_reader("a.ndjson", text, chunk).with_line_bytes(line).collect()
    }

    #[test]
    fn the_chunks_are_the_file() {
        let text: String = (0..500).map(|n| format!("{{\"号\":{n}}}\r\n")).collect();
        for size in [64, 100, 1000, 100_000] {
            let all = chunks(text.as_bytes(), size, 1 << 20);
            let joined: String = all.iter().map(|chunk| chunk.as_ref().unwrap().text()).collect();
            assert_eq!(joined, text);
            let mut before = (0, 0);
            for chunk in all.iter().map(|chunk| chunk.as_ref().unwrap()) {
                assert_eq!((chunk.base_offset(), chunk.base_line()), before);
                assert!(chunk.text().ends_with('\n') && chunk.text().len() < size + 16);
                before.0 += chunk.text().len() as u64;
                before.1 += chunk.text().matches('\n').count() as u64;
            }
        }
    }

    #[test]
    fn a_long_line_is_passed_over() {
        let text = format!("1\n{}\n3\n4", "x".repeat(10_000));
        let all = chunks(text.as_bytes(), 64, 500);
        let errors: Vec<_> = all.iter().filter_map(|chunk| chunk.as_ref().err()).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].position().unwrap().line, 2);
        let last = all.last().unwrap().as_ref().unwrap();
        assert_eq!((last.text(), last.base_line(), last.base_offset()), ("3\n4", 2, 10_003));
    }

    #[test]
    fn a_long_last_line_ends_the_reading() {
        let all = chunks("y".repeat(9_000).as_bytes(), 64, 100);
        assert_eq!(all.len(), 1);
        assert!(matches!(all[0], Err(SourceError::LineTooLong { .. })));
    }

    #[test]
    fn bad_bytes_cost_their_line_only() {
        let all = chunks(b"1\n2\xff\n3\n", 64, 500);
        assert_eq!(all[0].as_ref().unwrap().text(), "1\n");
        let at = all[1].as_ref().unwrap_err().position().unwrap();
        assert_eq!((at.line, at.column, at.offset), (2, 2, 3));
        let last = all[2].as_ref().unwrap();
        assert_eq!((last.text(), last.base_line(), last.base_offset()), ("3\n", 2, 5));
    }

    #[test]
    fn borders_lie_where_the_file_puts_them() {
        let lines = [1, 40, 200, 3, 64, 63, 65, 1, 0, 0, 500, 20, 20, 20];
        let text: String = lines.iter().map(|length| "x".repeat(*length) + "\n").collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        std::fs::write(&path, &text).unwrap();
        let places = |part: Range<u64>| -> Vec<(u64, usize)> {
            let chunks = Chunks::open_part(&FileSystem::default(), &path, 64, part).unwrap().with_line_bytes(300);
            chunks.map(|chunk| chunk.map_or((0, 0), |chunk| (chunk.base_offset(), chunk.text().len()))).collect()
        };
        let whole = places(0..u64::MAX);
        assert!(whole.contains(&(0, 0)), "the line of 500 is told");
        for border in (0..=text.len() as u64 + 128).step_by(64) {
            assert_eq!([places(0..border), places(border..u64::MAX)].concat(), whole, "{border}");
        }
    }

    #[test]
    fn lines_of_a_part_count_from_its_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        std::fs::write(&path, "x\n".repeat(100)).unwrap();
        let first = Chunks::open_part(&FileSystem::default(), &path, 64, 64..128).unwrap().next().unwrap().unwrap();
        assert_eq!((first.base_offset(), first.base_line(), first.text().len()), (64, 0, 64));
    }

    #[test]
    fn an_empty_file_is_one_empty_chunk() {
        let all = chunks(b"", 64, 500);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].as_ref().unwrap().text(), "");
    }
}
