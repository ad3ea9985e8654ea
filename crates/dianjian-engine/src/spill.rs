//! Sorting more than memory is to hold: what is beyond a limit goes to temporary files as sorted
//! runs, and comes back merged. Whether anything went to disk makes no difference to what comes out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek as _, Write as _};
use std::marker::PhantomData;

use dianjian_base::lang::{Lang, Localized};

/// Runs that are read at the same time; of more, one is made.
const MOST_RUNS: usize = 32;

/// Bytes of a run that are read or written at a time.
const BUFFER: usize = 64 << 10;

/// What can be sorted on disk.
pub(super) trait Item: Ord + Send + Sized + 'static {
    /// Appends what [`Item::read`] reads.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads one; only ever asked where one was written.
    ///
    /// # Errors
    /// The bytes are cut short or make no sense.
    fn read(from: &mut impl Read) -> io::Result<Self>;

    /// Bytes that it takes in memory.
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// What has been kept for rules over all records cannot be written to disk, or read again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot keep on disk what rules over all records need: {reason}")]
pub struct SpillError {
    /// The system's own message.
    pub reason: String,
}

impl From<io::Error> for SpillError {
    fn from(error: io::Error) -> Self {
        Self { reason: error.to_string() }
    }
}

impl Localized for SpillError {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("跨记录规则的中间数据无法存盘：{}", self.reason),
            Lang::En => self.to_string(),
        }
    }

    fn help(&self, lang: Lang) -> Option<String> {
        let folder = std::env::temp_dir();
        let folder = folder.display();
        Some(match lang {
            Lang::Zh => format!("给 {folder} 腾出空间，用环境变量 TMPDIR 换一个文件夹，或用 --memory 多用些内存。"),
            Lang::En => format!("make room in {folder}, name another folder in TMPDIR, or allow more with --memory"),
        })
    }
}

/// Sorts items, a part of them on disk.
pub(super) struct Sorter<T> {
    held: Vec<T>,
    bytes: usize,
    limit: usize,
    runs: Vec<File>,
    given: Vec<Run<T>>,
}

/// Items in order.
pub(super) type Run<T> = Box<dyn Iterator<Item = io::Result<T>> + Send>;

impl<T> std::fmt::Debug for Sorter<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sorter").field("held", &self.held.len()).field("runs", &self.runs).finish_non_exhaustive()
    }
}

impl<T> Default for Sorter<T> {
    fn default() -> Self {
        Self { held: Vec::new(), bytes: 0, limit: usize::MAX, runs: Vec::new(), given: Vec::new() }
    }
}

impl<T: Item> Sorter<T> {
    /// Holds about so many bytes in memory.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Adds an item.
    pub(super) fn push(&mut self, item: T) -> io::Result<()> {
        self.bytes += item.bytes();
        self.held.push(item);
        if self.bytes > self.limit { self.spill() } else { Ok(()) }
    }

    /// Number of items for which it has taken memory.
    pub(super) fn room(&self) -> usize {
        self.held.capacity()
    }

    /// Adds items that are in order already.
    pub(super) fn give(&mut self, run: Run<T>) {
        self.given.push(run);
    }

    /// Writes what is held as a run.
    pub(super) fn spill(&mut self) -> io::Result<()> {
        if self.runs.len() >= MOST_RUNS {
            let runs = std::mem::take(&mut self.runs);
            let run = write_run(Sorted::<T>::new(Vec::new(), read_runs(runs))?)?;
            self.runs.push(run);
        }
        self.held.sort_unstable();
        self.runs.push(write_run(std::mem::take(&mut self.held).into_iter().map(Ok))?);
        self.bytes = 0;
        Ok(())
    }

    /// Everything in order.
    pub(super) fn sorted(mut self) -> io::Result<Sorted<T>> {
        self.held.sort_unstable();
        self.given.extend(read_runs(self.runs));
        Sorted::new(self.held, self.given)
    }
}

fn write_run<T: Item>(items: impl Iterator<Item = io::Result<T>>) -> io::Result<File> {
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

fn read_runs<T: Item + 'static>(runs: Vec<File>) -> Vec<Run<T>> {
    runs.into_iter().map(|file| Box::new(Items::new(file)) as Run<T>).collect()
}

/// The items of a run in a file.
struct Items<T> {
    from: BufReader<File>,
    of: PhantomData<fn() -> T>,
}

impl<T> Items<T> {
    fn new(file: File) -> Self {
        Self { from: BufReader::with_capacity(BUFFER, file), of: PhantomData }
    }
}

impl<T: Item> Iterator for Items<T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.from.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(T::read(&mut self.from)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Items in order, from memory and from runs.
pub(super) struct Sorted<T> {
    held: std::iter::Peekable<std::vec::IntoIter<T>>,
    runs: Vec<Run<T>>,
    /// The next item of each run.
    next: BinaryHeap<Reverse<(T, usize)>>,
}

impl<T: Item> Sorted<T> {
    /// What is held must be in order.
    fn new(held: Vec<T>, runs: Vec<Run<T>>) -> io::Result<Self> {
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
        // The next of a run is often first again: it takes the place of the one before it.
        let item = match self.runs.get_mut(number).and_then(Iterator::next).transpose()? {
            Some(next) => std::mem::replace(&mut first.0.0, next),
            None => PeekMut::pop(first).0.0,
        };
        Ok(Some(item))
    }
}

impl<T: Item> Iterator for Sorted<T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take().transpose()
    }
}

/// Reads a number of so many bytes, the lowest first.
pub(super) fn read_bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl Item for u64 {
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
        let mut sorter = Sorter::new(limit);
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
        let items: Vec<u64> = (0..5 * MOST_RUNS as u64).rev().collect();
        let mut sorter = Sorter::new(0);
        items.iter().for_each(|item| sorter.push(*item).unwrap());
        assert!(sorter.runs.len() <= MOST_RUNS);
        assert!(sorter.sorted().unwrap().map(Result::unwrap).eq(0..5 * MOST_RUNS as u64));
    }
}
