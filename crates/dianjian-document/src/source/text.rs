//! Texts that records name: plain ones in any usual encoding, and documents.

use std::io::{Cursor, Read as _};
use std::path::Path;

use dianjian_base::FileSystem;
use dianjian_passages::{DocumentFormat, PassageError};

use super::{Limits, SourceError, SourceFile, read};

/// Bytes by which a document is told from a plain text.
const HEAD: u64 = 1024;

/// Reads a text file or the text of a document, whatever its name.
///
/// # Errors
///
/// It is missing, a folder, not to be read or too large; a text with bytes that are no characters; a document that is
/// damaged, encrypted, or of a format that is not read.
pub fn read_text_in(files: &FileSystem, path: &Path, limits: &Limits) -> Result<SourceFile, SourceError> {
    let name = files.name(path);
    let failed = |error: std::io::Error| SourceError::from_io(&name, &error);
    let mut head = Vec::new();
    files.open(path).map_err(failed)?.take(HEAD).read_to_end(&mut head).map_err(failed)?;
    let Some(format) = DocumentFormat::of(&head) else {
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
