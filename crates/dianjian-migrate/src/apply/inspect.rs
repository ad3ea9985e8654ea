//! Inspecting a file before anything is written: does it exist, may it be replaced, and which shops are in place?

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use dianjian_base::hex;
use dianjian_text::safe::clipped;
use sha2::{Digest as _, Sha256};

use super::error::{ApplyError, ChangedPlace, FileChange};
use super::root::PlanRoot;
use super::write::FileStamp;
use crate::edits::{AppliedShops, FileEdits, PlacedEdit, StateMismatch};
use crate::plan::{FileDigest, Plan};

/// Files beyond this are refused: they are held in memory, old bytes and new.
const FILE_BYTES: u64 = 4 << 30;

/// Columns of an excerpt in a message.
const EXCERPT: usize = 40;

/// A file of the plan as it is on disk, in a state that the plan knows.
#[derive(Debug)]
pub(super) struct InspectedFile {
    /// Its real path, links resolved.
    pub(super) target: PathBuf,
    pub(super) stamp: FileStamp,
    pub(super) bytes: Vec<u8>,
    pub(super) digest: FileDigest,
    pub(super) state: AppliedShops,
}

/// Reads at most `most` bytes of a file and one more, by which the caller can tell that there are more.
pub(super) fn read_file(target: &Path, most: u64) -> Result<(Vec<u8>, FileStamp), ApplyError> {
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

/// Inspects a file of a plan. `known` gives the state in which the journal has seen a digest, `original` the bytes
/// that a workbook had before all edits.
pub(super) fn inspect(
    root: &PlanRoot,
    plan: &Plan,
    edits: &FileEdits<'_>,
    known: &dyn Fn(&FileDigest) -> Option<AppliedShops>,
    original: &dyn Fn() -> Option<Vec<u8>>,
) -> Result<InspectedFile, ApplyError> {
    let target = root.resolve(&edits.file.path)?;
    let metadata = fs::metadata(&target).map_err(ApplyError::Read)?;
    if !metadata.is_file() {
        return Err(ApplyError::NotAFile);
    }
    let most = edits.most_bytes();
    if metadata.len().min(most) > FILE_BYTES {
        return Err(ApplyError::Read(ErrorKind::FileTooLarge.into()));
    }
    let (bytes, stamp) = read_file(&target, most)?;
    if bytes.len() as u64 > most {
        let digest = digest_of(&target).map_err(ApplyError::Read)?;
        return Err(ApplyError::Changed(Box::new(change(plan, edits, &bytes, digest, &edits.none()))));
    }
    let digest = FileDigest::of(&bytes);
    match state(edits, &bytes, &digest, known, original) {
        Ok(state) => Ok(InspectedFile { target, stamp, bytes, digest, state }),
        Err(nearest) => Err(ApplyError::Changed(Box::new(change(plan, edits, &bytes, digest, &nearest)))),
    }
}

/// Which shops are in place; as an error, the state that the file seems to have been in before it changed.
fn state(
    edits: &FileEdits<'_>,
    bytes: &[u8],
    digest: &FileDigest,
    known: &dyn Fn(&FileDigest) -> Option<AppliedShops>,
    original: &dyn Fn() -> Option<Vec<u8>>,
) -> Result<AppliedShops, AppliedShops> {
    if *digest == edits.file.before {
        return Ok(edits.none());
    }
    if *digest == edits.file.after {
        return Ok(edits.all());
    }
    if edits.is_workbook() {
        let likely = edits.state_of_cells(bytes).unwrap_or_else(|_| edits.none());
        let is_proven = |original: Vec<u8>| edits.rendered(&original, &likely).is_ok_and(|rendered| rendered == bytes);
        return if original().is_some_and(is_proven) { Ok(likely) } else { Err(likely) };
    }
    // The journal is believed only as far as the bytes bear it out.
    if let Some(state) = known(digest).filter(|state| edits.is_state(bytes, state)) {
        return Ok(state);
    }
    edits.state_of(bytes).ok_or_else(|| {
        let reaches = |state: &AppliedShops| match edits.digest(bytes, state, state) {
            Err(StateMismatch { edit: Some(edit), .. }) => edit,
            _ => usize::MAX,
        };
        let (none, all) = (edits.none(), edits.all());
        if reaches(&all) > reaches(&none) { all } else { none }
    })
}

/// Makes sure that a file may be replaced. A rename needs no right to write the file itself, and root may write
/// everything: read-only marks are respected all the same.
pub(super) fn ensure_writable(target: &Path) -> Result<(), ApplyError> {
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

/// The digest of a file that is too large to be held.
fn digest_of(path: &Path) -> io::Result<FileDigest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let bytes = io::copy(&mut file, &mut hasher)?;
    Ok(FileDigest { bytes, sha256: hex(&hasher.finalize()) })
}

/// How a file differs from a state.
fn change(plan: &Plan, edits: &FileEdits<'_>, bytes: &[u8], digest: FileDigest, state: &AppliedShops) -> FileChange {
    let expected = if state.is_none() { &edits.file.before } else { &edits.file.after };
    let place = match edits.is_workbook() {
        true => changed_cell(plan, edits, bytes),
        false => changed_place(plan, edits, bytes, state),
    };
    let start = |hash: &str| hash.get(..8).unwrap_or(hash).to_owned();
    FileChange {
        expected_bytes: expected.bytes,
        bytes: digest.bytes,
        expected_hash: start(&expected.sha256),
        hash: start(&digest.sha256),
        place,
    }
}

/// The first cell that holds neither its old text nor its new one; of a workbook that cannot be read, the first.
fn changed_cell(plan: &Plan, edits: &FileEdits<'_>, bytes: &[u8]) -> Option<ChangedPlace> {
    let texts = edits.cell_texts(bytes).unwrap_or_else(|_| vec![String::new(); edits.edits().len()]);
    let (edit, found) = edits
        .edits()
        .iter()
        .zip(texts)
        .find(|(edit, text)| [true, false].iter().all(|applied| edit.text(*applied) != text))?;
    changed_at(plan, edit, edit.cell.map_or(0, |(_, cell)| cell.row.into()), edit.text(false), &found)
}

/// The first planned place that is not as it is in a state.
fn changed_place(plan: &Plan, edits: &FileEdits<'_>, bytes: &[u8], state: &AppliedShops) -> Option<ChangedPlace> {
    let Err(StateMismatch { edit: Some(number), at }) = edits.digest(bytes, state, state) else { return None };
    let edit = edits.edits().get(number)?;
    let expected = edit.text(state.has(edit.shop));
    let at = at.min(bytes.len());
    let most = edit.bytes(state.has(edit.shop)).len().max(EXCERPT);
    let rest = bytes.get(at..(at + most).min(bytes.len())).unwrap_or_default();
    // As many characters as should stand there.
    let found: String = edits.decode_lossy(rest).chars().take(expected.chars().count()).collect();
    let line = memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count() as u64 + 1;
    changed_at(plan, edit, line, expected, &found)
}

fn changed_at(plan: &Plan, edit: &PlacedEdit<'_>, line: u64, expected: &str, found: &str) -> Option<ChangedPlace> {
    let excerpt = |text: &str| clipped(text, EXCERPT).into_owned();
    let shop = plan.shops.get(edit.location.shop)?;
    let field = shop.changes.get(edit.location.change).map_or("", |change| &change.field);
    Some(ChangedPlace {
        shop: excerpt(&shop.key),
        field: excerpt(field),
        line,
        expected: excerpt(expected),
        found: excerpt(found),
    })
}
