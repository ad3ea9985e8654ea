//! Reading a fleet: every shop with what becomes of it, as far as one shop alone decides that.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;
use crossbeam_channel::bounded;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::money;
use super::names::{NameChoices, TradeNames, folded};
use super::target::{CutoverRules, LimitShare, change};
use crate::compile::{FieldChange, LastDay, LimitPolicy, Migration, Migrations, NewValue};
use crate::error::PlanningError;
use crate::plan::{Deposit, ShopOutcome};
use dianjian_base::FieldPath;
use dianjian_base::lang::{Lang, Localized, Text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Encoded, Input, SourceFile};
use dianjian_document::tree::{self, Format, Tree};
use dianjian_rules::Pack;
use dianjian_rules::check::Check;
use dianjian_rules::eval::{Context, Scans};
use dianjian_rules::record::{Homes, KindIndex, Mapping, Nothing, Reader, Record, Seen, Value, foreign};

/// A file of the fleet, read whole.
#[derive(Debug)]
pub struct FleetFile {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its text: the very bytes of the file, but for tables in another encoding.
    pub source: Arc<SourceFile>,
    /// The text with its bytes, of a table that is not in UTF-8.
    pub encoded: Option<Encoded>,
    /// Of a workbook, the bytes of the whole file.
    pub book: Option<Arc<Vec<u8>>>,
    /// How it is read.
    pub format: Format,
    /// Where it was found.
    pub input: Input,
}

/// A shop and what becomes of it.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Its file's number.
    pub file: usize,
    /// Its line, from 1.
    pub line: u64,
    /// Its bytes in the file.
    pub bytes: Range<u64>,
    /// Its own id.
    pub id: Option<String>,
    /// Names it in the plan; set once all shops are known.
    pub key: String,
    /// The migration that decides, in [`Migrations::ways`].
    pub way: Option<usize>,
    /// Those that add to it.
    pub also: Vec<usize>,
    /// What is done.
    pub outcome: ShopOutcome,
    /// The system that it is in.
    pub from: String,
    /// The system that it will be in.
    pub to: String,
    /// Its name.
    pub name: String,
    /// What rules on names and limits read of what it becomes, as JSON.
    pub gist: String,
    /// Its names, where they were needed so far.
    pub names: NameChoices,
    /// Is the old name legal for what it becomes?
    pub keeps_name: bool,
    /// The limit beyond which it is and that takes something from it, in [`Migrations::limits`].
    pub beyond: Option<usize>,
    /// Words that its name may not carry.
    pub avoid: Option<LostBrand>,
    /// Its parts in limits, as what it becomes.
    pub parts: Vec<LimitShare>,
    /// Field changes that apply: migration and number.
    pub fields: Vec<(usize, usize)>,
    /// Effects that it has: migration and number.
    pub effects: Vec<(usize, usize)>,
    /// Tasks that it needs: migration and number.
    pub tasks: Vec<(usize, usize)>,
    /// Deadlines: migration, number, last day.
    pub deadlines: Vec<(usize, usize, NaiveDate)>,
    /// Values of the fields that tasks ask for.
    pub task_values: Vec<Option<String>>,
    /// Its licence's code.
    pub licence: String,
    /// Its deposit.
    pub deposit: Deposit,
    /// Its sales, in fen.
    pub gmv: i64,
    /// Its score, times 1000.
    pub score: i64,
}

/// Words that a name may not carry, as a shop moves without their brand.
#[derive(Debug, Clone)]
pub struct LostBrand {
    /// The words, folded.
    pub words: Vec<String>,
    /// The number of the rule for which the brand went.
    pub rule: usize,
}

/// A whole fleet.
#[derive(Debug, Default)]
pub struct Fleet {
    /// Shops in the order of files and places.
    pub shops: Vec<Shop>,
    /// Pieces of files that are read at a time, with the shops in them.
    pub units: Vec<(FleetChunk, Range<usize>)>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Records of all kinds.
    pub records: usize,
}

impl FleetFile {
    /// The name of the sheet that it is, if it is one of a workbook.
    #[must_use]
    pub fn sheet(&self) -> Option<String> {
        Some(self.source.table()?.rows.as_ref()?.sheet.to_string())
    }
}

/// A piece of a file: whole documents, or whole lines.
#[derive(Debug, Clone)]
pub struct FleetChunk {
    /// The file's number.
    pub file: usize,
    /// Its bytes.
    pub bytes: Range<usize>,
    /// Lines before it.
    pub line: u64,
}

/// Bytes of a line-delimited file that are read at a time.
const UNIT_BYTES: usize = 1 << 20;

/// Cuts files into pieces.
#[must_use]
pub fn units(files: &[FleetFile]) -> Vec<FleetChunk> {
    let mut units = Vec::new();
    for (file, of) in files.iter().enumerate() {
        let text = of.source.text();
        if of.format != Format::NdJson {
            units.push(FleetChunk { file, bytes: 0..text.len(), line: 0 });
            continue;
        }
        let (mut start, mut line) = (0, 0);
        while start < text.len() {
            let near = (start + UNIT_BYTES).min(text.len());
            let end = memchr::memchr(b'\n', &text.as_bytes()[near..]).map_or(text.len(), |at| near + at + 1);
            units.push(FleetChunk { file, bytes: start..end, line });
            line += memchr::memchr_iter(b'\n', &text.as_bytes()[start..end]).count() as u64;
            start = end;
        }
    }
    units
}

impl FleetChunk {
    /// Its text, with its place in the file.
    #[must_use]
    pub fn source(&self, files: &[FleetFile]) -> Option<(Arc<SourceFile>, Format)> {
        let file = files.get(self.file)?;
        let text = file.source.text();
        if self.bytes.len() == text.len() {
            return Some((Arc::clone(&file.source), file.format));
        }
        let piece = text.get(self.bytes.clone())?;
        let source = SourceFile::chunk(file.source.name(), piece, self.bytes.start as u64, self.line);
        let source = match file.source.path() {
            Some(path) => source.with_path(path),
            None => source,
        };
        Some((Arc::new(source), file.format))
    }
}

/// Does work on many items at a time and gives the results in the items' order.
pub fn in_order<I: Sync, T: Send>(
    items: &[I],
    threads: usize,
    work: &(dyn Fn(&mut Tree, &I) -> T + Sync),
    sink: &mut dyn FnMut(usize, T),
) {
    let threads = match threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    };
    let next = &std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (done_in, done_out) = bounded::<(usize, T)>(threads * 2);
        for _ in 0..threads.min(items.len()) {
            let done = done_in.clone();
            scope.spawn(move || {
                let mut tree = Tree::new();
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    if done.send((at, work(&mut tree, item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done_in);
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        for (at, result) in done_out {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&expected) {
                sink(expected, result);
                expected += 1;
            }
        }
    });
}

/// What reading needs.
#[derive(Debug)]
pub struct FleetReader<'s, 'p> {
    /// The migrations of the day.
    pub migrations: &'s Migrations,
    /// The rules of the cut-over.
    pub targets: &'s CutoverRules<'p>,
    /// What is no trade name.
    pub fillers: &'s TradeNames,
    /// Deposits by category.
    pub deposits: &'s money::Deposits,
    /// What folders say of the shops whose exports lie in them.
    pub homes: &'s Homes,
}

/// What a piece of a file holds.
#[derive(Debug, Default)]
struct ChunkShops {
    shops: Vec<Shop>,
    problems: Vec<Problem>,
    errors: Vec<PlanningError>,
    records: usize,
}

impl FleetReader<'_, '_> {
    /// Reads a fleet.
    ///
    /// # Errors
    /// Two migrations want one shop.
    pub fn read(
        &self,
        files: &[FleetFile],
        threads: usize,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Fleet, PlanningError> {
        let units = units(files);
        let mut fleet = Fleet::default();
        let mut error = None;
        let work = |tree: &mut Tree, unit: &FleetChunk| {
            let seen = self.unit(files, unit, tree);
            progress(unit.bytes.len() as u64);
            seen
        };
        in_order(&units, threads, &work, &mut |at, seen: ChunkShops| {
            let from = fleet.shops.len();
            fleet.shops.extend(seen.shops);
            fleet.problems.extend(seen.problems);
            fleet.records += seen.records;
            error = error.take().or(seen.errors.into_iter().next());
            fleet.units.extend(units.get(at).map(|unit| (unit.clone(), from..fleet.shops.len())));
        });
        error.map_or(Ok(fleet), Err)
    }

    fn unit(&self, files: &[FleetFile], unit: &FleetChunk, tree: &mut Tree) -> ChunkShops {
        let mut seen = ChunkShops::default();
        let Some((source, format)) = unit.source(files) else { return seen };
        let explicit = files.get(unit.file).is_some_and(|file| file.input.explicit);
        let pack = self.targets.pack;
        let reader = reader(pack, self.homes);
        // Names are tried while the document is open, so they need a tree of their own.
        let mut scratch = Tree::new();
        let errors = tree::parse(&source, format, &dianjian_document::source::Limits::default(), tree, &mut |root| {
            reader.read(&source, root, &mut |what| match what {
                Seen::Record(record, outer) => {
                    seen.records += 1;
                    if outer.is_none() && record.kind_index == self.migrations.shop && !record.partial {
                        match self.shop(unit.file, &source, record, &mut scratch) {
                            Ok(shop) => seen.shops.push(shop),
                            Err(error) => seen.errors.push(error),
                        }
                    }
                }
                Seen::Refused(node, text) => seen.problems.push(Problem::told(&source, node.head_span(), text, None)),
                Seen::Foreign(node) if explicit => {
                    seen.problems.push(foreign(&source, node, &pack.kinds));
                }
                Seen::Noticed(_) | Seen::Foreign(_) | Seen::Idle | Seen::Beside(_) => {}
            });
        });
        seen.problems.extend(errors.iter().map(|error| Problem::at(&source, error.span, error)));
        seen
    }

    fn shop(
        &self,
        file: usize,
        source: &Arc<SourceFile>,
        record: &Record<'_>,
        scratch: &mut Tree,
    ) -> Result<Shop, PlanningError> {
        let migrations = self.migrations;
        let targets = self.targets;
        let kinds = &targets.pack.kinds;
        let mut context = Context {
            rules: &migrations.rules,
            kinds,
            record,
            outer: None,
            as_of: targets.day,
            assets: &Nothing,
            scans: Scans::default(),
        };
        let text = |path: &str| text_at(record, kinds, path).unwrap_or_default();
        let span = record.node.span();
        let from = text("system");
        let line = source.cell(span.start).map_or_else(|| source.position(span.start).line, |cell| cell.row.into());
        let (way, also) = ways(migrations, &from, &mut context).map_err(|(first, second)| PlanningError::TwoWays {
            file: source.name().to_owned(),
            line,
            first,
            second,
        })?;
        let decided = way.and_then(|way| migrations.ways.get(way));
        let outcome = decided.and_then(|way| way.outcome).unwrap_or(ShopOutcome::Stays);
        let to = decided.and_then(|way| way.to.clone()).unwrap_or_else(|| from.clone());
        let mut shop = Shop {
            file,
            line,
            bytes: source.base_offset() + u64::from(span.start)..source.base_offset() + u64::from(span.end),
            id: record.id(kinds.get(record.kind_index)).filter(|id| !id.trim().is_empty()),
            key: String::new(),
            way,
            also,
            outcome,
            from,
            to,
            name: text("name"),
            gist: String::new(),
            names: NameChoices::default(),
            keeps_name: true,
            beyond: None,
            avoid: None,
            parts: Vec::new(),
            fields: Vec::new(),
            effects: Vec::new(),
            tasks: Vec::new(),
            deadlines: Vec::new(),
            task_values: Vec::new(),
            licence: text("subject.licence").trim().to_ascii_uppercase(),
            deposit: Deposit::default(),
            gmv: amount(record, kinds, "gmv", 100),
            score: amount(record, kinds, "score", 1000),
        };
        self.parts_of_ways(&mut shop, &mut context);
        let mut gist = targets.gist(record);
        for (way, at) in &shop.fields {
            let Some(become_) = migrations.ways.get(*way).and_then(|way| way.fields.get(*at)) else { continue };
            if targets.reads(&become_.field)
                && let Some(value) = value_of(become_, &context, targets.day)
            {
                change(&mut gist, &become_.field, value.as_deref());
            }
        }
        shop.gist = serde_json::Value::Object(gist).to_string();
        shop.deposit = self.deposits.of(record, kinds, &shop);
        shop.task_values = migrations
            .task_fields
            .iter()
            .map(|(_, path)| Some(context.field(path)?.text()?.trim().to_owned()).filter(|text| !text.is_empty()))
            .collect();
        shop.parts = targets.trying(&shop.gist, scratch, |trial| trial.parts(&shop.name)).unwrap_or_default();
        Ok(shop)
    }

    /// Reads shops again as if they had not what a limit takes from those beyond it: by shop, the limit's number.
    ///
    /// # Errors
    /// Two migrations want one shop.
    pub fn without(
        &self,
        files: &[FleetFile],
        fleet: &mut Fleet,
        beyond: &BTreeMap<usize, usize>,
        threads: usize,
    ) -> Result<(), PlanningError> {
        let concerned = |(_, shops): &&(FleetChunk, Range<usize>)| beyond.range(shops.clone()).next().is_some();
        let units: Vec<&(FleetChunk, Range<usize>)> = fleet.units.iter().filter(concerned).collect();
        let work = |tree: &mut Tree, (unit, shops): &&(FleetChunk, Range<usize>)| {
            let (mut again, mut scratch) = (Vec::new(), Tree::new());
            let mut at = shops.start;
            let reader = reader(self.targets.pack, self.homes);
            each_shop(&reader, self.migrations.shop, (files, unit), tree, &mut |source, record, _| {
                if let Some((limit, act)) =
                    beyond.get(&at).and_then(|act| Some((*act, self.migrations.limits.get(*act)?)))
                {
                    let less = act
                        .without
                        .iter()
                        .fold(record.value.clone(), |value, goes| less(&value, FieldPath::new(&goes.field)));
                    let kinds = &self.targets.pack.kinds;
                    let record = Record::resolve(kinds, record.kind_index, less, String::new(), &Nothing, source);
                    again.push((at, limit, self.shop(unit.file, source, &record, &mut scratch)));
                }
                at += 1;
            });
            again
        };
        let mut found = Vec::new();
        in_order(&units, threads, &work, &mut |_, again| found.extend(again));
        for (at, limit, shop) in found {
            let Some(old) = fleet.shops.get_mut(at) else { continue };
            let shop = shop?;
            let number = |act: &LimitPolicy| self.targets.rules.rules.iter().position(|rule| rule.info.id == act.rule);
            let rule = self.migrations.limits.get(limit).and_then(number);
            let avoid = rule.and_then(|rule| self.lost_brand(rule, &old.gist, &shop.gist));
            let key = std::mem::take(&mut old.key);
            *old = Shop { key, beyond: Some(limit), avoid, ..shop };
        }
        Ok(())
    }

    /// The words of a brand that a shop has lost. Where the owner's own trade name carries them, its names may too.
    fn lost_brand(&self, rule: usize, before: &str, after: &str) -> Option<LostBrand> {
        let brand = |gist: &str, key: &str| {
            let gist: serde_json::Value = serde_json::from_str(gist).ok()?;
            let brand = gist.get("brand").filter(|brand| brand.is_object() || key == "name")?;
            brand.get(key).unwrap_or(brand).as_str().map(str::to_owned)
        };
        if brand(after, "name").is_some() {
            return None;
        }
        let words = ["name", "en_name"].iter().filter_map(|key| brand(before, key));
        let words: Vec<String> = words.map(|word| folded(&word)).filter(|word| !word.is_empty()).collect();
        let subject = serde_json::from_str::<serde_json::Value>(before).ok().and_then(|gist| {
            let subject = gist.get("subject")?;
            subject.get("name").unwrap_or(subject).as_str().map(str::to_owned)
        });
        let trade = folded(&self.fillers.trade_name(subject.as_deref().unwrap_or_default()));
        let is_own =
            brand(before, "grant").as_deref() == Some("owner") && words.iter().any(|word| trade.contains(word));
        (!words.is_empty() && !is_own).then_some(LostBrand { words, rule })
    }

    /// Notes which parts of its migrations apply to the shop.
    fn parts_of_ways(&self, shop: &mut Shop, context: &mut Context<'_, '_>) {
        let applies =
            |when: &Option<Check>, context: &mut Context<'_, '_>| when.as_ref().is_none_or(|when| context.holds(when));
        for number in shop.way.into_iter().chain(shop.also.iter().copied()) {
            let Some(way) = self.migrations.ways.get(number) else { continue };
            for (at, field) in way.fields.iter().enumerate() {
                if applies(&field.when, context) {
                    shop.fields.push((number, at));
                }
            }
            for (at, effect) in way.effects.iter().enumerate() {
                if applies(&effect.when, context) {
                    shop.effects.push((number, at));
                }
            }
            for (at, task) in way.tasks.iter().enumerate() {
                if applies(&task.when, context) {
                    shop.tasks.push((number, at));
                }
            }
            for (at, deadline) in way.deadlines.iter().enumerate() {
                let day = match &deadline.last_day {
                    LastDay::Day(day) => Some(*day),
                    LastDay::Field(path) => context.field(path).and_then(|value| value.date()),
                };
                if let Some(day) = day.filter(|_| applies(&deadline.when, context)) {
                    shop.deadlines.push((number, at, day));
                }
            }
        }
    }
}

/// What is called with a shop, the source that it stands in, and the mapping that reads it.
pub type ShopVisitor<'f> = dyn FnMut(&Arc<SourceFile>, &Record<'_>, Option<&Mapping>) + 'f;

/// Reads records as a check does.
#[must_use]
pub fn reader<'r>(pack: &'r Pack, homes: &'r Homes) -> Reader<'r> {
    Reader { homes: Some(homes), ..Reader::new(&pack.kinds, &pack.mappings) }
}

/// Calls `f` with every shop of a piece of a file, in its order, and with the mapping that reads it.
pub fn each_shop(
    reader: &Reader<'_>,
    kind: KindIndex,
    (files, unit): (&[FleetFile], &FleetChunk),
    tree: &mut Tree,
    f: &mut ShopVisitor<'_>,
) {
    let Some((source, format)) = unit.source(files) else { return };
    tree::parse(&source, format, &dianjian_document::source::Limits::default(), tree, &mut |root| {
        reader.documents(root, &mut |document| {
            let mapping = reader.mapping(document);
            reader.read(&source, document, &mut |seen| {
                if let Seen::Record(record, None) = seen
                    && record.kind_index == kind
                    && !record.partial
                {
                    f(&source, record, mapping);
                }
            });
        });
    });
}

/// A map without the entry at a path.
fn less<'a>(value: &Value<'a>, path: FieldPath<'_>) -> Value<'a> {
    let (first, rest) = path.split_first();
    let mut entries = Vec::new();
    value.entries(|key, _, entry| match rest {
        _ if key != first => entries.push((key.to_owned(), entry.clone())),
        Some(rest) => entries.push((key.to_owned(), less(entry, rest))),
        None => {}
    });
    Value::Map(value.node(), Rc::new(entries))
}

/// The migration that decides, and those that add to it.
fn ways(
    migrations: &Migrations,
    from: &str,
    context: &mut Context<'_, '_>,
) -> Result<(Option<usize>, Vec<usize>), (String, String)> {
    let mut deciding: Option<usize> = None;
    let mut also = Vec::new();
    for (number, way) in migrations.ways.iter().enumerate() {
        if !way.from.iter().any(|system| system == from) || !way.when.as_ref().is_none_or(|when| context.holds(when)) {
            continue;
        }
        match (way.outcome, deciding) {
            (None, _) => also.push(number),
            (Some(_), None) => deciding = Some(number),
            (Some(_), Some(first)) => {
                let first = migrations.ways.get(first).map(|way| way.id.clone()).unwrap_or_default();
                return Err((first, way.id.clone()));
            }
        }
    }
    let moves = |way: &Migration| way.outcome == Some(ShopOutcome::Migrate);
    if !deciding.and_then(|way| migrations.ways.get(way)).is_some_and(moves) {
        also.clear();
    }
    Ok((deciding, also))
}

/// The value that a field gets: `None`: it is left alone; `Some(None)`: it goes. Names are left to the planner.
#[must_use]
pub fn value_of(become_: &FieldChange, context: &Context<'_, '_>, day: NaiveDate) -> Option<Option<String>> {
    match &become_.value {
        NewValue::Of(operand) => Some(Some(context.operand_text(operand)?)),
        NewValue::Removed => Some(None),
        NewValue::Cutover => Some(Some(day.to_string())),
        NewValue::Name => None,
    }
}

/// The text of a field.
#[must_use]
pub fn text_at(record: &Record<'_>, kinds: &dianjian_rules::record::Kinds, path: &str) -> Option<String> {
    let (slot, _) = kinds.get(record.kind_index).field(path)?;
    record.slot(slot)?.text().map(std::borrow::Cow::into_owned)
}

/// The number of a field.
#[must_use]
pub fn number_at(record: &Record<'_>, kinds: &dianjian_rules::record::Kinds, path: &str) -> Option<Decimal> {
    let (slot, _) = kinds.get(record.kind_index).field(path)?;
    record.slot(slot)?.number()
}

fn amount(record: &Record<'_>, kinds: &dianjian_rules::record::Kinds, path: &str, scale: i64) -> i64 {
    number_at(record, kinds, path)
        .and_then(|number| number.checked_mul(scale.into())?.round().to_i64())
        .unwrap_or_default()
}

/// A text that is said as a problem.
#[derive(Debug)]
pub(super) struct Said(pub Text);

impl Localized for Said {
    fn text(&self, lang: Lang) -> String {
        self.0.get(lang).to_owned()
    }

    fn help(&self, _lang: Lang) -> Option<String> {
        None
    }
}
