//! Files as a run sees them: on disk, but for those that something else stands for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The disk, with in-memory contents that override files on it: fixes nobody has written yet, an editor's buffers.
///
/// Paths are compared as they are written. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct FileSystem {
    overrides: Arc<BTreeMap<PathBuf, Override>>,
}

#[derive(Debug, Clone)]
enum Override {
    Text(Arc<str>),
    /// Another file on disk, for what is too large or not a text: an edited copy of a workbook.
    Copy(PathBuf),
}

impl FileSystem {
    /// Lets a text stand for a file.
    pub fn insert_text(&mut self, path: PathBuf, text: impl Into<Arc<str>>) {
        Arc::make_mut(&mut self.overrides).insert(path, Override::Text(text.into()));
    }

    /// Lets another file on disk stand for a file.
    pub fn insert_copy(&mut self, path: PathBuf, copy: PathBuf) {
        Arc::make_mut(&mut self.overrides).insert(path, Override::Copy(copy));
    }

    /// The text that stands for a file.
    pub fn text(&self, path: &Path) -> Option<&Arc<str>> {
        match self.overrides.get(path)? {
            Override::Text(text) => Some(text),
            Override::Copy(_) => None,
        }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// It is missing, a folder, or not to be read.
    pub fn open(&self, path: &Path) -> io::Result<OpenFile> {
        let on_disk = match self.overrides.get(path) {
            Some(Override::Text(text)) => return Ok(OpenFile::Text(Cursor::new(Arc::clone(text).into()))),
            Some(Override::Copy(copy)) => copy,
            None => path,
        };
        let file = File::open(on_disk)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(OpenFile::Disk(file))
    }
}

/// A file's name as reports show it: `/` between its parts, no `./` before it.
pub fn display_name(name: &str) -> Arc<str> {
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
    let mut display = name.as_str();
    while let Some(rest) = display.strip_prefix("./") {
        display = rest.trim_start_matches('/');
    }
    Arc::from(if display.is_empty() { &name } else { display })
}

/// A path as outputs have it on every system: `/` between its parts.
pub fn slashed(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().replace('\\', "/")
}

/// A file that is open for reading.
#[derive(Debug)]
pub enum OpenFile {
    /// One on disk.
    Disk(File),
    /// A text that stands for one.
    Text(Cursor<Arc<[u8]>>),
}

impl OpenFile {
    /// Its size in bytes, as far as that is known: a pipe has 0.
    ///
    /// # Errors
    /// The system does not say.
    pub fn size(&self) -> io::Result<u64> {
        match self {
            Self::Disk(file) => Ok(file.metadata()?.len()),
            Self::Text(text) => Ok(text.get_ref().len() as u64),
        }
    }
}

impl Read for OpenFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Disk(file) => file.read(buffer),
            Self::Text(text) => text.read(buffer),
        }
    }
}

impl Seek for OpenFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Disk(file) => file.seek(to),
            Self::Text(text) => text.seek(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_file_is_read_instead() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (text, copy, none) = (here.join("src/lib.rs"), here.join("none"), here.join("src"));
        let mut files = FileSystem::default();
        let read = |files: &FileSystem, path: &Path| {
            let mut read = String::new();
            files.open(path)?.read_to_string(&mut read).map(|_| read)
        };
        let whole = read(&files, &text).unwrap();
        assert_eq!(files.open(&text).unwrap().size().unwrap(), whole.len() as u64);
        files.insert_copy(copy.clone(), text.clone());
        assert_eq!(read(&files, &copy).unwrap(), whole);
        files.insert_text(text.clone(), "名");
        assert_eq!(read(&files, &text).unwrap(), "名");
        assert_eq!(files.open(&text).unwrap().size().unwrap(), 3);
        assert_eq!(files.open(&none).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }
}
