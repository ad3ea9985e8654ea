//! The files of the networks: where they are, whether they are what they should be, and how they come there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dianjian_base::lang::Text;
use dianjian_base::{hex, localized, text};
use image::RgbImage;
use sha2::{Digest as _, Sha256};

use crate::line::{ReadError, TextReader, TextReading};

/// A pair of networks that is known.
#[derive(Debug, PartialEq, Eq)]
struct KnownModels {
    engine: &'static str,
    licence: &'static str,
    detector: ModelFile,
    recogniser: ModelFile,
}

/// A file and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ModelFile {
    name: &'static str,
    bytes: u64,
    sha256: &'static str,
}

const KNOWN: [KnownModels; 1] = [KnownModels {
    engine: "PP-OCRv6",
    licence: "Apache-2.0",
    detector: ModelFile {
        name: "PP-OCRv6_det_small.onnx",
        bytes: 9_929_594,
        sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    },
    recogniser: ModelFile {
        name: "PP-OCRv6_rec_small.onnx",
        bytes: 21_234_383,
        sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    },
}];

/// Where the files lie in a folder that people name: by themselves, in the Python package, above it.
const FOLDERS: [&str; 3] = ["", "models", "rapidocr/models"];

/// Names of files that say under which terms the networks may be used; they are kept with them.
const NOTICES: [&str; 3] = ["LICENSE", "MODEL_LICENSES.md", "NOTICE"];

/// Raised when what is read of a picture changes though the networks are the same.
const READER_VERSION: u32 = 1;

/// The networks of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcrModels {
    place: ModelPlace,
}

/// Where networks are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ModelPlace {
    /// In files of a folder.
    Files { folder: PathBuf, known: &'static KnownModels, version: String },
    /// In the program: those of `reader/`.
    BuiltIn,
}

/// The networks in the program; how they were made is told in `reader/MODEL_CARD.md`.
static FINDER: &[u8] = include_bytes!("../../../reader/weights/finder.onnx");
static RECOGNISER: &[u8] = include_bytes!("../../../reader/weights/recogniser.onnx");

/// The name of the engine whose networks are in the program.
const BUILT_IN: &str = "dianjian";

/// Their version, by their hashes, which only runs that look at pictures need.
static BUILT_IN_VERSION: LazyLock<String> = LazyLock::new(|| {
    let hash = |bytes: &[u8]| hex(&Sha256::digest(bytes));
    version(BUILT_IN, &hash(FINDER), &hash(RECOGNISER))
});

/// What tells networks from others: the engine, what is made of its answers, and the hashes of detector and recogniser.
fn version(engine: &str, detector: &str, recogniser: &str) -> String {
    let short = |hash: &str| hash.get(..12).unwrap_or_default().to_owned();
    format!("{engine}-{READER_VERSION}-{}-{}", short(detector), short(recogniser))
}

/// Why there are no networks to be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum ModelError {
    /// The folder or package has no file of a known name.
    NoneThere { place: String },
    /// A file is not the one that was published.
    Altered { file: String },
    /// A file that is neither a folder nor a package.
    NotAPackage { file: String, reason: String },
    /// A file cannot be read or written.
    Io { file: String, reason: String },
}

localized! { ModelError {
    Self::NoneThere { place } => {
        zh: "“{place}”里没有文字识别模型",
        en: "there are no models for reading text in `{place}`",
        help: Some(where_from()),
    }
    Self::Altered { file } => {
        zh: "“{file}”和公布的模型文件不一致，没有使用",
        en: "`{file}` is not the model as it was published and was not used",
        help zh: "重新下载后再用 dianjian ocr add 添加。",
        help en: "Download it again and add it by `dianjian ocr add`.",
    }
    Self::NotAPackage { file, reason } => {
        zh: "“{file}”不是文件夹，也不是安装包（.whl）：{reason}",
        en: "`{file}` is neither a folder nor a package (.whl): {reason}",
    }
    Self::Io { file, reason } => {
        zh: "无法读写“{file}”：{reason}",
        en: "cannot read or write `{file}`: {reason}",
    }
} }

/// Where the files are to be had.
fn where_from() -> Text {
    let files = KNOWN.iter().flat_map(KnownModels::files).map(|file| file.name).collect::<Vec<_>>();
    text! {
        zh: format!("需要 {}；它们在 PyPI 的 rapidocr 3.10.0 安装包里：pip download --no-deps rapidocr==3.10.0", files.join("、")),
        en: format!("They are {}, from the package rapidocr 3.10.0 on PyPI: pip download --no-deps rapidocr==3.10.0", files.join(", ")),
    }
}

impl OcrModels {
    /// The files in a folder, which are looked at by size alone: [`Self::verify`] reads them, and so does loading them.
    ///
    /// # Errors
    ///
    /// They are not there, or not of the right size.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        for (folder, known) in
            FOLDERS.iter().map(|below| folder.join(below)).flat_map(|at| KNOWN.iter().map(move |k| (at.clone(), k)))
        {
            if !known.files().iter().all(|file| folder.join(file.name).is_file()) {
                continue;
            }
            for file in known.files() {
                let path = folder.join(file.name);
                let bytes = fs::metadata(&path).map_err(|error| io_error(&path, &error))?.len();
                if bytes != file.bytes {
                    return Err(ModelError::Altered { file: path.display().to_string() });
                }
            }
            return Ok(Self { place: ModelPlace::Files { folder, known, version: known.version() } });
        }
        Err(ModelError::NoneThere { place: folder.display().to_string() })
    }

    /// Those that a name stands for: `builtin`, or a folder.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn named(name: &Path) -> Result<Self, ModelError> {
        if name == Path::new(Self::BUILT_IN_NAME) { Ok(Self::built_in()) } else { Self::open(name) }
    }

    /// What the networks in the program are named by where others are named by their folder.
    pub const BUILT_IN_NAME: &str = "builtin";

    /// The small networks in the program, which know the characters of contacts and sales talk alone.
    pub const fn built_in() -> Self {
        Self { place: ModelPlace::BuiltIn }
    }

    /// Whether they are those in the program.
    pub fn is_built_in(&self) -> bool {
        self.place == ModelPlace::BuiltIn
    }

    /// Copies the files out of a package or a folder into a folder, with the terms of their use.
    ///
    /// Each file is complete or not there, also if the copying is cut short.
    ///
    /// # Errors
    ///
    /// There are none in it, one is not what was published, or one cannot be written.
    pub fn add(source: &Path, to: &Path) -> Result<Self, ModelError> {
        let mut found = if source.is_dir() { from_folder(source)? } else { from_package(source)? };
        let known = KNOWN.iter().find(|known| known.files().iter().all(|file| found.contains_key(file.name)));
        let none = || ModelError::NoneThere { place: source.display().to_string() };
        let known = known.ok_or_else(none)?;
        fs::create_dir_all(to).map_err(|error| io_error(to, &error))?;
        for file in known.files() {
            let bytes = found.remove(file.name).unwrap_or_default();
            if !file.is(&bytes) {
                return Err(ModelError::Altered { file: format!("{}/{}", source.display(), file.name) });
            }
            write(to, file.name, &bytes)?;
        }
        for (name, bytes) in found.iter().filter(|(name, _)| NOTICES.contains(&name.as_str())) {
            write(to, name, bytes)?;
        }
        Self::open(to)
    }

    /// Reads the files and compares them with what was published.
    ///
    /// # Errors
    ///
    /// One cannot be read, or is another one.
    pub fn verify(&self) -> Result<(), ModelError> {
        self.detector().and(self.recogniser()).map(drop)
    }

    /// The engine's name.
    pub fn engine(&self) -> &'static str {
        match &self.place {
            ModelPlace::Files { known, .. } => known.engine,
            ModelPlace::BuiltIn => BUILT_IN,
        }
    }

    /// The licence of the networks, as an SPDX expression.
    pub fn licence(&self) -> &'static str {
        match &self.place {
            ModelPlace::Files { known, .. } => known.licence,
            ModelPlace::BuiltIn => "MIT OR Apache-2.0",
        }
    }

    /// By how much of area to perimeter what the detector shows of a line grows on every side to be the line: as much as it
    /// was taught to shrink it.
    pub(crate) const fn unclip_ratio(&self) -> f32 {
        match self.place {
            ModelPlace::Files { .. } => 1.6,
            ModelPlace::BuiltIn => 0.5,
        }
    }

    /// The power of what the recogniser says by which it is as sure as it is right: small networks are too sure.
    pub(crate) const fn doubt(&self) -> i32 {
        match self.place {
            ModelPlace::Files { .. } => 1,
            ModelPlace::BuiltIn => 3,
        }
    }

    /// Where the files are; `None`: they are in the program.
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            ModelPlace::Files { folder, .. } => Some(folder),
            ModelPlace::BuiltIn => None,
        }
    }

    /// The files' names; none where they are in the program.
    pub fn files(&self) -> Vec<&'static str> {
        match &self.place {
            ModelPlace::Files { known, .. } => known.files().map(|file| file.name).to_vec(),
            ModelPlace::BuiltIn => Vec::new(),
        }
    }

    pub(crate) fn version(&self) -> &str {
        match &self.place {
            ModelPlace::Files { version, .. } => version,
            ModelPlace::BuiltIn => &BUILT_IN_VERSION,
        }
    }

    pub(crate) fn detector(&self) -> Result<Cow<'static, [u8]>, ModelError> {
        self.bytes(|known| known.detector, FINDER)
    }

    pub(crate) fn recogniser(&self) -> Result<Cow<'static, [u8]>, ModelError> {
        self.bytes(|known| known.recogniser, RECOGNISER)
    }

    fn bytes(
        &self,
        file: impl FnOnce(&KnownModels) -> ModelFile,
        built_in: &'static [u8],
    ) -> Result<Cow<'static, [u8]>, ModelError> {
        let ModelPlace::Files { folder, known, .. } = &self.place else { return Ok(Cow::Borrowed(built_in)) };
        let file = file(known);
        let path = folder.join(file.name);
        let bytes = fs::read(&path).map_err(|error| io_error(&path, &error))?;
        if file.is(&bytes) { Ok(bytes.into()) } else { Err(ModelError::Altered { file: path.display().to_string() }) }
    }
}

/// Stands for an engine whose files are there and cannot be used: nothing is passed as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenReader(pub ModelError);

impl TextReader for BrokenReader {
    fn read(&self, _: &RgbImage) -> Result<TextReading, ReadError> {
        Err(ReadError { engine: self.name().to_owned(), reason: self.0.to_string() })
    }

    fn name(&self) -> &str {
        "OCR"
    }

    fn version(&self) -> &str {
        "broken"
    }
}

impl KnownModels {
    const fn files(&self) -> [ModelFile; 2] {
        [self.detector, self.recogniser]
    }

    fn version(&self) -> String {
        version(self.engine, self.detector.sha256, self.recogniser.sha256)
    }
}

impl ModelFile {
    fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.bytes && hex(&Sha256::digest(bytes)) == self.sha256
    }
}

fn io_error(path: &Path, error: &io::Error) -> ModelError {
    ModelError::Io { file: path.display().to_string(), reason: error.to_string() }
}

/// Whether a file of a package or folder is one that is kept.
fn is_wanted(name: &str) -> bool {
    NOTICES.contains(&name) || KNOWN.iter().flat_map(KnownModels::files).any(|file| file.name == name)
}

/// The most bytes of a file that is taken along.
const MAX_BYTES: u64 = 64 << 20;

fn from_folder(folder: &Path) -> Result<HashMap<String, Vec<u8>>, ModelError> {
    let mut found = HashMap::new();
    for below in FOLDERS.map(|below| folder.join(below)) {
        for entry in fs::read_dir(&below).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_wanted(&name)
                && entry.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_BYTES)
            {
                let bytes = fs::read(entry.path()).map_err(|error| io_error(&entry.path(), &error))?;
                found.entry(name).or_insert(bytes);
            }
        }
    }
    Ok(found)
}

fn from_package(path: &Path) -> Result<HashMap<String, Vec<u8>>, ModelError> {
    let file = File::open(path).map_err(|error| io_error(path, &error))?;
    let broken = |reason: String| ModelError::NotAPackage { file: path.display().to_string(), reason };
    let mut package = zip::ZipArchive::new(io::BufReader::new(file)).map_err(|error| broken(error.to_string()))?;
    let mut found = HashMap::new();
    for number in 0..package.len() {
        let entry = package.by_index(number).map_err(|error| broken(error.to_string()))?;
        let name =
            entry.name().map_err(|error| broken(error.to_string()))?.rsplit('/').next().unwrap_or_default().to_owned();
        if is_wanted(&name) && entry.size() <= MAX_BYTES && !found.contains_key(&name) {
            let mut bytes = Vec::new();
            entry.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|error| broken(error.to_string()))?;
            found.insert(name, bytes);
        }
    }
    Ok(found)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), ModelError> {
    let path = folder.join(name);
    let written = tempfile::Builder::new().prefix(".dianjian-").tempfile_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| io_error(&path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_them_says_what_is_missing() {
        use dianjian_base::lang::{Lang, Localized as _};

        let folder = tempfile::tempdir().unwrap();
        let error = OcrModels::open(folder.path()).unwrap_err();
        assert!(matches!(error, ModelError::NoneThere { .. }));
        assert!(error.help(Lang::En).unwrap().contains("PP-OCRv6_det_small.onnx"));
    }

    #[test]
    fn what_is_not_as_published_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("rapidocr/models");
        fs::create_dir_all(&models).unwrap();
        for file in KNOWN[0].files() {
            fs::write(models.join(file.name), "other").unwrap();
        }
        assert!(matches!(OcrModels::open(folder.path()), Err(ModelError::Altered { .. })));
        let to = folder.path().join("to");
        assert!(matches!(OcrModels::add(folder.path(), &to), Err(ModelError::Altered { .. })));
        assert!(fs::read_dir(&to).unwrap().next().is_none(), "nothing is left of it");
        let odd = folder.path().join("odd.whl");
        fs::write(&odd, "no package").unwrap();
        assert!(matches!(OcrModels::add(&odd, &to), Err(ModelError::NotAPackage { .. })));
    }
}
