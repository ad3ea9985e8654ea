//! The planned edits of one file, and its bytes for any set of shops that have been applied.
//!
//! A file may hold many shops, each of which can be applied or undone on its own. Which of them are in place is the
//! file's state; as edits never overlap, the bytes of one state follow from those of any other. No state has to be
//! remembered: it is found from the bytes, and the plan's hash proves it.

mod search;
mod text;
mod workbook;

use std::borrow::Cow;
use std::collections::HashMap;

use dianjian_base::hex;
use dianjian_xlsx::CellRef;
use sha2::{Digest as _, Sha256};
pub use text::apply_to_text;
pub(crate) use text::encode_edits;
pub(crate) use workbook::rendered;

use crate::apply::{PlanDefect, PlanFileError};
use crate::plan::{FileDigest, Plan, PlannedEdit, PlannedFile, PlannedShop};

/// The shops of one file that are in place, by their numbers among the file's shops.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AppliedShops(Vec<bool>);

impl FromIterator<bool> for AppliedShops {
    fn from_iter<I: IntoIterator<Item = bool>>(applied: I) -> Self {
        Self(applied.into_iter().collect())
    }
}

impl AppliedShops {
    pub(crate) fn has(&self, shop: usize) -> bool {
        self.0.get(shop).copied().unwrap_or(false)
    }

    pub(crate) fn set(&mut self, shop: usize, applied: bool) {
        if let Some(known) = self.0.get_mut(shop) {
            *known = applied;
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        !self.0.contains(&true)
    }

    pub(crate) fn is_all(&self) -> bool {
        !self.0.contains(&false)
    }
}

/// Where an edit is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EditLocation {
    pub(crate) shop: usize,
    pub(crate) change: usize,
    pub(crate) edit: usize,
}

impl std::fmt::Display for EditLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "shops[{}].changes[{}].edits[{}]", self.shop, self.change, self.edit)
    }
}

/// An edit of a file, in the file's encoding.
#[derive(Debug, Clone)]
pub(crate) struct PlacedEdit<'p> {
    /// First byte to go, in the file before all edits.
    start: usize,
    /// First byte to stay.
    end: usize,
    old: Cow<'p, [u8]>,
    new: Cow<'p, [u8]>,
    /// In a workbook, the sheet and the cell.
    pub(crate) cell: Option<(&'p str, CellRef)>,
    planned: &'p PlannedEdit,
    /// The shop's number among the file's shops.
    pub(crate) shop: usize,
    pub(crate) location: EditLocation,
}

impl<'p> PlacedEdit<'p> {
    /// The bytes at this place when the shop is in place, or is not.
    pub(crate) fn bytes(&self, applied: bool) -> &[u8] {
        if applied { &self.new } else { &self.old }
    }

    /// The same as a text.
    pub(crate) fn text(&self, applied: bool) -> &'p str {
        if applied { &self.planned.new } else { &self.planned.old }
    }
}

/// All edits of one file.
///
/// Not `dianjian_document::edit::EditSet`: that one counts in the UTF-8 text of a file it has read, refuses two
/// insertions at one place, and drops equal edits. Plans count in the file's own bytes, insert several entries at one
/// place, and know each edit's shop, so that it can be taken back alone.
///
/// INVARIANT: sorted by place and disjoint; `end - start` is the length of `old`; all lie in the file before.
#[derive(Debug)]
pub(crate) struct FileEdits<'p> {
    pub(crate) file: &'p PlannedFile,
    /// The shops that change it, by their numbers in the plan, in the plan's order.
    pub(crate) shops: Vec<usize>,
    edits: Vec<PlacedEdit<'p>>,
}

/// Where bytes differ from those of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateMismatch {
    /// The number of the first edit whose text is not where it should be; `None`: the length is wrong.
    pub(crate) edit: Option<usize>,
    /// The offset of that, in these bytes.
    pub(crate) at: usize,
}

impl<'p> FileEdits<'p> {
    /// The edits of all files of a plan, in the order of its files.
    ///
    /// # Errors
    /// They cannot be made, whatever is on disk.
    pub(crate) fn of(plan: &'p Plan) -> Result<Vec<Self>, PlanFileError> {
        let mut files: Vec<Self> =
            plan.files.iter().map(|file| Self { file, shops: Vec::new(), edits: Vec::new() }).collect();
        let numbers: HashMap<&str, usize> =
            plan.files.iter().enumerate().map(|(number, file)| (file.path.as_str(), number)).collect();
        for (number, shop) in plan.shops.iter().enumerate() {
            if !shop.has_edits() {
                continue;
            }
            let unlisted =
                || PlanFileError::at(format!("shops[{number}].file"), PlanDefect::NoSuchFile(shop.file.clone()));
            let file = numbers.get(shop.file.as_str()).and_then(|at| files.get_mut(*at)).ok_or_else(unlisted)?;
            file.add(shop, number)?;
        }
        for (number, file) in files.iter_mut().enumerate() {
            file.finish(number)?;
        }
        Ok(files)
    }

    fn add(&mut self, shop: &'p PlannedShop, number: usize) -> Result<(), PlanFileError> {
        let local = self.shops.len();
        self.shops.push(number);
        for (change_number, change) in shop.changes.iter().enumerate() {
            for (edit_number, edit) in change.edits.iter().enumerate() {
                let location = EditLocation { shop: number, change: change_number, edit: edit_number };
                let placed = self.placed(edit, local, location);
                self.edits.push(placed.ok_or_else(|| PlanFileError::at(location.to_string(), PlanDefect::Span))?);
            }
        }
        Ok(())
    }

    /// `None`: the span is not as long as the old text, or lies outside the file; the file's encoding lacks a character;
    /// or there is no such cell.
    fn placed(&self, edit: &'p PlannedEdit, shop: usize, location: EditLocation) -> Option<PlacedEdit<'p>> {
        let (old, new) = (self.encoded(&edit.old)?, self.encoded(&edit.new)?);
        let length = edit.end.checked_sub(edit.start)?;
        let cell = match &edit.cell {
            Some(cell) => Some((cell.sheet.as_str(), CellRef::parse(&cell.cell)?)),
            None if length == old.len() as u64 && edit.end <= self.file.before.bytes => None,
            None => return None,
        };
        let (start, end) = (usize::try_from(edit.start).ok()?, usize::try_from(edit.end).ok()?);
        Some(PlacedEdit { start, end, old, new, cell, planned: edit, shop, location })
    }

    /// A text as the file's bytes; `None`: its encoding lacks a character.
    fn encoded(&self, text: &'p str) -> Option<Cow<'p, [u8]>> {
        match self.file.encoding {
            None => Some(Cow::Borrowed(text.as_bytes())),
            Some(encoding) => encoding.text_encoding().encode(text).ok().map(Cow::Owned),
        }
    }

    /// Bytes of the file as text for messages; malformed sequences become U+FFFD.
    pub(crate) fn decode_lossy(&self, bytes: &[u8]) -> String {
        match self.file.encoding {
            None => String::from_utf8_lossy(bytes).into_owned(),
            Some(encoding) => encoding.decode_lossy(bytes),
        }
    }

    /// Sorts the edits; insertions at one place stay in the plan's order.
    fn finish(&mut self, number: usize) -> Result<(), PlanFileError> {
        self.edits.sort_by_key(|edit| (edit.start, edit.end, edit.location));
        if let Some([first, second]) = self.edits.array_windows().find(|[first, second]| second.start < first.end) {
            let overlap = PlanDefect::Overlap(first.location.to_string());
            return Err(PlanFileError::at(second.location.to_string(), overlap));
        }
        if self.edits.is_empty() {
            return Err(PlanFileError::at(format!("files[{number}]"), PlanDefect::NoEdits));
        }
        if self.is_workbook() {
            let stray = self.edits.iter().find(|edit| edit.cell.is_none());
            return stray.map_or(Ok(()), |edit| Err(PlanFileError::at(edit.location.to_string(), PlanDefect::Span)));
        }
        let grown: u64 = self.edits.iter().map(|edit| edit.new.len() as u64).sum();
        let shrunk: u64 = self.edits.iter().map(|edit| edit.old.len() as u64).sum();
        let found = self.file.before.bytes.saturating_add(grown).saturating_sub(shrunk);
        let planned = self.file.after.bytes;
        if found == planned {
            return Ok(());
        }
        Err(PlanFileError::at(format!("files[{number}].after.bytes"), PlanDefect::Length { planned, found }))
    }

    /// The edits in the order of the file.
    pub(crate) fn edits(&self) -> &[PlacedEdit<'p>] {
        &self.edits
    }

    /// Whether the file is a workbook, whose cells change; [`FileEdits::rendered`] then makes its bytes.
    pub(crate) fn is_workbook(&self) -> bool {
        self.edits.iter().any(|edit| edit.cell.is_some())
    }

    /// The state in which no shop is in place.
    pub(crate) fn none(&self) -> AppliedShops {
        AppliedShops(vec![false; self.shops.len()])
    }

    /// The state in which all shops are.
    pub(crate) fn all(&self) -> AppliedShops {
        AppliedShops(vec![true; self.shops.len()])
    }

    /// An upper bound of the file's length in any state.
    pub(crate) fn most_bytes(&self) -> u64 {
        if self.is_workbook() {
            // How well a sheet compresses differs a little from state to state.
            return self.file.before.bytes.saturating_add(self.file.after.bytes);
        }
        let grown = |edit: &PlacedEdit<'_>| edit.new.len().saturating_sub(edit.old.len()) as u64;
        self.edits.iter().map(grown).fold(self.file.before.bytes, u64::saturating_add)
    }

    /// The bytes in the state `to`, from those in `from`; the error is where they are not those.
    pub(crate) fn bytes(&self, now: &[u8], from: &AppliedShops, to: &AppliedShops) -> Result<Vec<u8>, StateMismatch> {
        let mut out = Vec::with_capacity(now.len());
        self.walk(now, from, to, &mut |piece| out.extend_from_slice(piece))?;
        Ok(out)
    }

    /// The digest of [`Self::bytes`], without holding them.
    pub(crate) fn digest(
        &self,
        now: &[u8],
        from: &AppliedShops,
        to: &AppliedShops,
    ) -> Result<FileDigest, StateMismatch> {
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        self.walk(now, from, to, &mut |piece| {
            hasher.update(piece);
            bytes += piece.len() as u64;
        })?;
        Ok(FileDigest { bytes, sha256: hex(&hasher.finalize()) })
    }

    /// Passes the bytes in the state `to` to `out`, piece by piece.
    fn walk(
        &self,
        now: &[u8],
        from: &AppliedShops,
        to: &AppliedShops,
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<(), StateMismatch> {
        let (mut at, mut before) = (0, 0);
        for (number, edit) in self.edits.iter().enumerate() {
            let mismatch = StateMismatch { edit: Some(number), at: at + (edit.start - before) };
            let gap = now.get(at..mismatch.at).ok_or(mismatch)?;
            let text = edit.bytes(from.has(edit.shop));
            if !now.get(mismatch.at..).is_some_and(|rest| rest.starts_with(text)) {
                return Err(mismatch);
            }
            out(gap);
            out(edit.bytes(to.has(edit.shop)));
            (at, before) = (mismatch.at + text.len(), edit.end);
        }
        let rest = now.get(at..).unwrap_or_default();
        if Some(rest.len() as u64) != self.file.before.bytes.checked_sub(before as u64) {
            return Err(StateMismatch { edit: None, at: now.len() });
        }
        out(rest);
        Ok(())
    }

    /// Whether these bytes are in a state: taking its edits back gives the file before all edits.
    pub(crate) fn is_state(&self, now: &[u8], state: &AppliedShops) -> bool {
        self.digest(now, state, &self.none()).is_ok_and(|digest| digest == self.file.before)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::tests::{change, empty, shop};

    /// A plan that makes edits of one file, by shop: (start, old, new).
    fn plan(before: &str, shops: &[&[(u64, &str, &str)]]) -> Plan {
        let mut plan = empty();
        let mut edits: Vec<(u64, &str, &str)> = shops.iter().flat_map(|edits| edits.iter().copied()).collect();
        edits.sort_by_key(|(start, old, _)| (*start, old.len()));
        let mut after = before.to_owned();
        for (start, old, new) in edits.iter().rev() {
            let start = usize::try_from(*start).unwrap();
            after.replace_range(start..start + old.len(), new);
        }
        plan.files.push(PlannedFile {
            path: "a.yaml".to_owned(),
            before: FileDigest::of(before.as_bytes()),
            after: FileDigest::of(after.as_bytes()),
            encoding: None,
        });
        for (number, edits) in shops.iter().enumerate() {
            plan.shops.push(shop(&format!("s{number}"), "a.yaml", edits.iter().map(|edit| change(*edit)).collect()));
        }
        plan
    }

    #[test]
    fn every_state_follows_from_every_other() {
        let before = "名: 甲店\r\nx: 1\n";
        let plan = plan(before, &[&[(8, "店", ""), (11, "", "！")], &[(16, "1", "21")]]);
        let files = FileEdits::of(&plan).unwrap();
        let file = &files[0];
        let states =
            [[false, false], [true, false], [false, true], [true, true]].map(|state| AppliedShops(state.to_vec()));
        let texts = ["名: 甲店\r\nx: 1\n", "名: 甲！\r\nx: 1\n", "名: 甲店\r\nx: 21\n", "名: 甲！\r\nx: 21\n"];
        for (from, now) in states.iter().zip(texts) {
            assert_eq!(file.state_of(now.as_bytes()).as_ref(), Some(from));
            for (to, then) in states.iter().zip(texts) {
                assert_eq!(file.bytes(now.as_bytes(), from, to).unwrap(), then.as_bytes());
            }
        }
    }

    #[test]
    fn flaws_are_found_before_anything_is_done() {
        let defect = |plan: &Plan| match FileEdits::of(plan) {
            Err(PlanFileError::Defect { defect, .. }) => defect,
            other => panic!("{other:?}"),
        };
        let overlap = plan("0123456789", &[&[(0, "012", "x")], &[(2, "2", "y")]]);
        assert!(matches!(defect(&overlap), PlanDefect::Overlap(..)));
        let mut outside = plan("0123456789", &[&[(0, "0", "x")]]);
        outside.shops[0].changes[0].edits[0].end = u64::MAX;
        assert!(matches!(defect(&outside), PlanDefect::Span));
        let mut length = plan("0123456789", &[&[(0, "0", "xx")]]);
        length.files[0].after.bytes = 10;
        assert!(matches!(defect(&length), PlanDefect::Length { .. }));
        let mut foreign = plan("0123456789", &[&[(0, "0", "x")]]);
        foreign.shops[0].file = "b".to_owned();
        assert!(matches!(defect(&foreign), PlanDefect::NoSuchFile(_)));
    }

    #[test]
    fn what_is_no_state_is_told_where() {
        let plan = plan("0123456789", &[&[(2, "2", "x")], &[(5, "5", "yy")]]);
        let files = FileEdits::of(&plan).unwrap();
        let file = &files[0];
        let at = |bytes: &[u8]| file.bytes(bytes, &file.none(), &file.all()).unwrap_err();
        assert_eq!(at(b"01234z6789"), StateMismatch { edit: Some(1), at: 5 });
        assert_eq!(at(b"01"), StateMismatch { edit: Some(0), at: 2 });
        assert_eq!(at(b"012345678"), StateMismatch { edit: None, at: 9 });
        // The same texts at the planned places, but another file.
        assert_eq!(file.state_of(b"0123456780"), None);
    }

    #[test]
    fn alike_edits_do_not_take_forever() {
        let before = "a".repeat(4000);
        let edits: Vec<Vec<(u64, &str, &str)>> = (0..2000).map(|at| vec![(at * 2, "a", "aa")]).collect();
        let shops: Vec<&[(u64, &str, &str)]> = edits.iter().map(Vec::as_slice).collect();
        let plan = plan(&before, &shops);
        let files = FileEdits::of(&plan).unwrap();
        // Any thousand of the shops gives these bytes: there is no telling, and it is given up quickly.
        assert_eq!(files[0].state_of("a".repeat(5000).as_bytes()).map(|state| state.0.len()).unwrap_or(2000), 2000);
        assert_eq!(files[0].state_of("a".repeat(7000).as_bytes()), None);
    }

    proptest! {
        #[test]
        fn states_are_told_from_the_bytes(
            pieces in prop::collection::vec(("[ab茶\n]{0,4}", "[ab茶]{0,3}", "[ab茶\r]{0,3}", 0..4_usize), 1..12),
            state in prop::collection::vec(any::<bool>(), 4),
        ) {
            let mut before = String::new();
            let mut shops: Vec<Vec<(u64, &str, &str)>> = vec![Vec::new(); 4];
            for (gap, old, new, shop) in &pieces {
                before.push('|');
                before.push_str(gap);
                shops[*shop].push((before.len() as u64, old, new));
                before.push_str(old);
            }
            shops.retain(|edits| !edits.is_empty());
            let slices: Vec<&[(u64, &str, &str)]> = shops.iter().map(Vec::as_slice).collect();
            let plan = plan(&before, &slices);
            let files = FileEdits::of(&plan).unwrap();
            let file = &files[0];
            let state = AppliedShops(state.into_iter().take(file.shops.len()).collect());
            let bytes = file.bytes(before.as_bytes(), &file.none(), &state).unwrap();
            prop_assert_eq!(file.bytes(&bytes, &state, &file.none()).unwrap(), before.as_bytes());
            let all = file.digest(&bytes, &state, &file.all()).unwrap();
            prop_assert_eq!(&all, &file.file.after);
            // Edits that change nothing leave several names for one state.
            let told = file.state_of(&bytes).unwrap();
            prop_assert_eq!(file.bytes(before.as_bytes(), &file.none(), &told).unwrap(), bytes);
        }
    }
}
