//! First stage: every shop as its file has it, with the migrations that apply to it by itself.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Limits, SourceFile};
use dianjian_document::tree::{self, Tree};
use dianjian_rules::record::{Kinds, NoSideFiles, ReaderEvent, Record, Value, unrecognised};
use dianjian_rules::{CompiledCheck, EvalContext};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::PlanningContext;
use super::facts::ShopFacts;
use super::scan::{FleetChunk, chunks, in_order, is_shop};
use crate::error::PlanningError;
use crate::migrations::{
    Deadline, Effect, FieldChange, LastDay, LimitPolicy, Migration, MigrationTask, Migrations, NewValue,
};
use crate::plan::{Deposit, ShopOutcome};

/// A shop as its file has it.
#[derive(Debug, Clone)]
pub(crate) struct ReadShop<'m> {
    pub(crate) file: usize,
    /// Its line, of a workbook its row; from 1.
    pub(crate) line: u64,
    /// Its bytes in the file's text.
    pub(crate) bytes: Range<u64>,
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) system: String,
    /// The store type of a channels store; empty elsewhere.
    pub(crate) store_type: String,
    /// Whether it is closed for good, so that its name is free.
    pub(crate) is_closed: bool,
    /// What its migration does with it.
    pub(crate) outcome: ShopOutcome,
    pub(crate) applicable: ApplicableParts<'m>,
    /// By number in [`Migrations::task_fields`].
    pub(crate) task_values: Vec<Option<String>>,
    /// The code of its licence, in upper case; may be empty.
    pub(crate) licence: String,
    pub(crate) deposit: Deposit,
    /// Sales in fen, by which shops beyond a limit are ranked; 0: not known.
    pub(crate) gmv: i64,
    /// The score in thousandths; 0: not known.
    pub(crate) score: i64,
}

impl ReadShop<'_> {
    /// The deadline that counts on a day: the next one, else the last that has passed.
    pub(crate) fn deadline(&self, as_of: NaiveDate) -> Option<NaiveDate> {
        let days = || self.applicable.deadlines.iter().map(|(_, day)| *day);
        days().filter(|day| *day >= as_of).min().or_else(|| days().max())
    }
}

/// The migrations that apply to a shop, and the parts of them whose conditions hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApplicableParts<'m> {
    pub(crate) deciding: Option<&'m Migration>,
    /// Migrations without an outcome; none unless the deciding one moves the shop.
    pub(crate) adding: Vec<&'m Migration>,
    pub(crate) fields: Vec<&'m FieldChange>,
    pub(crate) effects: Vec<&'m Effect>,
    pub(crate) tasks: Vec<&'m MigrationTask>,
    pub(crate) deadlines: Vec<(&'m Deadline, NaiveDate)>,
}

/// A fleet as its files have it.
#[derive(Debug, Default)]
pub(crate) struct ReadFleet<'m> {
    /// In the order of files and places.
    pub(crate) shops: Vec<ReadShop<'m>>,
    /// By shop.
    pub(crate) facts: Vec<ShopFacts>,
    /// The pieces of files that are read at a time, with the numbers of the shops in them.
    pub(crate) chunks: Vec<(FleetChunk, Range<usize>)>,
    /// What could not be read.
    pub(crate) problems: Vec<Problem>,
}

#[derive(Default)]
struct ChunkShops<'m> {
    shops: Vec<(ReadShop<'m>, ShopFacts)>,
    problems: Vec<Problem>,
    error: Option<PlanningError>,
}

impl PlanningContext<'_> {
    /// Reads the shops of all files.
    ///
    /// # Errors
    /// Two migrations decide on one shop.
    pub(crate) fn read_fleet(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<ReadFleet<'_>, PlanningError> {
        let chunks = chunks(self.files);
        let work = |tree: &mut Tree, chunk: &FleetChunk| {
            let found = self.read_chunk(chunk, tree);
            progress(chunk.bytes.len() as u64);
            found
        };
        let (mut fleet, mut error) = (ReadFleet::default(), None);
        in_order(&chunks, self.request.threads, &work, &mut |at, found| {
            let from = fleet.shops.len();
            for (shop, facts) in found.shops {
                fleet.shops.push(shop);
                fleet.facts.push(facts);
            }
            fleet.problems.extend(found.problems);
            error = error.take().or(found.error);
            fleet.chunks.extend(chunks.get(at).map(|chunk| (chunk.clone(), from..fleet.shops.len())));
        });
        error.map_or(Ok(fleet), Err)
    }

    fn read_chunk(&self, chunk: &FleetChunk, tree: &mut Tree) -> ChunkShops<'_> {
        let mut found = ChunkShops::default();
        let Some((source, format)) = chunk.source(self.files) else { return found };
        let is_explicit = self.files.get(chunk.file).is_some_and(|file| file.input.explicit);
        let reader = self.reader();
        // Names are tried while the document is open, so they need a tree of their own.
        let mut scratch = Tree::new();
        let errors = tree::parse(&source, format, &Limits::default(), tree, &mut |root| {
            reader.read(&source, root, &mut |seen| match seen {
                ReaderEvent::Record(record, outer) if is_shop(record, outer.is_some(), self.migrations.shop_kind) => {
                    match self.read_shop(chunk.file, &source, record, &mut scratch) {
                        Ok(shop) => found.shops.push(shop),
                        Err(error) => found.error = found.error.take().or(Some(error)),
                    }
                }
                ReaderEvent::Refused(node, text) => {
                    found.problems.push(Problem::with_message(&source, node.head_span(), text, None))
                }
                ReaderEvent::NearMiss(node, near) => found.problems.push(near.problem(&source, node.head_span())),
                ReaderEvent::Unrecognised(node) if is_explicit => {
                    found.problems.push(unrecognised(&source, node, &self.rules.pack.kinds));
                }
                // What else there is to say, the re-check says.
                _ => {}
            });
        });
        found.problems.extend(errors.iter().map(|error| Problem::at(&source, error.span, error)));
        found
    }

    fn read_shop(
        &self,
        file: usize,
        source: &SourceFile,
        record: &Record<'_>,
        scratch: &mut Tree,
    ) -> Result<(ReadShop<'_>, ShopFacts), PlanningError> {
        let (migrations, rules) = (&self.migrations, &self.rules);
        let kinds = &rules.pack.kinds;
        let mut context = self.eval_context(record, None);
        let text = |path: &str| text_at(record, kinds, path).unwrap_or_default();
        let span = record.node.span();
        let line = source.cell(span.start).map_or_else(|| source.position(span.start).line, |cell| cell.row.into());
        let (name, system) = (text("name"), text("system"));
        let applicable = applicable_parts(migrations, &system, &mut context).map_err(|(first, second)| {
            let [first, second] = [first, second].map(|migration| migration.id.clone());
            PlanningError::TwoMigrations { file: source.name().to_owned(), line, first, second }
        })?;
        let outcome = applicable.deciding.and_then(|deciding| deciding.outcome).unwrap_or(ShopOutcome::Stays);
        let value = |change: &FieldChange| new_value(change, &context, rules.day);
        let facts = ShopFacts::new(rules, record, &applicable.fields, &value, &name, scratch);
        let task_value = |path| Some(context.field(path)?.text()?.trim().to_owned()).filter(|text| !text.is_empty());
        let shop = ReadShop {
            file,
            line,
            bytes: source.base_offset() + u64::from(span.start)..source.base_offset() + u64::from(span.end),
            id: record.id(kinds.get(record.kind_index)).filter(|id| !id.trim().is_empty()),
            deposit: self.deposits.of(record, kinds, &system, outcome),
            store_type: text("store_type"),
            is_closed: text("status") == "close_finished",
            name,
            system,
            outcome,
            applicable,
            task_values: migrations.task_fields.iter().map(|(_, path)| task_value(path)).collect(),
            licence: text("subject.licence").trim().to_ascii_uppercase(),
            gmv: scaled(record, kinds, "gmv", 100),
            score: scaled(record, kinds, "score", 1000),
        };
        Ok((shop, facts))
    }

    /// Reads shops again as if the fields that a limit takes from them had never been there.
    ///
    /// # Errors
    /// Two migrations decide on one shop.
    pub(crate) fn read_without(
        &self,
        chunks: &[(FleetChunk, Range<usize>)],
        reductions: &BTreeMap<usize, &LimitPolicy>,
    ) -> Result<Vec<(usize, ReadShop<'_>, ShopFacts)>, PlanningError> {
        let concerned = |(_, shops): &&(FleetChunk, Range<usize>)| reductions.range(shops.clone()).next().is_some();
        let chunks: Vec<&(FleetChunk, Range<usize>)> = chunks.iter().filter(concerned).collect();
        let kinds = &self.rules.pack.kinds;
        let work = |tree: &mut Tree, (chunk, shops): &&(FleetChunk, Range<usize>)| {
            let (mut again, mut scratch) = (Vec::new(), Tree::new());
            let mut at = shops.start;
            self.each_shop(chunk, tree, &mut |source, record, _| {
                if let Some(policy) = reductions.get(&at) {
                    let fields = policy.without.iter().map(|field| FieldPath::new(field));
                    let value = fields.fold(record.value.clone(), |value, field| without(&value, field));
                    let prefix = String::new();
                    let record = Record::resolve(kinds, record.kind_index, value, prefix, &NoSideFiles, source);
                    let shop = self.read_shop(chunk.file, source, &record, &mut scratch);
                    again.push(shop.map(|(shop, facts)| (at, shop, facts)));
                }
                at += 1;
            });
            again
        };
        let mut found = Vec::new();
        in_order(&chunks, self.request.threads, &work, &mut |_, again| found.extend(again));
        found.into_iter().collect()
    }
}

/// A map without the entry at a path.
fn without<'a>(value: &Value<'a>, path: FieldPath<'_>) -> Value<'a> {
    let (first, rest) = path.split_first();
    let mut entries = Vec::new();
    value.entries(|key, _, entry| match rest {
        _ if key != first => entries.push((key.to_owned(), entry.clone())),
        Some(rest) => entries.push((key.to_owned(), without(entry, rest))),
        None => {}
    });
    Value::Map(value.node(), Rc::new(entries))
}

/// The migrations that apply, and which of their parts; the error is two that both decide.
fn applicable_parts<'m>(
    migrations: &'m Migrations,
    system: &str,
    context: &mut EvalContext<'_, '_>,
) -> Result<ApplicableParts<'m>, (&'m Migration, &'m Migration)> {
    let mut parts = ApplicableParts::default();
    for migration in &migrations.all {
        if !migration.from.iter().any(|from| from == system) || !holds(migration.when.as_ref(), context) {
            continue;
        }
        match (migration.outcome, parts.deciding) {
            (None, _) => parts.adding.push(migration),
            (Some(_), None) => parts.deciding = Some(migration),
            (Some(_), Some(first)) => return Err((first, migration)),
        }
    }
    if parts.deciding.and_then(|deciding| deciding.outcome) != Some(ShopOutcome::Migrate) {
        parts.adding.clear();
    }
    let adding: Vec<&str> = parts.adding.iter().map(|migration| migration.id.as_str()).collect();
    parts.adding.retain(|migration| migration.unless.iter().all(|other| !adding.contains(&other.as_str())));
    for migration in parts.deciding.into_iter().chain(parts.adding.iter().copied()) {
        parts.fields.extend(migration.fields.iter().filter(|change| holds(change.when.as_ref(), context)));
        parts.effects.extend(migration.effects.iter().filter(|effect| holds(effect.when.as_ref(), context)));
        parts.tasks.extend(migration.tasks.iter().filter(|task| holds(task.when.as_ref(), context)));
        for deadline in &migration.deadlines {
            let day = match &deadline.last_day {
                LastDay::Day(day) => Some(*day),
                LastDay::Field(path) => context.field(path).and_then(|value| value.date()),
            };
            if let Some(day) = day.filter(|_| holds(deadline.when.as_ref(), context)) {
                parts.deadlines.push((deadline, day));
            }
        }
    }
    Ok(parts)
}

/// Whether a condition holds of the record; an absent one does.
pub(crate) fn holds(when: Option<&CompiledCheck>, context: &mut EvalContext<'_, '_>) -> bool {
    when.is_none_or(|when| context.holds(when))
}

/// The value that a field gets. `None`: it is left alone, because the value is missing or the planner assigns it as a
/// name; `Some(None)`: the entry goes.
pub(crate) fn new_value(change: &FieldChange, context: &EvalContext<'_, '_>, day: NaiveDate) -> Option<Option<String>> {
    match &change.value {
        NewValue::Of(operand) => Some(Some(context.operand_text(operand)?)),
        NewValue::Removed => Some(None),
        NewValue::Cutover => Some(Some(day.to_string())),
        NewValue::Name => None,
    }
}

/// The text of a field.
pub(crate) fn text_at(record: &Record<'_>, kinds: &Kinds, path: &str) -> Option<String> {
    let (slot, _) = kinds.get(record.kind_index).field(path)?;
    record.slot(slot)?.text().map(std::borrow::Cow::into_owned)
}

/// The number of a field.
pub(crate) fn number_at(record: &Record<'_>, kinds: &Kinds, path: &str) -> Option<Decimal> {
    let (slot, _) = kinds.get(record.kind_index).field(path)?;
    record.slot(slot)?.number()
}

fn scaled(record: &Record<'_>, kinds: &Kinds, path: &str, scale: i64) -> i64 {
    number_at(record, kinds, path)
        .and_then(|number| number.checked_mul(scale.into())?.round().to_i64())
        .unwrap_or_default()
}
