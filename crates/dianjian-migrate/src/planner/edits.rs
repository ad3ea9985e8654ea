//! The bytes of the moves: every change of a record as edits of its file.

use dianjian_base::FieldPath;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;

use super::fleet::{FleetChunk, FleetFile, Shop, each_shop, in_order, reader, text_at, value_of};
use super::target::CutoverRules;
use crate::compile::{FieldChange, Migration, Migrations, NewValue};
use crate::decisions::Decisions;
use crate::plan::{PlannedCell, PlannedChange, PlannedEdit, SharedText, ShopOutcome};
use dianjian_document::edit::{CellChange, Edit, FixError, NewScalar, remove_entry, set_value};
use dianjian_document::source::{Format, SourceFile, Span};
use dianjian_document::tree::{ScalarStyle, Tree};
use dianjian_rules::eval::{Context, Scans};
use dianjian_rules::record::schema::FieldType;
use dianjian_rules::record::value::parse_number;
use dianjian_rules::record::{Homes, Kinds, Mapping, Nothing, Record, Value};
use dianjian_xlsx::CellRef;

/// What a shop's record becomes.
#[derive(Debug, Default)]
pub struct ShopChanges {
    /// Its changes, in the order of the file.
    pub changes: Vec<PlannedChange>,
    /// Changes without edits: a person has to make them.
    pub by_hand: bool,
}

impl ShopChanges {
    /// Takes the edits away: a person has to make all changes.
    pub fn leave_to_people(&mut self) {
        self.by_hand = true;
        self.changes.iter_mut().for_each(|change| change.edits.clear());
    }
}

/// What the edits are made from.
#[derive(Debug)]
pub struct ShopEditor<'e, 'p> {
    /// The migrations.
    pub migrations: &'e Migrations,
    /// The rules of the cut-over.
    pub targets: &'e CutoverRules<'p>,
    /// What was decided.
    pub decisions: &'e Decisions,
    /// The shops.
    pub shops: &'e [Shop],
    /// New names by shop; absent: the shop keeps its own.
    pub names: &'e [Option<String>],
    /// Days by shop.
    pub days: &'e [NaiveDate],
    /// What folders say of the shops whose exports lie in them.
    pub homes: &'e Homes,
}

impl ShopEditor<'_, '_> {
    /// The changes of all shops.
    #[must_use]
    pub fn changes(
        &self,
        files: &[FleetFile],
        units: &[(FleetChunk, Range<usize>)],
        threads: usize,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<ShopChanges> {
        let mut all = Vec::with_capacity(self.shops.len());
        let work = |tree: &mut Tree, (unit, shops): &(FleetChunk, Range<usize>)| {
            let changes = self.unit(files, unit, shops.clone(), tree);
            progress(unit.bytes.len() as u64);
            changes
        };
        in_order(units, threads, &work, &mut |_, changes| all.extend(changes));
        all
    }

    fn unit(&self, files: &[FleetFile], unit: &FleetChunk, shops: Range<usize>, tree: &mut Tree) -> Vec<ShopChanges> {
        let mut all: Vec<ShopChanges> = Vec::with_capacity(shops.len());
        let moves = |at: usize| self.shops.get(at).is_some_and(|shop| shop.outcome == ShopOutcome::Migrate);
        if shops.clone().any(moves) {
            let pack = self.targets.pack;
            let reader = reader(pack, self.homes);
            each_shop(&reader, self.migrations.shop, (files, unit), tree, &mut |source, record, mapping| {
                let at = shops.start + all.len();
                let workbook = files.get(unit.file).is_some_and(|file| file.format == Format::Workbook);
                let form = RecordForm { kinds: &pack.kinds, mapping, workbook };
                all.push(if moves(at) { self.shop(at, source, record, form) } else { ShopChanges::default() });
            });
        }
        all.resize_with(shops.len(), ShopChanges::default);
        all
    }

    fn shop(&self, at: usize, source: &Arc<SourceFile>, record: &Record<'_>, form: RecordForm<'_>) -> ShopChanges {
        let mut done = ShopChanges::default();
        let Some(shop) = self.shops.get(at) else { return done };
        let kinds = form.kinds;
        let mut context = self.context(record, None);
        let new_name = self.names.get(at).and_then(Option::as_ref).filter(|name| **name != shop.name);
        let day = self.days.get(at).copied().unwrap_or(self.targets.day);
        let mut edits: Vec<(usize, Edit)> = Vec::new();
        for ApplicableChange { become_, why } in self.wanted(at, shop, &mut context) {
            if become_.renamed && new_name.is_none() {
                continue;
            }
            let value = match (&become_.value, new_name) {
                (NewValue::Name, Some(name)) => Some(Some(name.clone())),
                (NewValue::Name, None) => None,
                _ => value_of(become_, &context, day),
            };
            let Some(after) = value else { continue };
            for field in form.fields(record, &become_.field) {
                let before = shown_at(record, kinds, &field);
                if before == after || !has_parent(record, &field) {
                    continue;
                }
                match form.edit(record, &field, after.as_deref()) {
                    Ok(edit) => edits.push((done.changes.len(), edit)),
                    // Nothing is lost where the file has no place for what it never said.
                    Err(FixError::NotThere) if before.is_none() && form.mapping.is_some() => continue,
                    Err(_) => done.by_hand = true,
                }
                done.changes.push(PlannedChange {
                    field,
                    before,
                    after: after.clone(),
                    why: Arc::clone(why),
                    reasons: Arc::clone(&become_.reasons),
                    edits: Vec::new(),
                });
            }
        }
        if form.mapping.is_none() {
            self.inner(shop, record, day, &mut |change, edit| {
                match edit {
                    Ok(edit) => edits.push((done.changes.len(), edit)),
                    Err(_) => done.by_hand = true,
                }
                done.changes.push(change);
            });
        }
        // Cells that a row is too short for are added at its end, each as if it were the only one.
        done.by_hand |= record.node.style() == ScalarStyle::Row && meet(&edits);
        if done.by_hand {
            // A shop that is half in one system and half in the other would be in neither.
            edits.clear();
        }
        place(&mut done.changes, edits, source);
        if form.workbook && !in_cells(&mut done.changes, source) {
            done.leave_to_people();
        }
        done.changes.shrink_to_fit();
        done
    }

    /// The changes of records inside a shop of our own form.
    fn inner(
        &self,
        shop: &Shop,
        record: &Record<'_>,
        day: NaiveDate,
        f: &mut dyn FnMut(PlannedChange, Result<Edit, FixError>),
    ) {
        let form = RecordForm { kinds: &self.targets.pack.kinds, mapping: None, workbook: false };
        let applied = shop.way.iter().chain(&shop.also).filter_map(|number| self.migrations.ways.get(*number));
        for (way, inner) in applied.flat_map(|way| way.inner.iter().map(move |inner| (way, inner))) {
            let Some(list) = record.value.get(&inner.list) else { continue };
            for (index, item) in list.each().enumerate().filter(|(_, item)| item.is_map()) {
                let prefix = format!("{}[{index}]", inner.list);
                let own = Record::resolve(form.kinds, inner.kind, item, prefix, &Nothing, &SourceFile::new("", ""));
                let mut context = self.context(&own, Some(record));
                for become_ in &inner.fields {
                    if become_.when.as_ref().is_some_and(|when| !context.holds(when)) {
                        continue;
                    }
                    let Some(after) = value_of(become_, &context, day) else { continue };
                    let before = shown_at(&own, form.kinds, &become_.field);
                    if before == after || !has_parent(&own, &become_.field) {
                        continue;
                    }
                    let edit = form.edit(&own, &become_.field, after.as_deref());
                    let change = PlannedChange {
                        field: FieldPath::new(&own.prefix).child(&become_.field),
                        before,
                        after,
                        why: Arc::clone(become_.why.as_ref().unwrap_or(&way.title)),
                        reasons: Arc::clone(&become_.reasons),
                        edits: Vec::new(),
                    };
                    f(change, edit);
                }
            }
        }
    }

    /// What the migrations' conditions are asked in.
    fn context<'c, 'a>(&'c self, record: &'c Record<'a>, outer: Option<&'c Record<'a>>) -> Context<'c, 'a> {
        Context {
            rules: &self.migrations.rules,
            kinds: &self.targets.pack.kinds,
            record,
            outer,
            as_of: self.targets.day,
            assets: &Nothing,
            scans: Scans::default(),
        }
    }

    /// The field changes that apply: the migrations' own, those of what was chosen, and what a limit takes.
    fn wanted<'s>(&'s self, at: usize, shop: &Shop, context: &mut Context<'_, '_>) -> Vec<ApplicableChange<'s>> {
        let way = |number: &usize| self.migrations.ways.get(*number);
        fn of<'w>(way: &'w Migration, become_: &'w FieldChange) -> ApplicableChange<'w> {
            ApplicableChange { become_, why: become_.why.as_ref().unwrap_or(&way.title) }
        }
        let mut wanted: Vec<ApplicableChange<'s>> = shop
            .fields
            .iter()
            .filter_map(|(number, at)| way(number).and_then(|way| Some(of(way, way.fields.get(*at)?))))
            .collect();
        for (number, effect) in &shop.effects {
            let Some(way) = way(number) else { continue };
            let Some(effect) = way.effects.get(*effect) else { continue };
            let option = self.decisions.option(&effect.id, at).and_then(|option| effect.options.get(option));
            for become_ in option.iter().flat_map(|option| &option.fields) {
                if become_.when.as_ref().is_none_or(|when| context.holds(when)) {
                    wanted.push(of(way, become_));
                }
            }
        }
        if let Some(act) = shop.beyond.and_then(|act| self.migrations.limits.get(act)) {
            let goes = |become_: &'s FieldChange| Some(ApplicableChange { become_, why: become_.why.as_ref()? });
            wanted.extend(act.without.iter().filter_map(goes));
        }
        wanted
    }
}

/// A field change that applies to a shop.
struct ApplicableChange<'w> {
    become_: &'w FieldChange,
    /// Why.
    why: &'w SharedText,
}

/// What stands in a field: a text, or the texts of a map's entries.
fn shown_at(record: &Record<'_>, kinds: &Kinds, field: &str) -> Option<String> {
    let (slot, _) = kinds.get(record.kind_index).field(field)?;
    let value = record.slot(slot)?;
    if !value.is_map() {
        return value.text().map(std::borrow::Cow::into_owned);
    }
    let mut entries = Vec::new();
    value.entries(|key, _, entry| entries.extend(entry.text().map(|text| format!("{key}: {text}"))));
    Some(entries.join(", "))
}

/// Is the map that holds the field there?
fn has_parent(record: &Record<'_>, field: &str) -> bool {
    let (Some(above), _) = FieldPath::new(field).split_last() else { return true };
    above.names().try_fold(record.value.clone(), |at, name| at.get(name)).is_some_and(|value| value.is_map())
}

/// How a record is written in its file.
#[derive(Debug, Clone, Copy)]
struct RecordForm<'f> {
    kinds: &'f Kinds,
    /// The mapping that reads it; `None`: it is of our own form.
    mapping: Option<&'f Mapping>,
    /// Is it a row of a workbook?
    workbook: bool,
}

impl RecordForm<'_> {
    /// The fields that are written for one: of a map that a mapping gathers from several places each of them.
    fn fields(self, record: &Record<'_>, field: &str) -> Vec<String> {
        let kind = self.kinds.get(record.kind_index);
        let is_map = kind.field(field).and_then(|(slot, _)| record.slot(slot)).is_some_and(Value::is_map);
        if self.mapping.is_none() || !is_map {
            return vec![field.to_owned()];
        }
        let inner = |path: &str| FieldPath::new(path).below(field).is_some_and(|rest| rest.starts_with('.'));
        let paths = kind.fields.iter().map(|field| &field.path);
        paths.filter(|path| inner(path) && text_at(record, self.kinds, path).is_some()).cloned().collect()
    }

    /// The edit of one field.
    fn edit(self, record: &Record<'_>, field: &str, after: Option<&str>) -> Result<Edit, FixError> {
        if let Some(mapping) = self.mapping {
            return mapping.edit(self.kinds, record.node, field, after);
        }
        let (above, key) = FieldPath::new(field).split_last();
        let mut above = above.into_iter().flat_map(FieldPath::names);
        let parent = above.try_fold(record.node, |node, name| node.get(name)).ok_or(FixError::NotThere)?;
        let Some(after) = after else { return remove_entry(parent, key) };
        let value = match self.kinds.get(record.kind_index).field(field).map(|(_, field)| field.ty) {
            Some(FieldType::Bool) => NewScalar::Bool(after == "true"),
            Some(FieldType::Number | FieldType::Integer | FieldType::Money) => {
                NewScalar::Number(parse_number(after).ok_or(FixError::WrongKind)?)
            }
            // A bare date is a text in every format that is read here, and people write it bare.
            _ => NewScalar::Text(after.to_owned()),
        };
        set_value(parent, key, &value)
    }
}

/// Do two edits begin at one place?
fn meet(edits: &[(usize, Edit)]) -> bool {
    let mut starts: Vec<u32> = edits.iter().map(|(_, edit)| edit.span.start).collect();
    starts.sort_unstable();
    starts.windows(2).any(|pair| pair[0] == pair[1])
}

/// Puts edits into their changes, and both into the order of the file.
fn place(changes: &mut Vec<PlannedChange>, mut edits: Vec<(usize, Edit)>, source: &SourceFile) {
    part(&mut edits, source);
    untangle(&mut edits);
    let base = source.base_offset();
    let mut first = vec![u64::MAX; changes.len()];
    for (change, edit) in edits {
        let start = base + u64::from(edit.span.start);
        let Some(change_) = changes.get_mut(change) else { continue };
        first[change] = first[change].min(start);
        change_.edits = vec![PlannedEdit {
            start,
            end: base + u64::from(edit.span.end),
            old: source.slice(edit.span).to_owned(),
            new: edit.text,
            cell: None,
        }];
    }
    // Where several entries are added at one place, those of an inner map come before those of the outer one.
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|at| (first[*at], std::cmp::Reverse(changes[*at].field.matches('.').count()), *at));
    let mut taken: Vec<Option<PlannedChange>> = std::mem::take(changes).into_iter().map(Some).collect();
    changes.extend(order.into_iter().filter_map(|at| taken.get_mut(at).and_then(Option::take)));
}

/// Turns edits of a sheet's text into edits of its cells. Can each be made in a cell of its own?
fn in_cells(changes: &mut [PlannedChange], source: &SourceFile) -> bool {
    let mut taken = std::collections::HashSet::new();
    let mut edits = changes.iter_mut().flat_map(|change| &mut change.edits);
    edits.all(|edit| in_cell(edit, source).is_some_and(|start| taken.insert(start)))
}

/// Turns an edit of a sheet's text into one of a cell, whose field begins at the place that is given back. `None`: it
/// reaches over several cells, or the cell holds a formula or belongs to several rows.
fn in_cell(edit: &mut PlannedEdit, source: &SourceFile) -> Option<u32> {
    let own = |place: u64| u32::try_from(place.checked_sub(source.base_offset())?).ok();
    let span = Span::new(own(edit.start)?, own(edit.end)?);
    let CellChange { cell, field, before, after } = CellChange::of(source, &Edit::replace(span, edit.new.as_str()))?;
    let at = CellRef { row: cell.row, column: cell.column };
    let is_shared = source.table()?.rows.as_ref().is_none_or(|rows| rows.cells.is_merged(at));
    if is_shared || source.is_formula(span.start) {
        return None;
    }
    (edit.old, edit.new) = (before, after);
    edit.start = source.base_offset() + u64::from(field.start);
    edit.end = source.base_offset() + u64::from(field.end);
    edit.cell = Some(PlannedCell { sheet: cell.sheet.to_string(), cell: cell.a1() });
    Some(field.start)
}

/// In brackets an entry goes with the comma behind it, the last one with the comma before it: where neighbours go up
/// to the last, the first of them takes that comma, and each of the others begins where the one before it ends.
fn part(edits: &mut [(usize, Edit)], source: &SourceFile) {
    let mut order: Vec<usize> =
        (0..edits.len()).filter(|at| edits[*at].1.text.is_empty() && !edits[*at].1.span.is_empty()).collect();
    order.sort_by_key(|at| (edits[*at].1.span.start, edits[*at].1.span.end));
    let mut first = 0;
    for at in 1..order.len() {
        let before = edits[order[at - 1]].1.span;
        let span = &mut edits[order[at]].1.span;
        if span.start > before.end {
            first = at;
        } else if span.start < before.end {
            span.start = before.end.min(span.end);
            let group = &mut edits[order[first]].1.span;
            let text = source.text().get(..group.start as usize).unwrap_or_default();
            if let Some(rest) = text.trim_end().strip_suffix(',') {
                group.start = rest.len() as u32;
            }
        }
    }
}

/// An entry is added behind the last line; where that line goes, it is added before it instead.
fn untangle(edits: &mut [(usize, Edit)]) {
    let removed: Vec<Span> = edits.iter().map(|(_, edit)| edit.span).filter(|span| !span.is_empty()).collect();
    for (_, edit) in edits.iter_mut().filter(|(_, edit)| edit.span.is_empty()) {
        let inside = |span: &&Span| span.start < edit.span.start && edit.span.start < span.end;
        let Some(span) = removed.iter().find(inside) else { continue };
        for line_break in ["\r\n", "\n", "\r"] {
            if let Some(line) = edit.text.strip_prefix(line_break) {
                edit.text = format!("{line}{line_break}");
                edit.span = Span::at(span.start);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edits::apply_to_text;
    use crate::plan::SharedReasons;
    use dianjian_document::source::Limits;
    use dianjian_document::tree::{self, Format};

    /// The text after the entries with these keys are gone.
    fn without(text: &str, keys: &[&str]) -> String {
        let source = Arc::new(SourceFile::new("a", text));
        let mut out = String::new();
        tree::parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
            let mut changes: Vec<PlannedChange> = Vec::new();
            let mut edits = Vec::new();
            for key in keys {
                edits.push((changes.len(), remove_entry(root, key).unwrap()));
                changes.push(PlannedChange {
                    field: (*key).to_owned(),
                    before: None,
                    after: None,
                    why: SharedText::default(),
                    reasons: SharedReasons::default(),
                    edits: Vec::new(),
                });
            }
            place(&mut changes, edits, &source);
            assert!(changes.iter().all(|change| change.edits.len() == 1));
            out = apply_to_text(text, changes.iter().flat_map(|change| &change.edits)).unwrap();
        });
        out
    }

    #[test]
    fn neighbours_go_with_their_commas() {
        let text = "{a: 1, b: 2,  c: 3 , d: 4}";
        for (keys, left) in [
            (&["a"][..], "{b: 2,  c: 3 , d: 4}"),
            (&["d"], "{a: 1, b: 2,  c: 3}"),
            (&["a", "b"], "{c: 3 , d: 4}"),
            (&["c", "d"], "{a: 1, b: 2}"),
            (&["d", "b", "c"], "{a: 1}"),
            (&["a", "c"], "{b: 2,  d: 4}"),
            (&["a", "d"], "{b: 2,  c: 3}"),
            (&["a", "b", "d"], "{c: 3}"),
            (&["a", "b", "c", "d"], "{}"),
        ] {
            assert_eq!(without(text, keys), left, "{keys:?}");
        }
        assert_eq!(without("a: 1\nb: 2 # 二\nc: 3\n", &["b", "c"]), "a: 1\n");
        assert_eq!(without("a: 1\nb: 2\nc: 3", &["a", "b"]), "c: 3");
    }
}
