//! Findings sorted by severity, with like ones folded into the first of them.
//!
//! 1,500 rows with the same mistake are one mistake: its first place is reported in full, two more are listed, the rest
//! is counted.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use dianjian_base::FieldPath;
use dianjian_base::lang::Lang;
use dianjian_engine::finding::Finding;
use tempfile::SpooledTempFile;

/// Places that are listed below a block, besides its own.
const LISTED: usize = 2;

/// What decides which other findings a finding is folded with, and its line below the first of them.
#[derive(Debug, Clone)]
pub struct FoldablePlace {
    /// Equal for findings that say the same, wherever they are.
    same_words: u64,
    /// Equal for findings of one file and field that differ in values only.
    same_column: u64,
    line: String,
}

impl FoldablePlace {
    /// A finding's keys, with the line that lists it. Pictures are never folded: each has to be looked at.
    pub(super) fn of(lang: Lang, finding: &Finding, line: impl FnOnce() -> String) -> Option<Self> {
        if finding.picture.is_some() {
            return None;
        }
        let mut shape = DefaultHasher::new();
        (&finding.rule.id, finding.severity, &finding.message.id).hash(&mut shape);
        FieldPath::new(&finding.path).without_indices().hash(&mut shape);
        // Groups stay apart, because the records of each are what the reader needs.
        for place in &finding.related {
            (place.source.name(), place.source.base_offset(), place.span.start).hash(&mut shape);
        }
        let key = |part: &str| {
            let mut key = shape.clone();
            part.hash(&mut key);
            key.finish()
        };
        Some(Self {
            same_words: key(&finding.message.render(lang)),
            same_column: key(finding.primary.source.name()),
            line: line(),
        })
    }

    /// The key of a problem, which is folded with those of equal words only.
    pub(super) fn of_problem(message: &str, line: String) -> Self {
        let mut hasher = DefaultHasher::new();
        ("problem", message).hash(&mut hasher);
        Self { same_words: hasher.finish(), same_column: hasher.finish(), line }
    }
}

/// Texts on their way into a sorted report.
pub(super) struct SortedTexts {
    spool: BufWriter<SpooledTempFile>,
    bytes: u64,
    blocks: Vec<SortedBlock>,
    /// The block that findings with a key are folded into.
    by_key: HashMap<u64, usize>,
}

/// A text in the spool, with what was folded into it.
struct SortedBlock {
    /// The lowest comes first.
    rank: u8,
    start: u64,
    len: u64,
    places: Vec<String>,
    more: usize,
}

impl SortedTexts {
    pub(super) fn new(memory: usize, buffer: usize) -> Self {
        let spool = BufWriter::with_capacity(buffer, SpooledTempFile::new(memory));
        Self { spool, bytes: 0, blocks: Vec::new(), by_key: HashMap::new() }
    }

    /// Takes a text, or folds it into one that it is like.
    pub(super) fn push(&mut self, rank: u8, text: &str, place: Option<&FoldablePlace>) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if let Some(place) = place {
            let keys = [place.same_words, place.same_column];
            let known = keys.iter().find_map(|key| self.by_key.get(key).copied());
            let block = known.unwrap_or(self.blocks.len());
            keys.iter().for_each(|key| {
                self.by_key.entry(*key).or_insert(block);
            });
            if let Some(block) = known.and_then(|number| self.blocks.get_mut(number)) {
                if block.places.len() < LISTED {
                    block.places.push(place.line.clone());
                } else {
                    block.more += 1;
                }
                return Ok(());
            }
        }
        let len = text.len() as u64;
        self.spool.write_all(text.as_bytes())?;
        self.blocks.push(SortedBlock { rank, start: self.bytes, len, places: Vec::new(), more: 0 });
        self.bytes += len;
        Ok(())
    }

    /// Hands on every text in order, with the places that were folded into it.
    pub(super) fn each(self, mut write: impl FnMut(&str, &[String], usize) -> io::Result<()>) -> io::Result<()> {
        let mut blocks = self.blocks;
        blocks.sort_by_key(|block| block.rank);
        let mut spool = self.spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut text = String::new();
        for block in blocks {
            text.clear();
            spool.seek(SeekFrom::Start(block.start))?;
            (&mut spool).take(block.len).read_to_string(&mut text)?;
            write(&text, &block.places, block.more)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(words: u64, column: u64, line: &str) -> FoldablePlace {
        FoldablePlace { same_words: words, same_column: column, line: line.to_owned() }
    }

    fn written(texts: SortedTexts) -> Vec<(String, Vec<String>, usize)> {
        let mut all = Vec::new();
        texts
            .each(|text, places, more| {
                all.push((text.to_owned(), places.to_vec(), more));
                Ok(())
            })
            .unwrap();
        all
    }

    #[test]
    fn the_worst_come_first_and_keep_their_order() {
        let mut texts = SortedTexts::new(16, 16);
        for (rank, text) in [(3, "info"), (1, "error 一"), (2, "warning"), (1, "error 二")] {
            texts.push(rank, text, None).unwrap();
        }
        let order: Vec<String> = written(texts).into_iter().map(|(text, ..)| text).collect();
        assert_eq!(order, ["error 一", "error 二", "warning", "info"]);
    }

    #[test]
    fn equal_words_and_equal_columns_are_folded_and_the_rest_is_counted() {
        let mut texts = SortedTexts::new(16, 16);
        texts.push(1, "first", Some(&place(1, 10, "a"))).unwrap();
        texts.push(1, "same words elsewhere", Some(&place(1, 20, "b"))).unwrap();
        texts.push(1, "other words, same column", Some(&place(2, 10, "c"))).unwrap();
        texts.push(1, "folded through the second", Some(&place(3, 20, "d"))).unwrap();
        texts.push(1, "unlike", Some(&place(4, 30, "e"))).unwrap();
        let all = written(texts);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0], ("first".to_owned(), vec!["b".to_owned(), "c".to_owned()], 1));
        assert_eq!(all[1], ("unlike".to_owned(), Vec::new(), 0));
    }
}
