//! Sorts more items than memory may hold: beyond a limit they go to temporary files as sorted runs, and come back
//! merged. What comes out does not depend on whether anything went to disk.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek as _, Write as _};

use dianjian_base::lang::Text;
use dianjian_base::{localized, text};

/// Runs that are open at the same time; when there are more, they are first merged into one.
const MAX_RUNS: usize = 32;

/// Buffer size for reading or writing a run.
const BUFFER: usize = 64 << 10;

/// An item that can be sorted on disk.
pub(crate) trait SortItem: Ord + Send + Sized + 'static {
    /// Appends what [`SortItem::read`] reads.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads an item back; called only where one was written.
    ///
    /// # Errors
    /// The bytes are cut short or make no sense.
    fn read(from: &mut impl Read) -> io::Result<Self>;

    /// The memory that it takes, in bytes.
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// A damaged length must not make us reserve more.
const MAX_SIZED: usize = 64 << 20;

/// Appends items behind their number.
pub(crate) fn write_all<T: SortItem>(items: &[T], out: &mut Vec<u8>) {
    (items.len() as u64).write(out);
    items.iter().for_each(|item| item.write(out));
}

/// Reads what [`write_all`] wrote.
pub(crate) fn read_all<T: SortItem>(from: &mut impl Read) -> io::Result<Vec<T>> {
    let count = u64::read(from)?;
    (0..count).map(|_| T::read(from)).collect()
}

/// Appends bytes behind their number.
pub(crate) fn write_sized(bytes: &[u8], out: &mut Vec<u8>) {
    (bytes.len() as u64).write(out);
    out.extend_from_slice(bytes);
}

/// Reads what [`write_sized`] wrote.
pub(crate) fn read_sized(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = usize::try_from(u64::read(from)?).ok().filter(|length| *length <= MAX_SIZED);
    let mut bytes = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// What cross-record rules keep cannot be written to disk, or read again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ExternalSortError {
    /// The system's own message.
    pub reason: String,
}

impl From<io::Error> for ExternalSortError {
    fn from(error: io::Error) -> Self {
        Self { reason: error.to_string() }
    }
}

localized! { ExternalSortError {
    Self { reason } => {
        zh: "跨记录规则的中间数据无法存盘：{reason}",
        en: "cannot keep on disk what rules over all records need: {reason}",
        help: Some(make_room(&std::env::temp_dir().display())),
    }
} }

fn make_room(folder: &dyn std::fmt::Display) -> Text {
    text! {
        zh: "给 {folder} 腾出空间，用环境变量 TMPDIR 换一个文件夹，或用 --memory 多用些内存。",
        en: "make room in {folder}, name another folder in TMPDIR, or allow more with --memory",
    }
}

/// Collects items, partly on disk, to be sorted.
pub(crate) struct ExternalSorter<T> {
    /// In memory, in no order.
    held: Vec<T>,
    bytes: usize,
    limit: usize,
    files: Vec<File>,
    runs: Vec<SortedRun<T>>,
}

/// Items that come out in order, from memory, from disk or from a partial.
pub(crate) type SortedRun<T> = Box<dyn Iterator<Item = io::Result<T>> + Send>;

impl<T> Default for ExternalSorter<T> {
    fn default() -> Self {
        Self { held: Vec::new(), bytes: 0, limit: usize::MAX, files: Vec::new(), runs: Vec::new() }
    }
}

impl<T: SortItem> ExternalSorter<T> {
    /// Holds about `limit` bytes in memory.
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    pub(crate) fn push(&mut self, item: T) -> io::Result<()> {
        self.bytes += item.bytes();
        self.held.push(item);
        if self.bytes > self.limit { self.flush() } else { Ok(()) }
    }

    /// The number of items for which memory is allocated.
    pub(crate) fn capacity(&self) -> usize {
        self.held.capacity()
    }

    /// Adds items that are sorted already.
    pub(crate) fn add_run(&mut self, run: SortedRun<T>) {
        self.runs.push(run);
    }

    /// Writes the items in memory as a run.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.files.len() >= MAX_RUNS {
            let files = std::mem::take(&mut self.files);
            self.files.push(write_run(MergedRuns::<T>::new(Vec::new(), read_runs(files))?)?);
        }
        self.held.sort_unstable();
        self.files.push(write_run(std::mem::take(&mut self.held).into_iter().map(Ok))?);
        self.bytes = 0;
        Ok(())
    }

    /// All items, sorted.
    pub(crate) fn sorted(mut self) -> io::Result<MergedRuns<T>> {
        self.held.sort_unstable();
        self.runs.extend(read_runs(self.files));
        MergedRuns::new(self.held, self.runs)
    }
}

fn write_run<T: SortItem>(items: impl Iterator<Item = io::Result<T>>) -> io::Result<File> {
    let mut out = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
    let mut bytes = Vec::new();
    for item in items {
        item?.write(&mut bytes);
        out.write_all(&bytes)?;
        bytes.clear();
    }
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

fn read_runs<T: SortItem>(files: Vec<File>) -> Vec<SortedRun<T>> {
    let items = |file: File| {
        let mut from = BufReader::with_capacity(BUFFER, file);
        std::iter::from_fn(move || match from.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(T::read(&mut from)),
            Err(error) => Some(Err(error)),
        })
    };
    files.into_iter().map(|file| Box::new(items(file)) as SortedRun<T>).collect()
}

/// Items in order, from memory and from runs.
pub(crate) struct MergedRuns<T> {
    held: std::iter::Peekable<std::vec::IntoIter<T>>,
    runs: Vec<SortedRun<T>>,
    /// The next item of each run.
    next: BinaryHeap<Reverse<(T, usize)>>,
}

impl<T: SortItem> MergedRuns<T> {
    /// `held` must be sorted.
    fn new(held: Vec<T>, runs: Vec<SortedRun<T>>) -> io::Result<Self> {
        let mut sorted = Self { held: held.into_iter().peekable(), runs, next: BinaryHeap::new() };
        for number in 0..sorted.runs.len() {
            sorted.advance(number)?;
        }
        Ok(sorted)
    }

    fn advance(&mut self, number: usize) -> io::Result<()> {
        if let Some(item) = self.runs.get_mut(number).and_then(Iterator::next) {
            self.next.push(Reverse((item?, number)));
        }
        Ok(())
    }

    fn take(&mut self) -> io::Result<Option<T>> {
        let from_run = match (self.next.peek(), self.held.peek()) {
            (Some(Reverse((item, _))), Some(held)) => item <= held,
            (run, _) => run.is_some(),
        };
        if !from_run {
            return Ok(self.held.next());
        }
        let Some(mut first) = self.next.peek_mut() else { return Ok(None) };
        let number = first.0.1;
        // The run's next item is often the first again: replacing the top costs less than a pop and a push.
        let item = match self.runs.get_mut(number).and_then(Iterator::next).transpose()? {
            Some(next) => std::mem::replace(&mut first.0.0, next),
            None => PeekMut::pop(first).0.0,
        };
        Ok(Some(item))
    }
}

impl<T: SortItem> Iterator for MergedRuns<T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take().transpose()
    }
}

/// Reads `N` bytes, e.g. for a little-endian number.
pub(crate) fn read_bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl SortItem for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        read_bytes(from).map(Self::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(items: &[u64], limit: usize) -> Vec<u64> {
        let mut sorter = ExternalSorter::new(limit);
        items.iter().for_each(|item| sorter.push(*item).unwrap());
        sorter.sorted().unwrap().map(Result::unwrap).collect()
    }

    proptest! {
        #[test]
        fn disk_makes_no_difference(items in prop::collection::vec(0_u64..50, 0..200), limit in 0_usize..400) {
            let mut expected = items.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(&items, limit), expected.clone());
            prop_assert_eq!(sorted(&items, usize::MAX), expected);
        }
    }

    #[test]
    fn many_runs_become_one() {
        let items: Vec<u64> = (0..5 * MAX_RUNS as u64).rev().collect();
        let mut sorter = ExternalSorter::new(0);
        items.iter().for_each(|item| sorter.push(*item).unwrap());
        assert!(sorter.files.len() <= MAX_RUNS);
        assert!(sorter.sorted().unwrap().map(Result::unwrap).eq(0..5 * MAX_RUNS as u64));
    }
}
