//! From places in sources to places in the editor.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_document::source::{self, Limits, SourceFile, Span};
use gen_lsp_types::{Location, Range};

use crate::documents::{Documents, real};
use crate::position::{ColumnUnit, LineIndex};
use crate::uri::of_path;

/// Turns places in sources into those of the editor: in the text that it holds, else in the file on disk.
pub(crate) struct EditorPlaces<'d> {
    pub documents: &'d Documents,
    pub unit: ColumnUnit,
    /// Texts of files that are not open.
    closed: RefCell<HashMap<PathBuf, Option<Arc<LineIndex>>>>,
    /// Paths without links, by those that sources have.
    real: RefCell<HashMap<PathBuf, PathBuf>>,
}

impl<'d> EditorPlaces<'d> {
    pub fn new(documents: &'d Documents, unit: ColumnUnit) -> Self {
        Self { documents, unit, closed: RefCell::default(), real: RefCell::default() }
    }

    /// The path, without links, of the file that a source is of.
    pub fn path(&self, source: &SourceFile) -> Option<PathBuf> {
        let path = source.path()?;
        let mut known = self.real.borrow_mut();
        if let Some(real) = known.get(path) {
            return Some(real.clone());
        }
        let found = real(path);
        known.insert(path.to_owned(), found.clone());
        Some(found)
    }

    /// The address of a file, as the client writes it where it has it open.
    pub fn uri(&self, path: &Path) -> String {
        self.documents.at(path).map_or_else(|| of_path(path), |document| document.uri.clone())
    }

    /// A place as a location.
    pub fn location(&self, source: &SourceFile, span: Span) -> Option<Location> {
        let path = self.path(source)?;
        let range = self.range(&path, source, span);
        Some(Location { uri: self.uri(&path).into(), range })
    }

    /// The range of a place in the file at a path.
    pub fn range(&self, path: &Path, source: &SourceFile, span: Span) -> Range {
        let at = |offset: u32| usize::try_from(source.base_offset() + u64::from(offset)).unwrap_or(usize::MAX);
        let (start, end) = (at(span.start), at(span.end));
        match self.documents.at(path) {
            // A document's text is made of it; the editor cannot show its lines.
            Some(document) if source.has_lines() => document.lines.range(start, end, self.unit),
            None if source.has_lines() => {
                let lines = self.closed(path);
                lines.map(|lines| lines.range(start, end, self.unit)).unwrap_or_default()
            }
            _ => Range::default(),
        }
    }

    /// The text of a file that is not open. A source may be a part of it, which does not show where the rest is.
    fn closed(&self, path: &Path) -> Option<Arc<LineIndex>> {
        let mut closed = self.closed.borrow_mut();
        let lines = closed.entry(path.to_owned()).or_insert_with(|| {
            let read = source::read(path, &Limits::default()).ok()?;
            Some(Arc::new(LineIndex::new(read.text())))
        });
        lines.clone()
    }
}
