//! The bytes of the moves: every change of a record as edits of its file.

use std::sync::Arc;

use chrono::NaiveDate;

use super::fleet::{FleetFile, Shop, Unit, in_order, text_at, value_of};
use super::target::Targets;
use crate::document::{self, Node, Tree};
use crate::fix::{Edit, FixError, NewScalar, remove_entry, set_value};
use crate::migrate::compile::{Become, Migrations, NewValue, Way};
use crate::migrate::decisions::Decisions;
use crate::migrate::error::PlanError;
use crate::migrate::plan::{Change, Outcome, PlannedEdit};
use crate::record::schema::FieldType;
use crate::record::value::parse_number;
use crate::record::{Kind, Nothing, Reader, Record, Seen, Value};
use crate::rules::eval::{Context, Scans};
use crate::source::{SourceFile, Span};

/// What a shop's record becomes.
#[derive(Debug, Default)]
pub struct ShopChanges {
    /// Its changes, in the order of the file.
    pub changes: Vec<Change>,
    /// Changes without edits: a person has to make them.
    pub by_hand: bool,
}

/// What the edits are made from.
#[derive(Debug)]
pub struct Editor<'e, 'p> {
    /// The migrations.
    pub migrations: &'e Migrations,
    /// The rules of the cut-over.
    pub targets: &'e Targets<'p>,
    /// What was decided.
    pub decisions: &'e Decisions,
    /// The shops.
    pub shops: &'e [Shop],
    /// New names by shop; absent: the shop keeps its own.
    pub names: &'e [Option<String>],
    /// Days by shop.
    pub days: &'e [NaiveDate],
}

impl Editor<'_, '_> {
    /// The changes of all shops.
    #[must_use]
    pub fn changes(
        &self,
        files: &[FleetFile],
        units: &[(Unit, std::ops::Range<usize>)],
        threads: usize,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<ShopChanges> {
        let mut all = Vec::with_capacity(self.shops.len());
        let work = |tree: &mut Tree, (unit, shops): &(Unit, std::ops::Range<usize>)| {
            let changes = self.unit(files, unit, shops.clone(), tree);
            progress(unit.bytes.len() as u64);
            changes
        };
        in_order(units, threads, &work, &mut |_, changes| all.extend(changes));
        all
    }

    fn unit(
        &self,
        files: &[FleetFile],
        unit: &Unit,
        shops: std::ops::Range<usize>,
        tree: &mut Tree,
    ) -> Vec<ShopChanges> {
        let mut all: Vec<ShopChanges> = Vec::with_capacity(shops.len());
        let moves = |at: usize| self.shops.get(at).is_some_and(|shop| shop.outcome == Outcome::Migrate);
        if let Some((source, format)) = unit.source(files).filter(|_| shops.clone().any(moves)) {
            let pack = self.targets.pack;
            let reader =
                Reader { kinds: &pack.kinds, mappings: &pack.mappings, kind: None, scripts: &Nothing, homes: None };
            let limits = crate::source::Limits::default();
            document::parse(&source, format, &limits, tree, &mut |root| {
                reader.read(&source, root, &mut |seen| {
                    let Seen::Record(record, None) = seen else { return };
                    if record.kind_index != self.migrations.shop || record.partial {
                        return;
                    }
                    let at = shops.start + all.len();
                    let changes = if moves(at) { self.shop(at, &source, record) } else { ShopChanges::default() };
                    all.push(changes);
                });
            });
        }
        all.resize_with(shops.len(), ShopChanges::default);
        all
    }

    fn shop(&self, at: usize, source: &Arc<SourceFile>, record: &Record<'_>) -> ShopChanges {
        let mut done = ShopChanges::default();
        let Some(shop) = self.shops.get(at) else { return done };
        let kinds = &self.targets.pack.kinds;
        let kind = kinds.get(record.kind_index);
        let mut context = Context {
            rules: &self.migrations.rules,
            kinds,
            record,
            outer: None,
            as_of: self.targets.day,
            assets: &Nothing,
            scans: Scans::default(),
        };
        let new_name = self.names.get(at).and_then(Option::as_ref).filter(|name| **name != shop.name);
        let day = self.days.get(at).copied().unwrap_or(self.targets.day);
        let mut edits: Vec<(usize, Edit)> = Vec::new();
        for (way, become_) in self.wanted(at, shop, &mut context) {
            if become_.renamed && new_name.is_none() {
                continue;
            }
            let value = match (&become_.value, new_name) {
                (NewValue::Name, Some(name)) => Some(Some(name.clone())),
                (NewValue::Name, None) => None,
                _ => value_of(become_, &context, day),
            };
            let Some(after) = value else { continue };
            let before = text_at(record, kinds, &become_.field);
            if before == after || !has_parent(record, &become_.field) {
                continue;
            }
            let mut reasons = vec![way.id.clone()];
            reasons.extend(become_.rules.iter().cloned());
            match edit(record, kind, &become_.field, after.as_deref()) {
                Ok(edit) => edits.push((done.changes.len(), edit)),
                Err(_) => done.by_hand = true,
            }
            let why = become_.why.as_ref().unwrap_or(&way.title);
            done.changes.push(Change {
                field: become_.field.clone(),
                before,
                after,
                why: Arc::clone(why),
                reasons,
                edits: Vec::new(),
            });
        }
        place(&mut done.changes, edits, source);
        done.changes.shrink_to_fit();
        done
    }

    /// The field changes that apply: the migrations' own and those of what was chosen.
    fn wanted<'s>(&'s self, at: usize, shop: &Shop, context: &mut Context<'_, '_>) -> Vec<(&'s Way, &'s Become)> {
        let way = |number: &usize| self.migrations.ways.get(*number);
        let mut wanted: Vec<(&Way, &Become)> = shop
            .fields
            .iter()
            .filter_map(|(number, at)| way(number).and_then(|way| Some((way, way.fields.get(*at)?))))
            .collect();
        for (number, effect) in &shop.effects {
            let Some(way) = way(number) else { continue };
            let Some(effect) = way.effects.get(*effect) else { continue };
            let option = self.decisions.option(&effect.id, at).and_then(|option| effect.options.get(option));
            for become_ in option.iter().flat_map(|option| &option.fields) {
                if become_.when.as_ref().is_none_or(|when| context.holds(when)) {
                    wanted.push((way, become_));
                }
            }
        }
        wanted
    }
}

/// Is the map that holds the field there?
fn has_parent(record: &Record<'_>, field: &str) -> bool {
    let Some((above, _)) = field.rsplit_once('.') else { return true };
    let mut at = Some(record.value.clone());
    for part in above.split('.') {
        at = at.and_then(|value| value.get(part));
    }
    at.is_some_and(|value| value.is_map())
}

/// The edit of one field.
fn edit(record: &Record<'_>, kind: &Kind, field: &str, after: Option<&str>) -> Result<Edit, FixError> {
    let Value::Node(node) = &record.value else { return Err(FixError::WrongKind) };
    let (parent, key) = match field.rsplit_once('.') {
        None => (*node, field),
        Some((above, key)) => (below(*node, above).ok_or(FixError::NotThere)?, key),
    };
    let Some(after) = after else { return remove_entry(parent, key) };
    let value = match kind.field(field).map(|(_, field)| field.ty) {
        Some(FieldType::Bool) => NewScalar::Bool(after == "true"),
        Some(FieldType::Number | FieldType::Integer | FieldType::Money) => {
            NewScalar::Number(parse_number(after).ok_or(FixError::WrongKind)?)
        }
        // A bare date is a text in every format that is read here, and people write it bare.
        _ => NewScalar::Text(after.to_owned()),
    };
    set_value(parent, key, &value)
}

fn below<'a>(node: Node<'a>, path: &str) -> Option<Node<'a>> {
    path.split('.').try_fold(node, |node, part| node.get(part))
}

/// Puts edits into their changes, and both into the order of the file.
fn place(changes: &mut Vec<Change>, mut edits: Vec<(usize, Edit)>, source: &SourceFile) {
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
        }];
    }
    // Where several entries are added at one place, those of an inner map come before those of the outer one.
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|at| (first[*at], std::cmp::Reverse(changes[*at].field.matches('.').count()), *at));
    let mut taken: Vec<Option<Change>> = std::mem::take(changes).into_iter().map(Some).collect();
    changes.extend(order.into_iter().filter_map(|at| taken.get_mut(at).and_then(Option::take)));
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

/// A file's text after edits, which are given in the order in which they are listed.
///
/// # Errors
/// Edits that overlap or that were made for another text.
pub fn apply<'e>(
    text: &str,
    edits: impl IntoIterator<Item = &'e PlannedEdit>,
    file: &str,
) -> Result<String, PlanError> {
    let broken = || PlanError::Edits { file: file.to_owned() };
    let mut edits: Vec<&PlannedEdit> = edits.into_iter().collect();
    // Stable: insertions at one place keep their order, and come before what is replaced there.
    edits.sort_by_key(|edit| (edit.start, edit.end > edit.start));
    let added: usize = edits.iter().map(|edit| edit.new.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut done = 0;
    for edit in edits {
        let start = usize::try_from(edit.start).map_err(|_| broken())?;
        let end = usize::try_from(edit.end).map_err(|_| broken())?;
        if start < done || text.get(start..end) != Some(edit.old.as_str()) {
            return Err(broken());
        }
        out.push_str(text.get(done..start).ok_or_else(broken)?);
        out.push_str(&edit.new);
        done = end;
    }
    out.push_str(text.get(done..).ok_or_else(broken)?);
    Ok(out)
}
