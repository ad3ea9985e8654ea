//! Collects a document's lines, and for every stretch of them the bytes of the part that it stands in.

use std::ops::Range;

use crate::passage::{DocumentText, Passage, UnreadPart};
use crate::{PassageError, PassageLimit};

/// The most bytes of text. A script of two hours has about 100,000.
const MAX_TEXT: usize = 64 << 20;

/// The lines of a document so far.
#[derive(Debug, Default)]
pub(crate) struct PassageLines {
    text: String,
    passages: Vec<Passage>,
    pub(crate) unread: Vec<UnreadPart>,
    /// In the order of the text.
    pieces: Vec<Piece>,
    /// Whether the last line goes on.
    is_open: bool,
    /// Whether pieces are kept, which only changes need.
    keeps_pieces: bool,
}

/// A stretch of the text that stands in a part of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it begins in the text.
    pub at: usize,
    /// Its bytes in the text.
    pub len: usize,
    pub place: RawPlace,
}

/// Where in a package a stretch of text is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawPlace {
    /// Index of the part.
    pub part: usize,
    /// The bytes that stand for it.
    pub raw: Range<u64>,
    /// The end of the tag around it, if that says nothing of blanks, so that those at its ends do not count.
    pub trims_at: Option<u64>,
}

/// A stretch of a paragraph that is not finished yet.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub text: String,
    /// `None`: a line break, a tab or the like.
    pub place: Option<RawPlace>,
}

impl PassageLines {
    /// Lines that know where each stretch of them is written.
    pub(crate) fn with_pieces() -> Self {
        Self { keeps_pieces: true, ..Self::default() }
    }

    /// Appends a paragraph; `goes_on`: the next one continues its last line.
    pub(crate) fn push(&mut self, passage: Passage, chunks: Vec<Chunk>, goes_on: bool) -> Result<(), PassageError> {
        if !self.is_open {
            self.passages.push(passage);
        }
        for Chunk { text, place } in chunks {
            if self.text.len() + text.len() > MAX_TEXT {
                return Err(PassageError::LimitExceeded { what: PassageLimit::Text, limit: MAX_TEXT as u64 });
            }
            if text == "\n" {
                self.passages.push(passage);
            }
            let (at, len) = (self.text.len(), text.len());
            self.text.push_str(&text);
            if self.keeps_pieces {
                self.pieces.extend(place.map(|place| Piece { at, len, place }));
            }
        }
        self.is_open = goes_on;
        if !goes_on {
            self.text.push('\n');
        }
        // Empty paragraphs cost memory, too.
        let taken = self.text.len() + self.passages.len() * size_of::<Passage>();
        if taken > MAX_TEXT * 2 {
            return Err(PassageError::LimitExceeded { what: PassageLimit::Text, limit: MAX_TEXT as u64 });
        }
        Ok(())
    }

    /// The text, and where its stretches are written.
    pub(crate) fn into_pieces(self) -> (String, Vec<Piece>) {
        (self.text, self.pieces)
    }

    pub(crate) fn finish(mut self) -> DocumentText {
        if self.is_open {
            self.text.push('\n');
        }
        DocumentText { text: self.text, passages: self.passages, unread: self.unread }
    }
}

impl Piece {
    /// Whether its bytes in the part are those of the text, one by one.
    pub(crate) const fn is_verbatim(&self) -> bool {
        self.place.raw.end - self.place.raw.start == self.len as u64
    }
}
