//! Fixes in documents: edits of the text become edits of the runs that hold it. The document as it would be lies in a
//! temporary file, which the next round checks and which in the end replaces the one on disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use dianjian_document::edit::{diff, write_atomic};
use dianjian_document::source::SourceFile;
use dianjian_passages::{PassageError, TextEdit, write_edited};
use tempfile::NamedTempFile;

use super::workbook::digest;

/// A document that is being fixed.
#[derive(Debug)]
pub struct FixedDocument {
    /// As reports call it.
    pub name: String,
    /// SHA-256 of the file as it was.
    digest: Vec<u8>,
    now: NamedTempFile,
    /// The text as it was, and as it is.
    before: String,
    after: String,
}

impl FixedDocument {
    /// Makes edits in the document on disk, or in what `known` has made of it. `source` has the text that they are of.
    ///
    /// # Errors
    ///
    /// The document is another one by now, or the system refuses. Nothing is changed then.
    pub fn edited<'e>(
        known: Option<&Self>,
        path: &Path,
        source: &SourceFile,
        edits: impl Iterator<Item = (u64, u64, &'e str)>,
    ) -> Result<Option<Self>, PassageError> {
        let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        let edits: Vec<TextEdit> = edits
            .map(|(start, end, text)| TextEdit { range: place(start)..place(end), text: text.to_owned() })
            .collect();
        let mut after = source.text().to_owned();
        for edit in edits.iter().rev().filter(|edit| source.text().get(edit.range.clone()).is_some()) {
            after.replace_range(edit.range.clone(), &edit.text);
        }
        if after == source.text() {
            return Ok(None);
        }
        let digest = known.map_or_else(|| digest(path), |known| Ok(known.digest.clone()))?;
        let mut now = NamedTempFile::new()?;
        let old = File::open(known.map_or(path, |known| known.now.path()))?;
        write_edited(Box::new(old), source.text(), &edits, now.as_file_mut())?;
        let before = known.map_or_else(|| source.text().to_owned(), |known| known.before.clone());
        Ok(Some(Self { name: source.name().to_owned(), digest, now, before, after }))
    }

    /// Where the document lies as it would be.
    pub fn path(&self) -> PathBuf {
        self.now.path().to_owned()
    }

    /// Whether its text is another than at first: a fix may take back what another did.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// What would change of its text, as a unified diff.
    pub fn diff(&self) -> String {
        diff(&self.name, &self.before, &self.after)
    }

    /// Whether the file on disk is still the one that the fixes were made for.
    pub fn is_same(&self, path: &Path) -> bool {
        digest(path).is_ok_and(|digest| digest == self.digest)
    }

    /// Replaces the file on disk.
    ///
    /// # Errors
    ///
    /// The system refuses; the file is then as it was.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        write_atomic(path, &std::fs::read(self.now.path())?)
    }
}
