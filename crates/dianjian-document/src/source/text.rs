//! Texts that records name: plain ones in any usual encoding, and documents.

use std::io::{Cursor, Read as _};
use std::path::Path;

use dianjian_base::FileSystem;
use dianjian_passages::{DocumentFormat, DocumentPicture, PassageError};

use super::{Limits, SourceError, SourceFile, read};

/// Bytes by which a document is told from a plain text.
const HEAD: u64 = 1024;

/// Calls `look` with each picture of a document; a plain text has none.
///
/// # Errors
///
/// As [`read_text_in`].
pub fn read_pictures_in(
    files: &FileSystem,
    path: &Path,
    limits: &Limits,
    look: &mut (dyn FnMut(DocumentPicture) -> bool + Send),
) -> Result<(), SourceError> {
    let name = files.name(path);
    let failed = |error: std::io::Error| SourceError::from_io(&name, &error);
    let Some(format) = format_in(files, path).map_err(failed)? else { return Ok(()) };
    let bytes = Cursor::new(read::bytes(files, path, limits).map_err(SourceError::of_text)?);
    dianjian_passages::pictures(format, Box::new(bytes), look).map_err(|error| SourceError::document(&name, error))
}

/// The format of a document; `None`: it is none.
fn format_in(files: &FileSystem, path: &Path) -> std::io::Result<Option<DocumentFormat>> {
    let mut head = Vec::new();
    files.open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(DocumentFormat::of(&head))
}

/// Reads a text file or the text of a document, whatever its name.
///
/// # Errors
///
/// It is missing, a folder, not to be read or too large; a text with bytes that are no characters; a document that is
/// damaged, encrypted, or of a format that is not read.
pub fn read_text_in(files: &FileSystem, path: &Path, limits: &Limits) -> Result<SourceFile, SourceError> {
    let name = files.name(path);
    let failed = |error: std::io::Error| SourceError::from_io(&name, &error);
    let Some(format) = format_in(files, path).map_err(failed)? else {
        return read::read_in(files, path, limits).map_err(SourceError::of_text);
    };
    let document = |error: PassageError| SourceError::document(&name, error);
    let bytes = read::bytes(files, path, limits).map_err(SourceError::of_text)?;
    let mut bytes = Cursor::new(bytes);
    if format == DocumentFormat::Compound {
        return Err(document(DocumentFormat::of_compound(&mut bytes).unwrap_or_else(|error| error)));
    }
    let text = dianjian_passages::read(format, Box::new(bytes)).map_err(document)?;
    Ok(SourceFile::of_document(&name, text).with_path(path))
}
