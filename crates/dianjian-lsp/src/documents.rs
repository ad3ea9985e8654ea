//! The texts that the editor holds, whatever lies on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::TextDocumentContentChangeEvent;

use crate::MAX_TEXT;
use crate::position::{ColumnUnit, LineIndex};
use crate::uri::{to_path, unsaved_name};

/// A text that is open in the editor.
#[derive(Debug)]
pub(crate) struct OpenDocument {
    /// As the client writes it.
    pub uri: String,
    /// The path without links; of a text that was never saved, one that it might have.
    pub path: PathBuf,
    pub version: i32,
    pub lines: LineIndex,
}

impl OpenDocument {
    /// Whether it is too long to be judged while it is typed.
    pub fn is_too_long(&self) -> bool {
        self.lines.text().len() > MAX_TEXT
    }
}

/// All texts that are open, by their paths.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    by_path: BTreeMap<PathBuf, OpenDocument>,
    paths: BTreeMap<String, PathBuf>,
}

impl Documents {
    /// Takes a text over from the disk. `root` is where texts without a place on disk are said to be.
    pub fn open(&mut self, (uri, language, version): (String, &str, i32), text: String, root: &Path) -> PathBuf {
        let path = to_path(&uri).map_or_else(|| root.join(name_of_unsaved(&uri, language)), |path| real(&path));
        self.paths.insert(uri.clone(), path.clone());
        let document = OpenDocument { uri, path: path.clone(), version, lines: LineIndex::new(text) };
        self.by_path.insert(path.clone(), document);
        path
    }

    /// Makes edits, each in what the one before it has left. `None`: no such text is open.
    pub fn change(
        &mut self,
        uri: &str,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        unit: ColumnUnit,
    ) -> Option<PathBuf> {
        let path = self.paths.get(uri)?;
        let document = self.by_path.get_mut(path)?;
        document.version = version;
        for change in changes {
            document.lines = match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    document.lines.edited(part.range, &part.text, unit)
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    LineIndex::new(whole.text)
                }
            };
        }
        Some(path.clone())
    }

    /// Gives a text back to the disk.
    pub fn close(&mut self, uri: &str) -> Option<PathBuf> {
        let path = self.paths.remove(uri)?;
        self.by_path.remove(&path);
        Some(path)
    }

    pub fn iter(&self) -> impl Iterator<Item = &OpenDocument> {
        self.by_path.values()
    }

    pub fn at(&self, path: &Path) -> Option<&OpenDocument> {
        self.by_path.get(path)
    }

    pub fn get(&self, uri: &str) -> Option<&OpenDocument> {
        self.by_path.get(self.paths.get(uri)?)
    }
}

/// The path without links. Of what is not there yet the folder may be.
pub(crate) fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    folder.zip(path.file_name()).map_or_else(|| path.to_owned(), |(folder, name)| folder.join(name))
}

/// A name by which a text is read as its language says.
fn name_of_unsaved(uri: &str, language: &str) -> String {
    let name = unsaved_name(uri);
    let extension = match language {
        "yaml" | "json" | "csv" | "tsv" | "xml" => language,
        "jsonl" | "ndjson" => "ndjson",
        "markdown" => "md",
        _ => return name,
    };
    if Path::new(&name).extension().is_some() { name } else { format!("{name}.{extension}") }
}
