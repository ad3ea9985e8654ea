//! The zip package that a workbook or document is: its parts by name, unpacked as streams and within bounds.

mod directory;
mod rewrite;

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use self::directory::{LOCAL_LEN, data_start, find_directory, read_at, read_records, refuse_overlaps};
pub use self::rewrite::PackedPart;
use super::error::{PackageDamage, PackageError, PackageLimit};

/// The most parts; a sheet has about two.
const MAX_PARTS: usize = 50_000;

/// The most bytes of the directory.
const MAX_DIRECTORY: u64 = 16 << 20;

/// The most bytes of a part once unpacked.
const MAX_PART: u64 = 2 << 30;

/// Bytes that are read or unpacked at a time.
const BUFFER_BYTES: usize = 128 << 10;

/// The highest ratio of unpacked to packed size. What spreadsheet programs write has 10 to 30.
const MAX_RATIO: u64 = 250;

/// Parts of up to this size may have any ratio: they do no harm.
const MIN_RATIO_CHECKED: u64 = 32 << 20;

/// A source of a package's bytes.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// An open package. Parts are named by their index.
pub struct Package {
    file: Box<dyn ReadSeek>,
    parts: Vec<PackagePart>,
    /// Indices by folded name.
    by_name: HashMap<String, usize>,
    directory: Directory,
}

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Package").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

/// The raw directory of the file.
struct Directory {
    /// Its offset in the file.
    start: u64,
    records: Vec<u8>,
    /// What follows the records: the end-of-directory structures and the file's comment.
    end: Vec<u8>,
}

#[derive(Debug, Clone)]
struct PackagePart {
    name: String,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    /// Offset of its local header in the file.
    header: u64,
    /// Offset of its record in [`Directory::records`].
    record: usize,
}

/// A part's name as the key of lookups: some programs vary the case, or write `\` between folders.
fn folded(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

impl Package {
    /// Reads and validates the directory. Nothing is unpacked.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no zip package, or has parts that are encrypted, overlap or share a name.
    pub fn open(mut file: Box<dyn ReadSeek>) -> Result<Self, PackageError> {
        let size = file.seek(SeekFrom::End(0))?;
        let (start, count, records_len) = find_directory(&mut *file, size)?;
        if count > MAX_PARTS as u64 || records_len > MAX_DIRECTORY {
            return Err(PackageError::limit_exceeded(PackageLimit::Parts, MAX_PARTS as u64));
        }
        let records = read_at(&mut *file, start, records_len)?;
        let end = read_at(&mut *file, start + records_len, size - start - records_len)?;
        let parts = read_records(&records, count as usize, start)?;
        let mut by_name = HashMap::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            if by_name.insert(folded(&part.name), index).is_some() {
                return Err(PackageError::DuplicatePart { part: part.name.clone() });
            }
        }
        refuse_overlaps(&parts, start)?;
        Ok(Self { file, parts, by_name, directory: Directory { start, records, end } })
    }

    /// The file itself.
    pub fn into_file(self) -> Box<dyn ReadSeek> {
        self.file
    }

    /// The names of all parts, by index.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| &*part.name)
    }

    /// The index of the part with a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&folded(name)).copied()
    }

    /// The name of a part, as written in the package.
    pub fn name(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |part| &part.name)
    }

    /// Bytes of a part once unpacked, as the directory has it.
    pub fn size(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.size)
    }

    /// How large a buffer to read a part with: larger ones than the part fragment memory where a package has thousands
    /// of small parts.
    pub fn buffer_size(&self, part: usize) -> usize {
        let size = self.parts.get(part).map_or(0, |part| part.size);
        usize::try_from(size).unwrap_or(BUFFER_BYTES).saturating_add(1).min(BUFFER_BYTES)
    }

    /// A reader that unpacks a part, and fails if its size or checksum is not the recorded one.
    ///
    /// # Errors
    ///
    /// There is no such part, or it is too large, or its place in the file is damaged.
    pub fn read(&mut self, part: usize) -> Result<PartReader<'_>, PackageError> {
        let buffer = self.buffer_size(part);
        let Some(part) = self.parts.get(part) else { return Err(PackageError::damaged("", PackageDamage::Missing)) };
        if part.size > MAX_PART {
            return Err(PackageError::limit_exceeded(PackageLimit::Bytes, MAX_PART));
        }
        if part.size > MIN_RATIO_CHECKED && part.size / part.packed.max(1) > MAX_RATIO {
            return Err(PackageError::limit_exceeded(PackageLimit::Ratio, MAX_RATIO));
        }
        let damaged = |damage| PackageError::damaged(&part.name, damage);
        let header = read_at(&mut *self.file, part.header, LOCAL_LEN as u64)?;
        let data = data_start(&header, part.header).ok_or_else(|| damaged(PackageDamage::Directory))?;
        if data.saturating_add(part.packed) > self.directory.start {
            return Err(damaged(PackageDamage::Size));
        }
        self.file.seek(SeekFrom::Start(data))?;
        let packed = BufReader::with_capacity(buffer, (&mut self.file).take(part.packed));
        let data = match part.method {
            0 => PartData::Stored(packed),
            8 => PartData::Deflated(DeflateDecoder::new(packed)),
            _ => return Err(damaged(PackageDamage::Compression)),
        };
        Ok(PartReader { data, part, left: part.size, crc: Crc::new() })
    }
}

/// Unpacks a part, see [`Package::read`].
pub struct PartReader<'a> {
    data: PartData<'a>,
    part: &'a PackagePart,
    left: u64,
    crc: Crc,
}

type PackedData<'a> = BufReader<io::Take<&'a mut Box<dyn ReadSeek>>>;

enum PartData<'a> {
    Stored(PackedData<'a>),
    Deflated(DeflateDecoder<PackedData<'a>>),
}

impl Read for PartReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let damaged = |damage| io::Error::from(PackageError::damaged(&self.part.name, damage));
        let read = match &mut self.data {
            PartData::Stored(data) => data.read(buffer)?,
            PartData::Deflated(data) => data.read(buffer).map_err(|_| damaged(PackageDamage::Compression))?,
        };
        if read as u64 > self.left || (read == 0 && !buffer.is_empty() && self.left > 0) {
            return Err(damaged(PackageDamage::Size));
        }
        self.left -= read as u64;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        if self.left == 0 && self.crc.sum() != self.part.crc {
            return Err(damaged(PackageDamage::Checksum));
        }
        Ok(read)
    }
}
