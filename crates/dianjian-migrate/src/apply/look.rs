//! Looking at a file before anything is done with it: is it there, may it be written, what state is it in.

use dianjian_base::hex;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::super::edits::{AppliedShops, FileEdits, StateMismatch};
use super::super::plan::{FileDigest, Plan};
use super::error::{ApplyError, ChangedPlace, FileChange};
use super::root::PlanRoot;
use super::write::FileStamp;
use dianjian_text::safe::clipped;

/// The largest file that is edited.
pub const FILE_BYTES: u64 = 4 << 30;

/// Columns of a text that is shown in a message.
const SHOWN: usize = 40;

/// A file as it is.
#[derive(Debug)]
pub struct InspectedFile {
    /// Its real path.
    pub target: PathBuf,
    /// What tells it from another one.
    pub stamp: FileStamp,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they are.
    pub content: FileDigest,
    /// The shops that are in place.
    pub state: AppliedShops,
}

/// Reads a file's bytes, at most so many and one.
///
/// # Errors
/// It cannot be read, or is no file.
pub fn read(target: &Path, most: u64) -> Result<(Vec<u8>, FileStamp), ApplyError> {
    let mut file = File::open(target).map_err(|error| match error.kind() {
        ErrorKind::NotFound => ApplyError::Missing,
        _ => ApplyError::Read(error),
    })?;
    let metadata = file.metadata().map_err(ApplyError::Read)?;
    if !metadata.is_file() {
        return Err(ApplyError::NotAFile);
    }
    let mut bytes = Vec::new();
    let expected = usize::try_from(metadata.len().min(most).saturating_add(1)).unwrap_or(0);
    bytes.try_reserve_exact(expected).map_err(|_| ApplyError::Read(ErrorKind::OutOfMemory.into()))?;
    file.by_ref().take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(ApplyError::Read)?;
    Ok((bytes, FileStamp::of(&metadata)))
}

/// Looks at a file of a plan. `known` tells the state of bytes that the journal knows, `original` the bytes that a
/// workbook had before all edits.
///
/// # Errors
/// Why it cannot be worked with.
pub fn look(
    root: &PlanRoot,
    plan: &Plan,
    edits: &FileEdits<'_>,
    known: &dyn Fn(&FileDigest) -> Option<AppliedShops>,
    original: &dyn Fn() -> Option<Vec<u8>>,
) -> Result<InspectedFile, ApplyError> {
    let target = root.find(&edits.file.path)?;
    let metadata = fs::metadata(&target).map_err(ApplyError::Read)?;
    if !metadata.is_file() {
        return Err(ApplyError::NotAFile);
    }
    let most = edits.most_bytes();
    if metadata.len().min(most) > FILE_BYTES {
        return Err(ApplyError::Read(ErrorKind::FileTooLarge.into()));
    }
    let (bytes, stamp) = read(&target, most)?;
    if bytes.len() as u64 > most {
        let content = hash_of(&target).map_err(ApplyError::Read)?;
        return Err(ApplyError::Changed(Box::new(change(plan, edits, &bytes, content, &edits.none()))));
    }
    let content = FileDigest::of(&bytes);
    match state(edits, &bytes, &content, known, original) {
        Ok(state) => Ok(InspectedFile { target, stamp, bytes, content, state }),
        Err(nearest) => Err(ApplyError::Changed(Box::new(change(plan, edits, &bytes, content, &nearest)))),
    }
}

/// Which shops are in place; else the state that the file seems to have been in.
fn state(
    edits: &FileEdits<'_>,
    bytes: &[u8],
    content: &FileDigest,
    known: &dyn Fn(&FileDigest) -> Option<AppliedShops>,
    original: &dyn Fn() -> Option<Vec<u8>>,
) -> Result<AppliedShops, AppliedShops> {
    if *content == edits.file.before {
        return Ok(edits.none());
    }
    if *content == edits.file.after {
        return Ok(edits.all());
    }
    if edits.is_workbook() {
        let told = edits.state_of_cells(bytes).unwrap_or_else(|_| edits.none());
        let is = |original: Vec<u8>| edits.rendered(&original, &told).is_ok_and(|rendered| rendered == bytes);
        return if original().is_some_and(is) { Ok(told) } else { Err(told) };
    }
    // The journal is believed only as far as the bytes bear it out.
    if let Some(state) = known(content).filter(|state| edits.is_state(bytes, state)) {
        return Ok(state);
    }
    edits.state_of(bytes).ok_or_else(|| {
        let reaches = |state: &AppliedShops| match edits.content(bytes, state, state) {
            Err(StateMismatch { edit: Some(edit), .. }) => edit,
            _ => usize::MAX,
        };
        let (none, all) = (edits.none(), edits.all());
        if reaches(&all) > reaches(&none) { all } else { none }
    })
}

/// May a file be replaced? Marks of read-only are respected even by those who could ignore them.
///
/// # Errors
/// Why not.
pub fn may_write(target: &Path) -> Result<(), ApplyError> {
    let metadata = fs::metadata(target).map_err(ApplyError::Read)?;
    if metadata.permissions().readonly() {
        return Err(ApplyError::ReadOnly);
    }
    let folder = target.parent().unwrap_or(target);
    if cfg!(unix) && fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return Err(ApplyError::FolderReadOnly);
    }
    match OpenOptions::new().write(true).open(target) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(ApplyError::ReadOnly),
        Err(error) => Err(ApplyError::Write(error)),
    }
}

/// What a file of any size is.
fn hash_of(path: &Path) -> io::Result<FileDigest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let bytes = io::copy(&mut file, &mut hasher)?;
    Ok(FileDigest { bytes, sha256: hex(&hasher.finalize()) })
}

/// How a file differs from a state.
fn change(plan: &Plan, edits: &FileEdits<'_>, bytes: &[u8], content: FileDigest, state: &AppliedShops) -> FileChange {
    let expected = if state.is_none() { &edits.file.before } else { &edits.file.after };
    let place = match edits.is_workbook() {
        true => changed_cell(plan, edits, bytes),
        false => changed_place(plan, edits, bytes, state),
    };
    let start = |hash: &str| hash.get(..8).unwrap_or(hash).to_owned();
    FileChange {
        expected_bytes: expected.bytes,
        bytes: content.bytes,
        expected_hash: start(&expected.sha256),
        hash: start(&content.sha256),
        place,
    }
}

/// The first cell that holds neither what it did nor what it should; of a workbook that cannot be read the first.
fn changed_cell(plan: &Plan, edits: &FileEdits<'_>, bytes: &[u8]) -> Option<ChangedPlace> {
    let texts = edits.cell_texts(bytes).unwrap_or_else(|_| vec![String::new(); edits.edits().len()]);
    let (edit, found) = edits
        .edits()
        .iter()
        .zip(texts)
        .find(|(edit, text)| [true, false].iter().all(|applied| edit.text(*applied) != text))?;
    let shop = plan.shops.get(edit.place.shop)?;
    Some(ChangedPlace {
        shop: clipped(&shop.key, SHOWN).into_owned(),
        field: clipped(shop.changes.get(edit.place.change).map_or("", |change| &change.field), SHOWN).into_owned(),
        line: edit.cell.map_or(0, |(_, cell)| cell.row.into()),
        expected: clipped(edit.text(false), SHOWN).into_owned(),
        found: clipped(&found, SHOWN).into_owned(),
    })
}

/// The first planned place that is not as it is in a state.
fn changed_place(plan: &Plan, edits: &FileEdits<'_>, bytes: &[u8], state: &AppliedShops) -> Option<ChangedPlace> {
    match edits.content(bytes, state, state) {
        Err(StateMismatch { edit: Some(number), at }) => edits.edits().get(number).and_then(|edit| {
            let shop = plan.shops.get(edit.place.shop)?;
            let text = edit.text(state.has(edit.shop));
            let at = at.min(bytes.len());
            let most = edit.bytes(state.has(edit.shop)).len().max(SHOWN);
            let rest = bytes.get(at..(at + most).min(bytes.len())).unwrap_or_default();
            // As long as what should stand there, and no further than the line.
            let length = text.chars().count();
            let found: String = edits.shown(rest).chars().take(length).collect();
            Some(ChangedPlace {
                shop: clipped(&shop.key, SHOWN).into_owned(),
                field: clipped(shop.changes.get(edit.place.change).map_or("", |change| &change.field), SHOWN)
                    .into_owned(),
                line: memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count() as u64 + 1,
                expected: clipped(text, SHOWN).into_owned(),
                found: clipped(&found, SHOWN).into_owned(),
            })
        }),
        _ => None,
    }
}
