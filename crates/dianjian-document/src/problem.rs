//! What makes a run untrustworthy: unreadable input, a broken rule or configuration.

use std::borrow::Cow;
use std::sync::Arc;

use crate::source::{SourceFile, Span};
use dianjian_base::lang::{Localized, Text};

/// Something because of which the run cannot be trusted.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The file's name as shown; empty where there is none.
    pub file: String,
    /// The file's text and the place in it, if it could be read.
    pub place: Option<(Arc<SourceFile>, Span)>,
    /// Of a workbook that could not be read there: the sheet, or the cell (`店铺!B7`).
    pub sheet: Option<String>,
    /// Other places, with a word about each.
    pub related: Vec<(Arc<SourceFile>, Span, Text)>,
    /// What is wrong, in both languages.
    pub message: Text,
    /// What to do.
    pub help: Option<Text>,
}

impl Problem {
    /// A problem at a place, from any of our errors.
    #[must_use]
    pub fn at(source: &Arc<SourceFile>, span: Span, error: &dyn Localized) -> Self {
        Self { place: Some((Arc::clone(source), span)), ..Self::in_file(source.name(), error) }
    }

    /// A problem at a place, in words of our own.
    #[must_use]
    pub fn told(source: &Arc<SourceFile>, span: Span, message: Text, help: Option<Text>) -> Self {
        let (file, place) = (source.name().to_owned(), Some((Arc::clone(source), span)));
        Self { file, place, sheet: None, related: Vec::new(), message, help }
    }

    /// A problem with a file as a whole.
    #[must_use]
    pub fn in_file(file: &str, error: &dyn Localized) -> Self {
        Self {
            file: file.to_owned(),
            place: None,
            sheet: None,
            related: Vec::new(),
            message: error.both(),
            help: error.both_help(),
        }
    }

    /// The file as it is shown, with the sheet or the cell: `shops.xlsx · 店铺!B7`.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.sheet {
            Some(sheet) => Cow::Owned(format!("{} · {sheet}", self.file)),
            None => Cow::Borrowed(&self.file),
        }
    }
}
