//! Pictures and videos that records name: the files of an entry, and the codes found in them.

use std::path::PathBuf;
use std::sync::Arc;

use dianjian_document::source::SourceFile;
use dianjian_media::{MediaError, MediaScan};

/// Looks at the assets that records name.
pub trait Assets {
    /// Looks at what each of the entries stands for: a file beside the record's own, a folder of files, or a
    /// pattern. The answers come in the order of the entries.
    fn look(&self, beside: &SourceFile, entries: &[String]) -> Vec<Arc<AssetEntry>>;
}

/// The files of one entry of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetEntry {
    /// Its files in the order of their names, or one error for all of them.
    pub files: Vec<AssetFile>,
    /// Whether it is a folder or a pattern, so that the entry itself does not name the file.
    pub spreads: bool,
}

/// A file that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetFile {
    /// Its name as shown, from the working directory, with `/` between its parts.
    pub name: String,
    /// The file itself; empty: none.
    pub path: PathBuf,
    /// Its size; `None`: it could not be read.
    pub bytes: Option<u64>,
    /// Its format by its content, one of [`FORMATS`](dianjian_media::FORMATS); `None`: it could not be read.
    pub format: Option<&'static str>,
    /// What was seen in it, or why it could not be looked at.
    pub looked: Result<Arc<MediaScan>, MediaError>,
}

impl AssetFile {
    /// What could not be looked at, and of which no file is known.
    pub fn failed(error: MediaError) -> Self {
        Self { name: String::new(), path: PathBuf::new(), bytes: None, format: None, looked: Err(error) }
    }
}

impl AssetEntry {
    /// An entry without a file that can be scanned.
    pub fn failed(error: MediaError) -> Self {
        Self { files: vec![AssetFile::failed(error)], spreads: false }
    }

    /// An address, which is never opened. Exports have very many of them.
    pub fn address(written: &str) -> Arc<Self> {
        Arc::new(Self::failed(MediaError::Address { name: written.to_owned() }))
    }

    /// Whether it is an address, which was not opened.
    pub fn is_address(&self) -> bool {
        matches!(self.files.as_slice(), [AssetFile { looked: Err(MediaError::Address { .. }), .. }])
    }
}

/// Is the entry an address rather than a file?
pub fn is_address(entry: &str) -> bool {
    let entry = entry.trim_start();
    let scheme = entry.split_once("://").map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    scheme.is_some_and(is_scheme) || entry.starts_with("//") || entry.starts_with("data:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_files() {
        for address in
            ["https://a.example/1.jpg", "HTTP://a", "//mmecimage.cn/p/1", "data:image/png;base64,AA", "wxfile://tmp"]
        {
            assert!(is_address(address), "{address}");
        }
        for file in ["a.png", "图/封面.jpg", "./a//b.png", "/srv/a.png", "C:/a.png", "1://a.png", "a b://c", ""] {
            assert!(!is_address(file), "{file}");
        }
    }
}
