#![doc = include_str!("../README.md")]
//!
//! # Tour
//!
//! - [`DocumentFormat::of`] tells by its first bytes which document a file is.
//! - [`read`] gives the [`DocumentText`]: text of which every line is a [`Passage`], and what could not be read of it.
//! - [`pictures`] gives its pictures, one after another.
//! - [`write_edited`] changes words of a Word document.
//! - [`PassageError`] says what is wrong with a document, and what its owner can do.
//!
//! # What is read
//!
//! What people would read out or see: text that is tracked as inserted is in, text that is tracked as deleted is not;
//! comments, field codes and hidden copies of text boxes are no text.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod edit;
mod error;
mod format;
mod lines;
mod passage;
mod pdf;
mod pictures;
mod runs;
mod slides;
mod word;

use std::io::{Read as _, Seek as _, SeekFrom};

use dianjian_package::{Package, ReadSeek};
pub use edit::{TextEdit, write_edited};
pub use error::{PassageError, PassageLimit};
pub use format::DocumentFormat;
use format::MainPart;
use lines::PassageLines;
pub use passage::{DocumentText, Passage, PassagePart, UnreadPart};
pub use pictures::{DocumentPicture, pictures};

/// Reads a document's text.
///
/// # Errors
///
/// It is damaged, encrypted, of another format, or too large.
pub fn read(format: DocumentFormat, mut file: Box<dyn ReadSeek>) -> Result<DocumentText, PassageError> {
    file.seek(SeekFrom::Start(0))?;
    match format {
        DocumentFormat::Package => {
            let mut lines = PassageLines::default();
            word_or_slides(&mut Package::open(file)?, &mut lines)?;
            Ok(lines.finish())
        }
        DocumentFormat::Pdf => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(pdf::read(bytes)?.finish())
        }
        other => Err(PassageError::Unsupported(other)),
    }
}

fn word_or_slides(package: &mut Package, lines: &mut PassageLines) -> Result<(), PassageError> {
    match format::main_part(package)? {
        MainPart::Word(part) => word::read(package, &part, lines),
        MainPart::Slides(part) => slides::read(package, &part, lines),
    }
}
