//! The planned edits of one file, and its bytes for any set of shops that have been applied.
//!
//! A file may hold many shops, each of which can be applied or undone on its own. Which of them are in
//! place is the file's state; as edits never overlap, the bytes of one state follow from those of any
//! other. No state needs to be remembered: it can be told from the bytes, and the plan's hash proves it.

use dianjian_base::hex;
use std::borrow::Cow;
use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::plan::{FileDigest, Plan, PlannedEdit, PlannedFile};
use dianjian_xlsx::CellRef;

/// How often, per edit and at least, the search for a state may look at an edit.
const LOOKS_PER_EDIT: usize = 8;
/// See [`LOOKS_PER_EDIT`].
const LOOKS_AT_LEAST: usize = 10_000;
/// How many states that fit are tried against the hash.
const PROOFS: usize = 16;

/// The shops of one file that are in place, by their numbers among the file's shops.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppliedShops(Vec<bool>);

impl AppliedShops {
    /// No shop of a number of shops.
    #[must_use]
    pub fn none(shops: usize) -> Self {
        Self(vec![false; shops])
    }

    /// Every shop of a number of shops.
    #[must_use]
    pub fn all(shops: usize) -> Self {
        Self(vec![true; shops])
    }

    /// Is a shop in place?
    #[must_use]
    pub fn has(&self, shop: usize) -> bool {
        self.0.get(shop).copied().unwrap_or(false)
    }

    /// Says that a shop is in place or is not.
    pub fn set(&mut self, shop: usize, applied: bool) {
        if let Some(known) = self.0.get_mut(shop) {
            *known = applied;
        }
    }

    /// Is no shop in place?
    #[must_use]
    pub fn is_none(&self) -> bool {
        !self.0.contains(&true)
    }

    /// Is every shop in place?
    #[must_use]
    pub fn is_all(&self) -> bool {
        !self.0.contains(&false)
    }
}

/// Where an edit stands in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EditLocation {
    /// The shop's number in the plan.
    pub shop: usize,
    /// The change's number in the shop.
    pub change: usize,
    /// The edit's number in the change.
    pub edit: usize,
}

impl std::fmt::Display for EditLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "shops[{}].changes[{}].edits[{}]", self.shop, self.change, self.edit)
    }
}

/// An edit with its file's shop.
#[derive(Debug, Clone)]
pub struct PlacedEdit<'p> {
    /// First byte to go, in the file before.
    pub start: usize,
    /// First byte to stay, in the file before.
    pub end: usize,
    /// What stands there before, in the file's encoding.
    old: Cow<'p, [u8]>,
    /// What stands there after.
    new: Cow<'p, [u8]>,
    /// Of a workbook, the cell that holds it.
    pub cell: Option<(&'p str, CellRef)>,
    /// Both as texts.
    texts: &'p PlannedEdit,
    /// The shop's number among the file's shops.
    pub shop: usize,
    /// Where it stands in the plan.
    pub place: EditLocation,
}

impl<'p> PlacedEdit<'p> {
    /// What stands there when the shop is in place, or is not.
    #[must_use]
    pub fn bytes(&self, applied: bool) -> &[u8] {
        if applied { &self.new } else { &self.old }
    }

    /// The same as a text.
    #[must_use]
    pub fn text(&self, applied: bool) -> &'p str {
        if applied { &self.texts.new } else { &self.texts.old }
    }
}

/// All edits of one file.
///
/// INVARIANT: sorted by place and disjoint; `end - start` is the length of `old`; all lie in the file before.
#[derive(Debug)]
pub struct FileEdits<'p> {
    /// The file.
    pub file: &'p PlannedFile,
    /// The shops that change it, by their numbers in the plan, in the plan's order.
    pub shops: Vec<usize>,
    edits: Vec<PlacedEdit<'p>>,
}

/// Why edits of a plan cannot be made on any file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditDefect {
    /// A shop that changes names a file that the plan does not list.
    NoSuchFile {
        /// The shop's number in the plan.
        shop: usize,
        /// The file it names.
        file: String,
    },
    /// The span is not as long as the text that is said to stand there, or lies outside the file; or the file's
    /// encoding lacks a character.
    BadSpan(EditLocation),
    /// Two edits are in each other's way.
    Overlap(EditLocation, EditLocation),
    /// The edits do not make the file as long as the plan says.
    Length {
        /// The file's number in the plan.
        file: usize,
        /// As the plan says.
        planned: u64,
        /// As the edits make it.
        found: u64,
    },
    /// A file that is listed and has no edits.
    NoEdits {
        /// The file's number in the plan.
        file: usize,
    },
}

/// Bytes that are not those of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateMismatch {
    /// The number of the first edit whose text does not stand where it should; `None`: the length is not right.
    pub edit: Option<usize>,
    /// Where that is, in these bytes.
    pub at: usize,
}

impl<'p> FileEdits<'p> {
    /// The edits of all files of a plan, in the order of its files.
    ///
    /// # Errors
    /// The first edit that cannot be made on any file.
    pub fn of(plan: &'p Plan) -> Result<Vec<Self>, EditDefect> {
        let mut files: Vec<Self> =
            plan.files.iter().map(|file| Self { file, shops: Vec::new(), edits: Vec::new() }).collect();
        let numbers: HashMap<&str, usize> =
            plan.files.iter().enumerate().map(|(number, file)| (file.path.as_str(), number)).collect();
        for (number, shop) in plan.shops.iter().enumerate() {
            if shop.changes.iter().all(|change| change.edits.is_empty()) {
                continue;
            }
            let missing = || EditDefect::NoSuchFile { shop: number, file: shop.file.clone() };
            let file = numbers.get(shop.file.as_str()).and_then(|at| files.get_mut(*at)).ok_or_else(missing)?;
            file.add(plan, number)?;
        }
        for (number, file) in files.iter_mut().enumerate() {
            file.finish(number)?;
        }
        Ok(files)
    }

    fn add(&mut self, plan: &'p Plan, number: usize) -> Result<(), EditDefect> {
        let Some(shop) = plan.shops.get(number) else { return Ok(()) };
        let local = self.shops.len();
        self.shops.push(number);
        for (change_number, change) in shop.changes.iter().enumerate() {
            for (edit_number, edit) in change.edits.iter().enumerate() {
                let place = EditLocation { shop: number, change: change_number, edit: edit_number };
                let (Some(old), Some(new)) = (self.encoded(&edit.old), self.encoded(&edit.new)) else {
                    return Err(EditDefect::BadSpan(place));
                };
                let cell =
                    edit.cell.as_ref().map(|cell| CellRef::parse(&cell.cell).map(|at| (cell.sheet.as_str(), at)));
                let fits = match cell {
                    Some(cell) => cell.is_some() && edit.start <= edit.end,
                    None => {
                        edit.end.checked_sub(edit.start) == Some(old.len() as u64) && edit.end <= self.file.before.bytes
                    }
                };
                let (Ok(start), Ok(end), true) = (usize::try_from(edit.start), usize::try_from(edit.end), fits) else {
                    return Err(EditDefect::BadSpan(place));
                };
                self.edits.push(PlacedEdit {
                    start,
                    end,
                    old,
                    new,
                    cell: cell.flatten(),
                    texts: edit,
                    shop: local,
                    place,
                });
            }
        }
        Ok(())
    }

    /// A text as the file's bytes; `None`: its encoding lacks a character.
    fn encoded(&self, text: &'p str) -> Option<Cow<'p, [u8]>> {
        match self.file.encoding {
            None => Some(Cow::Borrowed(text.as_bytes())),
            Some(encoding) => encoding.text().encode(text).ok().map(Cow::Owned),
        }
    }

    /// The file's bytes as a text, for people to read.
    #[must_use]
    pub fn shown(&self, bytes: &[u8]) -> String {
        match self.file.encoding {
            None => String::from_utf8_lossy(bytes).into_owned(),
            Some(encoding) => encoding.shown(bytes),
        }
    }

    /// Sorts the edits; insertions at one place stay in the plan's order.
    fn finish(&mut self, number: usize) -> Result<(), EditDefect> {
        self.edits.sort_by_key(|edit| (edit.start, edit.end, edit.place));
        if let Some([first, second]) = self.edits.array_windows().find(|[first, second]| second.start < first.end) {
            return Err(EditDefect::Overlap(first.place, second.place));
        }
        if self.edits.is_empty() {
            return Err(EditDefect::NoEdits { file: number });
        }
        if self.is_workbook() {
            let stray = self.edits.iter().find(|edit| edit.cell.is_none());
            return stray.map_or(Ok(()), |edit| Err(EditDefect::BadSpan(edit.place)));
        }
        let grown: u64 = self.edits.iter().map(|edit| edit.new.len() as u64).sum();
        let shrunk: u64 = self.edits.iter().map(|edit| edit.old.len() as u64).sum();
        let found = self.file.before.bytes.saturating_add(grown).saturating_sub(shrunk);
        let planned = self.file.after.bytes;
        if found == planned { Ok(()) } else { Err(EditDefect::Length { file: number, planned, found }) }
    }

    /// The edits in the order of the file.
    #[must_use]
    pub fn edits(&self) -> &[PlacedEdit<'p>] {
        &self.edits
    }

    /// Is the file a workbook, whose cells change? Its bytes are then made by [`FileEdits::rendered`].
    #[must_use]
    pub fn is_workbook(&self) -> bool {
        self.edits.iter().any(|edit| edit.cell.is_some())
    }

    /// No shop of this file.
    #[must_use]
    pub fn none(&self) -> AppliedShops {
        AppliedShops::none(self.shops.len())
    }

    /// All shops of this file.
    #[must_use]
    pub fn all(&self) -> AppliedShops {
        AppliedShops::all(self.shops.len())
    }

    /// The most bytes that the file can have in any state.
    #[must_use]
    pub fn most_bytes(&self) -> u64 {
        if self.is_workbook() {
            // How well a sheet packs differs a little from state to state.
            return self.file.before.bytes.saturating_add(self.file.after.bytes);
        }
        let grown = |edit: &PlacedEdit<'_>| edit.new.len().saturating_sub(edit.old.len()) as u64;
        self.edits.iter().map(grown).fold(self.file.before.bytes, u64::saturating_add)
    }

    /// The bytes in a state, from those in another.
    ///
    /// # Errors
    /// The first place where the bytes are not those of the state `from`.
    pub fn bytes(&self, now: &[u8], from: &AppliedShops, to: &AppliedShops) -> Result<Vec<u8>, StateMismatch> {
        let mut out = Vec::with_capacity(now.len());
        self.walk(now, from, to, &mut |piece| out.extend_from_slice(piece))?;
        Ok(out)
    }

    /// What the bytes in a state are, from those in another.
    ///
    /// # Errors
    /// The first place where the bytes are not those of the state `from`.
    pub fn content(&self, now: &[u8], from: &AppliedShops, to: &AppliedShops) -> Result<FileDigest, StateMismatch> {
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        self.walk(now, from, to, &mut |piece| {
            hasher.update(piece);
            bytes += piece.len() as u64;
        })?;
        Ok(FileDigest { bytes, sha256: hex(&hasher.finalize()) })
    }

    /// Goes over bytes in the state `from` and hands out those in the state `to`, piece by piece.
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

    /// Is this the file before all edits, once the edits of a state are taken back?
    #[must_use]
    pub fn is_state(&self, now: &[u8], state: &AppliedShops) -> bool {
        self.content(now, state, &self.none()).is_ok_and(|content| content == self.file.before)
    }

    /// Which state bytes are in, told from the bytes alone and proven by the hash of the file before.
    /// `None`: in none, or the texts of the edits are so alike that the search was given up.
    #[must_use]
    pub fn state_of(&self, now: &[u8]) -> Option<AppliedShops> {
        let mut search = StateSearch { of: self, now, chosen: vec![None; self.shops.len()], trail: Vec::new() };
        let mut looks = (self.edits.len() * LOOKS_PER_EDIT).max(LOOKS_AT_LEAST);
        let mut proofs = PROOFS;
        let mut at = Some(0);
        while let Some(place) = at {
            looks = looks.checked_sub(1)?;
            if search.trail.len() < self.edits.len() {
                at = search.forward(place).or_else(|| search.back());
                continue;
            }
            let state = AppliedShops(search.chosen.iter().map(|chosen| chosen.unwrap_or(false)).collect());
            let rest = (now.len() as u64).checked_sub(place as u64);
            let before = self.edits.last().map_or(0, |edit| edit.end as u64);
            if rest == self.file.before.bytes.checked_sub(before) {
                proofs = proofs.checked_sub(1)?;
                if self.is_state(now, &state) {
                    return Some(state);
                }
            }
            at = search.back();
        }
        None
    }
}

/// The search for the shops whose edits stand in bytes: edit by edit, with ways back.
struct StateSearch<'s, 'p> {
    of: &'s FileEdits<'p>,
    now: &'s [u8],
    /// By shop: is it in place, as far as the search has come?
    chosen: Vec<Option<bool>>,
    /// One step an edit.
    trail: Vec<SearchStep>,
}

#[derive(Clone, Copy)]
struct SearchStep {
    /// Where the edit's text begins, in these bytes.
    at: usize,
    /// Was it here that the shop was decided, and could it still be decided otherwise?
    first: bool,
    other: bool,
}

impl StateSearch<'_, '_> {
    fn fits(&self, at: usize, text: &[u8]) -> bool {
        self.now.get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// Takes the next edit, which comes after the bytes before `at`; gives the place after it.
    fn forward(&mut self, at: usize) -> Option<usize> {
        let number = self.trail.len();
        let edit = self.of.edits.get(number)?;
        let before = number.checked_sub(1).and_then(|last| self.of.edits.get(last)).map_or(0, |last| last.end);
        let at = at.checked_add(edit.start - before).filter(|at| *at <= self.now.len())?;
        if let Some(applied) = self.chosen[edit.shop] {
            let text = edit.bytes(applied);
            self.trail.push(SearchStep { at, first: false, other: false });
            return self.fits(at, text).then(|| at + text.len());
        }
        // Where both texts fit, one begins with the other: the longer one is rarely there by chance.
        let applied = edit.new.len() >= edit.old.len();
        let both = [applied, !applied].map(|applied| self.fits(at, edit.bytes(applied)));
        let (applied, other) = match both {
            [true, other] => (applied, other),
            [false, true] => (!applied, false),
            [false, false] => return None,
        };
        self.chosen[edit.shop] = Some(applied);
        self.trail.push(SearchStep { at, first: true, other });
        Some(at + edit.bytes(applied).len())
    }

    /// Goes back to the last edit that could be taken otherwise, and takes it so; gives the place after it.
    fn back(&mut self) -> Option<usize> {
        while let Some(step) = self.trail.pop() {
            let edit = self.of.edits.get(self.trail.len())?;
            if !step.first {
                continue;
            }
            let applied = self.chosen[edit.shop].take()?;
            if step.other {
                self.chosen[edit.shop] = Some(!applied);
                self.trail.push(SearchStep { other: false, ..step });
                return Some(step.at + edit.bytes(!applied).len());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::plan::tests::{change, empty, shop};
    use super::*;

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
        let overlap = plan("0123456789", &[&[(0, "012", "x")], &[(2, "2", "y")]]);
        assert!(matches!(FileEdits::of(&overlap), Err(EditDefect::Overlap(..))));
        let mut outside = plan("0123456789", &[&[(0, "0", "x")]]);
        outside.shops[0].changes[0].edits[0].end = u64::MAX;
        assert!(matches!(FileEdits::of(&outside), Err(EditDefect::BadSpan(_))));
        let mut length = plan("0123456789", &[&[(0, "0", "xx")]]);
        length.files[0].after.bytes = 10;
        assert!(matches!(FileEdits::of(&length), Err(EditDefect::Length { .. })));
        let mut foreign = plan("0123456789", &[&[(0, "0", "x")]]);
        foreign.shops[0].file = "b".to_owned();
        assert!(matches!(FileEdits::of(&foreign), Err(EditDefect::NoSuchFile { .. })));
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
            let all = file.content(&bytes, &state, &file.all()).unwrap();
            prop_assert_eq!(&all, &file.file.after);
            // Edits that change nothing leave several names for one state.
            let told = file.state_of(&bytes).unwrap();
            prop_assert_eq!(file.bytes(before.as_bytes(), &file.none(), &told).unwrap(), bytes);
        }
    }
}
