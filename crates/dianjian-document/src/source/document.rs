//! The text of a document: one passage a line, whose places have names of their own.

use std::sync::Arc;

use dianjian_base::lang::Lang;
use dianjian_passages::{DocumentText, Passage, PassagePart, UnreadPart};

use super::{CellAddress, SourceFile};

/// The places of a document's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentPlaces {
    /// By line.
    pub passages: Vec<Passage>,
    /// What of the document has words that could not be read.
    pub unread: Vec<UnreadPart>,
}

/// The name of a place in a file that people do not see as lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceName {
    /// A cell of a workbook.
    Cell(CellAddress),
    /// A passage of a document.
    Passage(Passage),
    /// The file as a whole: material, of which places are boxes in pictures and seconds of video.
    File,
}

impl PlaceName {
    /// The name as people use it: `店铺!B7`, `第 12 段`.
    pub fn get(&self, lang: Lang) -> String {
        match self {
            Self::Cell(cell) => cell.to_string(),
            Self::Passage(passage) => passage.name().take(lang),
            Self::File => String::new(),
        }
    }
}

impl SourceFile {
    /// A source that is the text of a document.
    pub fn of_document(name: impl AsRef<str>, document: DocumentText) -> Self {
        let DocumentText { text, passages, unread } = document;
        Self::new(name, text).with_document(Arc::new(DocumentPlaces { passages, unread }))
    }

    /// Sets the places of the lines.
    #[must_use]
    pub fn with_document(mut self, places: Arc<DocumentPlaces>) -> Self {
        self.document = Some(places);
        self
    }

    /// Takes pages without a text layer for read: what they show is looked at as pictures.
    #[must_use]
    pub fn with_pages_looked_at(mut self) -> Self {
        if let Some(places) = self.document.as_mut() {
            Arc::make_mut(places).unread.retain(|part| !matches!(part, UnreadPart::Page(_)));
        }
        self
    }

    /// The document whose text this is.
    pub const fn document(&self) -> Option<&Arc<DocumentPlaces>> {
        self.document.as_ref()
    }

    /// Whether it is the text of a document whose words cannot be changed: a PDF.
    pub fn is_read_only(&self) -> bool {
        let is_page = |passage: &Passage| matches!(passage.part, PassagePart::Page(_));
        self.document.as_ref().is_some_and(|document| document.passages.iter().any(is_page))
    }

    /// The passage of a document at an offset.
    pub fn passage(&self, offset: u32) -> Option<Passage> {
        let document = self.document.as_ref()?;
        let line = self.line_index(offset).min(document.passages.len().saturating_sub(1));
        document.passages.get(line).copied()
    }

    /// The name of the place at an offset, where the file has no lines that people see.
    pub fn place_name(&self, offset: u32) -> Option<PlaceName> {
        if self.is_material {
            return Some(PlaceName::File);
        }
        self.cell(offset).map(PlaceName::Cell).or_else(|| self.passage(offset).map(PlaceName::Passage))
    }

    /// Whether places in the text are lines that people see: neither cells of a workbook nor passages of a document.
    pub fn has_lines(&self) -> bool {
        !self.is_sheet() && self.document.is_none() && !self.is_material
    }

    /// Makes the text a record about the file of its name.
    #[must_use]
    pub const fn as_material(mut self) -> Self {
        self.is_material = true;
        self
    }

    /// Whether it is a record about the file of its name, which is no text itself.
    pub const fn is_material(&self) -> bool {
        self.is_material
    }
}
