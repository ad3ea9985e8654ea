//! What changes in a shop's record, as edits of its file.

mod arrange;
mod form;

use std::ops::Range;
use std::sync::Arc;

use arrange::{arrange, in_cells};
use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_document::edit::{Edit, FixError};
use dianjian_document::source::{Format, SourceFile};
use dianjian_document::tree::{ScalarStyle, Tree};
use dianjian_rules::EvalContext;
use dianjian_rules::record::{NoSideFiles, Record};
use form::{RecordForm, current_text, has_parent};

use super::PlanningContext;
use super::assign::AssignedName;
use super::decide::DecidedShop;
use super::read::{holds, new_value};
use super::scan::{FleetChunk, in_order};
use crate::decisions::Decisions;
use crate::migrations::{FieldChange, Migration, NewValue};
use crate::plan::PlannedChange;

/// The changes of a shop's record.
#[derive(Debug, Default)]
pub(crate) struct ShopChanges {
    /// In the order of the file.
    pub(crate) changes: Vec<PlannedChange>,
    /// Whether a person has to make them: then none has edits.
    pub(crate) by_hand: bool,
}

impl ShopChanges {
    pub(crate) fn leave_to_people(&mut self) {
        self.by_hand = true;
        self.changes.iter_mut().for_each(|change| change.edits.clear());
    }

    pub(crate) fn has_edits(&self) -> bool {
        self.changes.iter().any(|change| !change.edits.is_empty())
    }
}

/// What edits are made from.
pub(crate) struct ShopEditor<'e, 'p> {
    pub(crate) planning: &'e PlanningContext<'p>,
    pub(crate) decisions: &'e Decisions,
    pub(crate) shops: &'e [DecidedShop<'e>],
    pub(crate) assigned: &'e [AssignedName],
    /// The day of each shop's move.
    pub(crate) day: &'e (dyn Fn(usize) -> NaiveDate + Sync),
}

/// Changes whose edits are not in their final order yet.
#[derive(Default)]
struct UnorderedChanges {
    done: ShopChanges,
    /// Numbers of changes, and an edit of each.
    edits: Vec<(usize, Edit)>,
}

impl UnorderedChanges {
    fn push(&mut self, change: PlannedChange, edit: Result<Edit, FixError>) {
        match edit {
            Ok(edit) => self.edits.push((self.done.changes.len(), edit)),
            Err(_) => self.done.by_hand = true,
        }
        self.done.changes.push(change);
    }

    /// Whether two edits begin at one place.
    fn meet(&self) -> bool {
        let mut starts: Vec<u32> = self.edits.iter().map(|(_, edit)| edit.span.start).collect();
        starts.sort_unstable();
        starts.windows(2).any(|pair| pair[0] == pair[1])
    }
}

impl ShopEditor<'_, '_> {
    /// The changes of all shops.
    pub(crate) fn changes(
        &self,
        chunks: &[(FleetChunk, Range<usize>)],
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<ShopChanges> {
        let mut all = Vec::with_capacity(self.shops.len());
        let work = |tree: &mut Tree, (chunk, shops): &(FleetChunk, Range<usize>)| {
            let changes = self.chunk(chunk, shops.clone(), tree);
            progress(chunk.bytes.len() as u64);
            changes
        };
        in_order(chunks, self.planning.request.threads, &work, &mut |_, changes| all.extend(changes));
        all
    }

    fn chunk(&self, chunk: &FleetChunk, shops: Range<usize>, tree: &mut Tree) -> Vec<ShopChanges> {
        let mut all: Vec<ShopChanges> = Vec::with_capacity(shops.len());
        let moving = |at: usize| self.shops.get(at).filter(|shop| shop.moves());
        if shops.clone().any(|at| moving(at).is_some()) {
            let kinds = &self.planning.rules.pack.kinds;
            let is_workbook = self.planning.files.get(chunk.file).is_some_and(|file| file.format == Format::Workbook);
            self.planning.each_shop(chunk, tree, &mut |source, record, mapping| {
                let at = shops.start + all.len();
                let form = RecordForm { kinds, mapping, is_workbook };
                all.push(
                    moving(at).map_or_else(ShopChanges::default, |shop| self.shop(at, shop, source, record, form)),
                );
            });
        }
        all.resize_with(shops.len(), ShopChanges::default);
        all
    }

    fn shop(
        &self,
        at: usize,
        shop: &DecidedShop<'_>,
        source: &Arc<SourceFile>,
        record: &Record<'_>,
        form: RecordForm<'_>,
    ) -> ShopChanges {
        let mut changes = UnorderedChanges::default();
        let mut context = self.planning.eval_context(record, None);
        let new_name = self.assigned.get(at).and_then(|assigned| assigned.name.as_ref());
        let new_name = new_name.filter(|name| **name != shop.read.name);
        let day = (self.day)(at);
        for change in self.field_changes(at, shop, &mut context) {
            if change.renamed && new_name.is_none() {
                continue;
            }
            let value = match (&change.value, new_name) {
                (NewValue::Name, name) => name.map(|name| Some(name.clone())),
                _ => new_value(change, &context, day),
            };
            if let Some(after) = value {
                change_record(record, form, change, &after, &mut changes);
            }
        }
        if form.mapping.is_none() {
            self.nested(shop, record, day, &mut changes);
        }
        // Cells that a row is too short for are added at its end, each as if it were the only one.
        if record.node.style() == ScalarStyle::Row && changes.meet() {
            changes.done.by_hand = true;
        }
        let UnorderedChanges { mut done, mut edits } = changes;
        if done.by_hand {
            // A shop that is half in one system and half in the other would be in neither.
            edits.clear();
        }
        arrange(&mut done.changes, edits, source);
        if form.is_workbook && !in_cells(&mut done.changes, source) {
            done.leave_to_people();
        }
        done.changes.shrink_to_fit();
        done
    }

    /// The changes of records inside a shop of our own form.
    fn nested(&self, shop: &DecidedShop<'_>, record: &Record<'_>, day: NaiveDate, changes: &mut UnorderedChanges) {
        let form = RecordForm { kinds: &self.planning.rules.pack.kinds, mapping: None, is_workbook: false };
        let applicable = &shop.read.applicable;
        let migrations = applicable.deciding.iter().chain(&applicable.adding).copied();
        for nested in migrations.flat_map(|migration: &Migration| &migration.nested) {
            let Some(list) = record.value.get(&nested.list) else { continue };
            for (index, item) in list.each().enumerate().filter(|(_, item)| item.is_map()) {
                let (prefix, source) = (format!("{}[{index}]", nested.list), SourceFile::new("", ""));
                let own = Record::resolve(form.kinds, nested.kind, item, prefix, &NoSideFiles, &source);
                let mut context = self.planning.eval_context(&own, Some(record));
                for change in &nested.fields {
                    if holds(change.when.as_ref(), &mut context)
                        && let Some(after) = new_value(change, &context, day)
                    {
                        change_record(&own, form, change, &after, changes);
                    }
                }
            }
        }
    }

    /// The field changes that apply: the migrations' own, those of what was chosen, and what a limit takes.
    fn field_changes<'s>(
        &'s self,
        at: usize,
        shop: &'s DecidedShop<'s>,
        context: &mut EvalContext<'_, '_>,
    ) -> Vec<&'s FieldChange> {
        let mut changes = shop.read.applicable.fields.clone();
        let options = shop.effects().iter().filter_map(|effect| self.decisions.option(effect, at));
        changes.extend(options.flat_map(|option| &option.fields).filter(|change| holds(change.when.as_ref(), context)));
        changes.extend(shop.reduction.iter().flat_map(|reduction| &reduction.policy.changes));
        changes
    }
}

/// Changes a field of a record, in every place in which the file has it.
fn change_record(
    record: &Record<'_>,
    form: RecordForm<'_>,
    change: &FieldChange,
    after: &Option<String>,
    changes: &mut UnorderedChanges,
) {
    for field in form.fields(record, &change.field) {
        let before = current_text(record, form.kinds, &field);
        if before == *after || !has_parent(record, &field) {
            continue;
        }
        let edit = form.edit(record, &field, after.as_deref());
        let planned = |field: &str, before, after: &Option<String>| PlannedChange {
            field: FieldPath::new(&record.prefix).child(field),
            before,
            after: after.clone(),
            why: Arc::clone(&change.why),
            reasons: Arc::clone(&change.reasons),
            unwritten: false,
            edits: Vec::new(),
        };
        // A table without the column: the value is in the plan alone.
        if edit == Err(FixError::NotThere) && before.is_none() && form.mapping.is_some() {
            changes.done.changes.push(PlannedChange { unwritten: true, ..planned(&field, before, after) });
            continue;
        }
        changes.push(planned(&field, before, after), edit);
    }
}
