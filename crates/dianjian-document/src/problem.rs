//! What makes a run untrustworthy: unreadable input, a broken rule, a broken configuration.
//!
//! A problem is never a finding and cannot be silenced: a run that has one never counts as passed.

use std::borrow::Cow;
use std::sync::Arc;

use dianjian_base::lang::{Localized, Text};

use crate::source::{SourceError, SourceFile, Span};

/// Something because of which the run cannot be trusted.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// The file's name as reports display it; empty where there is none.
    pub file: String,
    /// The source and the place in it; `None` for a file that could not be read at all.
    pub place: Option<(Arc<SourceFile>, Span)>,
    /// For a workbook without a text of its own: the sheet, or the cell (`店铺!B7`).
    pub sheet: Option<String>,
    /// Other places that explain it, each with what it has to do with the problem.
    pub related: Vec<(Arc<SourceFile>, Span, Text)>,
    #[expect(missing_docs, reason = "one sentence, as in `Localized::text`")]
    pub message: Text,
    #[expect(missing_docs, reason = "as in `Localized::help`")]
    pub help: Option<Text>,
}

impl Problem {
    /// An error at a place.
    pub fn at(source: &Arc<SourceFile>, span: Span, error: &dyn Localized) -> Self {
        Self { place: Some((Arc::clone(source), span)), ..Self::in_file(source.name(), error) }
    }

    /// A message that no error type has, at a place.
    pub fn with_message(source: &Arc<SourceFile>, span: Span, message: Text, help: Option<Text>) -> Self {
        let (file, place) = (source.name().to_owned(), Some((Arc::clone(source), span)));
        Self { file, place, message, help, ..Self::default() }
    }

    /// An error of a file as a whole.
    pub fn in_file(file: &str, error: &dyn Localized) -> Self {
        Self { file: file.to_owned(), message: error.both(), help: error.both_help(), ..Self::default() }
    }

    /// A file that cannot be read, with the damaged line where there is one.
    pub fn of_source(error: &SourceError) -> Self {
        match error.excerpt() {
            Some((source, span)) => Self::at(&Arc::new(source), span, error),
            None => Self { sheet: error.sheet(), ..Self::in_file(error.name(), error) },
        }
    }

    /// The file with the sheet or the cell: `shops.xlsx · 店铺!B7`.
    pub fn display_name(&self) -> Cow<'_, str> {
        match &self.sheet {
            Some(sheet) => Cow::Owned(format!("{} · {sheet}", self.file)),
            None => Cow::Borrowed(&self.file),
        }
    }
}
