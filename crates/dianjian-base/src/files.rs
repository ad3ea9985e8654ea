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
    /// What names of files begin below; empty: they are whole paths.
    base: PathBuf,
    /// Whether only what lies below `base` can be opened.
    is_confined: bool,
}

#[derive(Debug, Clone)]
enum Override {
    Text(Arc<str>),
    /// Another file on disk, for what is too large or not a text: an edited copy of a workbook.
    Copy(PathBuf),
}

impl FileSystem {
    /// The disk, whose files below a folder are named by their paths below it.
    pub fn named_from(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), ..Self::default() }
    }

    /// The same, but nothing can be opened that lies elsewhere, by whatever links or dots.
    #[must_use]
    pub const fn confined(mut self) -> Self {
        self.is_confined = true;
        self
    }

    /// The name by which a file is shown.
    pub fn name(&self, path: &Path) -> Arc<str> {
        let below = path.strip_prefix(&self.base).unwrap_or(path);
        display_name(&below.to_string_lossy())
    }

    /// Whether a file may be opened.
    pub fn allows(&self, path: &Path) -> bool {
        if !self.is_confined {
            return true;
        }
        let real = path.ancestors().find_map(|above| above.canonicalize().ok());
        let climbs = path.components().any(|part| part == std::path::Component::ParentDir);
        let inside = |real: PathBuf| self.base.canonicalize().is_ok_and(|base| real.starts_with(base));
        // Of a path that does not exist only a part is known, which dots behind it would leave.
        real.is_some_and(inside) && (!climbs || path.exists())
    }

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
            None if !self.allows(path) => return Err(io::ErrorKind::NotFound.into()),
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
    fn a_confined_disk_ends_at_its_folder() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(outer.path().join("secret"), "s").unwrap();
        std::fs::write(inner.join("own"), "o").unwrap();
        let free = FileSystem::named_from(&inner);
        let confined = free.clone().confined();
        let climbing = inner.join("../secret");
        assert!(free.open(&climbing).is_ok() && confined.open(&climbing).is_err());
        assert!(confined.open(&inner.join("../inner/own")).is_ok());
        assert!(confined.open(&inner.join("none/../../secret")).is_err());
        assert_eq!(&*confined.name(&inner.join("own")), "own");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path(), inner.join("up")).unwrap();
            assert!(confined.open(&inner.join("up/secret")).is_err());
        }
    }

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
