//! Running a check on a record: PASS, FAIL with its places, or SKIP.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use rustc_hash::FxHashMap;

use super::check::{
    Affix, Bound, Check, CheckKind, Codes, Content, DateBase, DateBound, DateOperand, Leaf, Operand, Path, PathRoot,
    Set, SharesRun, Step, Test, Tiers,
};
use super::contents::UNREAD;
use super::language::FormatSpec;
use super::ruleset::{Rule, Ruleset};
use crate::record::assets::{AssetEntry, Assets, is_address};
use crate::record::schema::FieldType;
use crate::record::value::parse_number;
use crate::record::view::ORIGIN;
use crate::record::{Kinds, Record, Trail, Value};
use dianjian_base::lang::{Localized, Text};
use dianjian_base::message::Arg;
use dianjian_document::source::Span;
use dianjian_media::CodeDisplay;
use dianjian_text::{self as text, Contact, Fold, Hints, Omitted, Tier, Unit, WordHit, safe};

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It has nothing to say: what it speaks of is absent.
    Skip,
}

/// A place in a record.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// The value that is spoken of.
    pub value: Value<'a>,
    /// The bytes of its text; `None`: all of it.
    pub range: Option<Range<usize>>,
    /// The field's path, e.g. `products[2].title`.
    pub path: String,
}

/// One failure.
#[derive(Debug, Clone)]
pub struct Violation<'a> {
    /// Where.
    pub target: Target<'a>,
    /// Which of the rule's messages.
    pub message: usize,
    /// What the placeholders stand for.
    pub args: Vec<(String, Arg)>,
    /// Other places that belong to it.
    pub related: Vec<Target<'a>>,
    /// The code that was seen.
    pub picture: Option<Box<CodeDisplay>>,
}

/// What checks of one record share.
pub struct Context<'c, 'a> {
    /// The rules of the day.
    pub rules: &'c Ruleset,
    /// The kinds.
    pub kinds: &'c Kinds,
    /// The record.
    pub record: &'c Record<'a>,
    /// The record that it lies in.
    pub outer: Option<&'c Record<'a>>,
    /// The day.
    pub as_of: NaiveDate,
    /// Where pictures and videos come from.
    pub assets: &'c dyn Assets,
    /// Scans made so far.
    pub scans: Scans,
}

impl std::fmt::Debug for Context<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("record", &self.record).field("as_of", &self.as_of).finish_non_exhaustive()
    }
}

/// Texts that have been scanned, by plan and place. A text is scanned once for all rules that read it.
#[derive(Debug, Default)]
pub struct Scans {
    words: Vec<(usize, (u32, u32), Vec<WordHit>)>,
    contacts: Vec<((u32, u32), Vec<Contact>)>,
    /// The assets that were looked at, by the place of their entry.
    assets: FxHashMap<u32, (Span, Arc<AssetEntry>)>,
    /// Buffers to use again.
    spare: Vec<Vec<WordHit>>,
}

impl Scans {
    /// Forgets everything but the buffers.
    pub fn clear(&mut self) {
        for (_, _, mut hits) in self.words.drain(..) {
            hits.clear();
            self.spare.push(hits);
        }
        self.contacts.clear();
        self.assets.clear();
    }

    /// The assets that were looked at with the places of their entries, in the order of places.
    #[must_use]
    pub fn assets(&self) -> Vec<(Span, &AssetEntry)> {
        let mut assets: Vec<(Span, &AssetEntry)> =
            self.assets.values().map(|(span, entry)| (*span, entry.as_ref())).collect();
        assets.sort_by_key(|(span, _)| (span.start, span.end));
        assets
    }
}

/// The item of an `each`.
#[derive(Debug, Clone, Copy)]
struct Item<'i, 'a> {
    value: &'i Value<'a>,
    trail: &'i Trail<'i>,
}

/// What a check is run with: where it stands, and whether its failures are wanted.
struct Run<'r, 'a> {
    item: Option<Item<'r, 'a>>,
    message: usize,
    out: Option<&'r mut Vec<Violation<'a>>>,
}

impl<'r, 'a> Run<'r, 'a> {
    fn quiet<'q>(&self) -> Run<'q, 'a>
    where
        'r: 'q,
    {
        Run { item: self.item, message: self.message, out: None }
    }

    fn with_message(&mut self, message: Option<usize>) -> Run<'_, 'a> {
        Run { item: self.item, message: message.unwrap_or(self.message), out: self.out.as_deref_mut() }
    }
}

impl<'c, 'a> Context<'c, 'a> {
    /// Runs a rule's check; failures are appended to `out`.
    pub fn run(&mut self, rule: &Rule, check: &Check, out: &mut Vec<Violation<'a>>) -> Outcome {
        if !self.applies(rule) {
            return Outcome::Skip;
        }
        // Nearly all records pass, and asking is much cheaper than noting what fails and where.
        let outcome = self.check(check, &mut Run { item: None, message: 0, out: None });
        if outcome == Outcome::Fail {
            self.check(check, &mut Run { item: None, message: 0, out: Some(out) });
        }
        outcome
    }

    /// Does the rule apply to the record? `false` of a check, too, that would be skipped.
    pub fn applies(&mut self, rule: &Rule) -> bool {
        rule.may_apply(self.record) && rule.when.as_ref().is_none_or(|when| self.holds(when))
    }

    /// Does a condition hold, a rule's or another that was compiled for the record's kind?
    pub fn holds(&mut self, condition: &Check) -> bool {
        match &condition.kind {
            _ if condition.is_decided => true,
            CheckKind::All(parts) => parts.iter().all(|part| self.holds(part)),
            _ => self.check(condition, &mut Run { item: None, message: 0, out: None }) == Outcome::Pass,
        }
    }

    fn check(&mut self, check: &Check, run: &mut Run<'_, 'a>) -> Outcome {
        let before = run.out.as_ref().map_or(0, |out| out.len());
        let outcome = {
            let mut run = run.with_message(check.message);
            match &check.kind {
                CheckKind::All(parts) => self.all(parts, &mut run),
                CheckKind::Any(parts) => self.any(parts, &mut run),
                CheckKind::Not(inner) => self.not(inner, &mut run),
                CheckKind::Each(list, inner) => self.each(list, inner, &mut run),
                CheckKind::When(condition, inner) => match self.check(condition, &mut run.quiet()) {
                    Outcome::Pass => self.check(inner, &mut run),
                    Outcome::Fail | Outcome::Skip => Outcome::Skip,
                },
                CheckKind::Leaf(leaf) => self.leaf(leaf, &mut run),
            }
        };
        if outcome == Outcome::Fail
            && let Some(point) = &check.point
            && let Some(out) = run.out.as_deref_mut()
        {
            let target = self.target(point, run.item);
            for violation in &mut out[before..] {
                violation.target = target.clone();
            }
        }
        outcome
    }

    fn all(&mut self, parts: &[Check], run: &mut Run<'_, 'a>) -> Outcome {
        let mut outcome = Outcome::Pass;
        for part in parts {
            match self.check(part, run) {
                Outcome::Pass => {}
                Outcome::Fail if run.out.is_none() => return Outcome::Fail,
                Outcome::Fail => outcome = Outcome::Fail,
                Outcome::Skip if outcome == Outcome::Pass => outcome = Outcome::Skip,
                Outcome::Skip => {}
            }
        }
        outcome
    }

    /// When all alternatives fail, the first one's failures are told: one fault, one finding.
    fn any(&mut self, parts: &[Check], run: &mut Run<'_, 'a>) -> Outcome {
        let mut outcome = Outcome::Fail;
        for part in parts {
            match self.check(part, &mut run.quiet()) {
                Outcome::Pass => return Outcome::Pass,
                Outcome::Skip => outcome = Outcome::Skip,
                Outcome::Fail => {}
            }
        }
        if outcome == Outcome::Fail && run.out.is_some() {
            for part in parts {
                self.check(part, run);
                if run.out.as_ref().is_some_and(|out| !out.is_empty()) {
                    break;
                }
            }
        }
        outcome
    }

    fn not(&mut self, inner: &Check, run: &mut Run<'_, 'a>) -> Outcome {
        match self.check(inner, &mut run.quiet()) {
            Outcome::Skip => Outcome::Skip,
            Outcome::Fail => Outcome::Pass,
            Outcome::Pass => {
                let target = match first_place(inner) {
                    Some(path) => self.target(path, run.item),
                    None => self.whole(),
                };
                fail(run, target, Vec::new())
            }
        }
    }

    fn each(&mut self, list: &Path, inner: &Check, run: &mut Run<'_, 'a>) -> Outcome {
        let mut outcome = Outcome::Skip;
        self.visit(list, run.item, &mut |context, value, trail| {
            for (index, value) in value.each().enumerate() {
                let item = Item { value: &value, trail: &Trail::Item(trail, index) };
                outcome = together(outcome, context.item(inner, item, run));
            }
        });
        outcome
    }

    fn item(&mut self, inner: &Check, item: Item<'_, 'a>, run: &mut Run<'_, 'a>) -> Outcome {
        let before = run.out.as_ref().map_or(0, |out| out.len());
        let result =
            self.check(inner, &mut Run { item: Some(item), message: run.message, out: run.out.as_deref_mut() });
        if let Some(out) = run.out.as_deref_mut().filter(|out| out.len() > before) {
            let args = item_args(item.value);
            out[before..].iter_mut().for_each(|violation| violation.args.extend(args.iter().cloned()));
        }
        result
    }

    fn leaf(&mut self, leaf: &Leaf, run: &mut Run<'_, 'a>) -> Outcome {
        let item = run.item;
        if !leaf.at.is_many() {
            let value = self.value(&leaf.at, item);
            if let Some(files) = value.as_ref().filter(|value| value.is_list() && self.is_script(&leaf.at)) {
                return self.each_script(leaf, files, run);
            }
            let Some(out) = run.out.as_deref_mut() else { return self.ask(leaf, value.as_ref(), item) };
            return self.tests(
                leaf,
                value.as_ref(),
                &mut |context| context.path_of(&leaf.at, item),
                run.message,
                out,
                item,
            );
        }
        let mut outcome = Outcome::Skip;
        self.visit(&leaf.at, item, &mut |context, value, trail| {
            let result = match run.out.as_deref_mut() {
                None => context.ask(leaf, Some(value), item),
                Some(out) => context.tests(leaf, Some(value), &mut |_| trail.to_string(), run.message, out, item),
            };
            outcome = together(outcome, result);
        });
        outcome
    }

    /// Is it a field of text files?
    fn is_script(&self, path: &Path) -> bool {
        let of = |record: &Record<'_>| {
            self.kinds.get(record.kind_index).fields.get(usize::from(path.slot?)).map(|field| field.ty)
        };
        let ty = match path.root {
            PathRoot::Record => of(self.record),
            PathRoot::Outer => self.outer.and_then(of),
            PathRoot::Item | PathRoot::Everywhere => None,
        };
        path.steps.is_empty() && ty == Some(FieldType::Script)
    }

    /// A field of several text files is asked for each of them.
    fn each_script(&mut self, leaf: &Leaf, files: &Value<'a>, run: &mut Run<'_, 'a>) -> Outcome {
        let (item, message) = (run.item, run.message);
        let mut outcome = Outcome::Skip;
        for (index, file) in files.each().enumerate() {
            let result = match run.out.as_deref_mut() {
                None => self.ask(leaf, Some(&file), item),
                Some(out) => {
                    let mut path = |context: &Self| format!("{}[{index}]", context.path_of(&leaf.at, item));
                    self.tests(leaf, Some(&file), &mut path, message, out, item)
                }
            };
            outcome = together(outcome, result);
        }
        outcome
    }

    /// The outcome of a leaf's tests alone.
    fn ask(&mut self, leaf: &Leaf, value: Option<&Value<'a>>, item: Option<Item<'_, 'a>>) -> Outcome {
        let mut outcome = Outcome::Pass;
        for test in &leaf.tests {
            match self.test(test, value, item, None) {
                Outcome::Pass => {}
                Outcome::Skip => outcome = Outcome::Skip,
                Outcome::Fail => return Outcome::Fail,
            }
        }
        outcome
    }

    fn tests(
        &mut self,
        leaf: &Leaf,
        value: Option<&Value<'a>>,
        path: &mut dyn FnMut(&Self) -> String,
        message: usize,
        out: &mut Vec<Violation<'a>>,
        item: Option<Item<'_, 'a>>,
    ) -> Outcome {
        let mut outcome = Outcome::Pass;
        for test in &leaf.tests {
            let mut faults = Vec::new();
            match self.test(test, value, item, Some(&mut faults)) {
                Outcome::Pass => {}
                Outcome::Skip if outcome == Outcome::Pass => outcome = Outcome::Skip,
                Outcome::Skip => {}
                Outcome::Fail => {
                    outcome = Outcome::Fail;
                    let place = value.cloned().unwrap_or_else(|| self.stand_in(item));
                    let path = path(self);
                    out.extend(faults.into_iter().map(|fault: Fault| fault.violation(&place, &path, message)));
                }
            }
        }
        outcome
    }

    fn test(
        &mut self,
        test: &Test,
        value: Option<&Value<'a>>,
        item: Option<Item<'_, 'a>>,
        faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let Some(value) = value else {
            return match test {
                Test::Exists(false) => Outcome::Pass,
                Test::Exists(true) => found(faults, Fault::default),
                _ => Outcome::Skip,
            };
        };
        match test {
            Test::Exists(wanted) => holds(value.is_empty() != *wanted, faults, || Fault::of(value)),
            Test::Equal(operand, wanted) => self.equal(value, operand, *wanted, item, faults),
            Test::In(set, wanted) => in_set(value, set, *wanted, faults),
            Test::Range(bound, operand) => self.range(value, *bound, operand, item, faults),
            Test::Length { min, max, unit } => self.length(value, min.as_ref(), max.as_ref(), *unit, item, faults),
            Test::Matches(pattern) => match value.with_text(|text| pattern.is_match(text)) {
                None => Outcome::Skip,
                Some(matches) => holds(matches, faults, || Fault::of(value)),
            },
            Test::Content(content, wanted) => self.content(value, content, *wanted, faults),
            Test::Affix(affix, operand) => self.affix(value, *affix, operand, item, faults),
            Test::SharesRun(spec) => self.shares_run(value, spec, item, faults),
            Test::Date(bounds) => self.dates(value, bounds, item, faults),
            Test::Format(format) => check_format(value, *format, faults),
            Test::Unique => unique(value, faults),
        }
    }

    fn equal(
        &self,
        value: &Value<'a>,
        operand: &Operand,
        wanted: bool,
        item: Option<Item<'_, 'a>>,
        faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let Some(expected) = self.operand(operand, item) else { return Outcome::Skip };
        let Some(same) = value.with_text(|text| text == expected.text) else { return Outcome::Skip };
        let same = same || expected.number().is_some_and(|expected| value.number() == Some(expected));
        holds(same == wanted, faults, || Fault::of(value).with("expected", Arg::Text(expected.text.into_owned())))
    }

    fn range(
        &self,
        value: &Value<'a>,
        bound: Bound,
        operand: &Operand,
        item: Option<Item<'_, 'a>>,
        faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let Some(limit) = self.operand(operand, item).and_then(|operand| operand.number()) else {
            return Outcome::Skip;
        };
        let Some(number) = value.number() else { return Outcome::Skip };
        let right = match bound {
            Bound::Min => number >= limit,
            Bound::Max => number <= limit,
            Bound::Above => number > limit,
            Bound::Below => number < limit,
        };
        holds(right, faults, || {
            Fault::of(value)
                .with("limit", Arg::Number(limit))
                .with("expected", Arg::Number(limit))
                .with("sum", Arg::Number((limit - number).abs()))
        })
    }

    fn length(
        &self,
        value: &Value<'a>,
        min: Option<&Operand>,
        max: Option<&Operand>,
        unit: Option<Unit>,
        item: Option<Item<'_, 'a>>,
        faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let len = if value.is_list() {
            value.len()
        } else {
            match value.with_text(|text| text::len(text, unit.unwrap_or(Unit::Chars))) {
                Some(len) => len,
                None => return Outcome::Skip,
            }
        };
        let len = Decimal::from(len);
        let limit = |operand: Option<&Operand>| operand.and_then(|operand| self.operand(operand, item)?.number());
        let (min, max) = (limit(min), limit(max));
        let broken = min.filter(|min| len < *min).or(max.filter(|max| len > *max));
        if broken.is_none() && min.is_none() && max.is_none() {
            return Outcome::Skip;
        }
        holds(broken.is_none(), faults, || {
            let limit = broken.unwrap_or_default();
            Fault::of(value)
                .with("len", Arg::Number(len))
                .with("count", Arg::Number(len))
                .with("limit", Arg::Number(limit))
                .with("expected", Arg::Number(limit))
        })
    }

    fn content(
        &mut self,
        value: &Value<'a>,
        content: &Content,
        wanted: bool,
        mut faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let mut any = false;
        let mut note = |fault: &dyn Fn() -> Fault| {
            any = true;
            if !wanted && let Some(faults) = faults.as_deref_mut() {
                faults.push(fault());
            }
        };
        let read = match content {
            Content::Words { plan, list, words, tiers } => self.words(value, *plan, |text, hit| {
                if hit.list.0 == *list && counts(*tiers, hit.tier) {
                    let word = words.get(hit.word).cloned().unwrap_or_default();
                    note(&|| Fault::at(text, hit.range.clone()).with("word", Arg::Text(word.clone())));
                }
            }),
            Content::Contacts(kinds, tiers) => self.contacts(value, |text, contact| {
                if kinds.as_ref().is_none_or(|kinds| kinds.contains(&contact.kind)) && counts(*tiers, contact.tier) {
                    note(&|| {
                        Fault::at(text, contact.range.clone())
                            .with("kind", Arg::Localized(contact.kind.title()))
                            .with("word", Arg::Text(contact.value.clone()))
                    });
                }
            }),
            Content::Pattern(pattern) => value.with_text(|text| {
                let found = pattern.regex().map(|regex| regex.find_iter(text));
                for found in found.into_iter().flatten() {
                    note(&|| Fault::at(text, found.range()));
                }
            }),
            Content::Invisible => value.with_text(|text| {
                for (range, character) in text::invisible(text) {
                    note(&|| {
                        Fault::at(text, range.clone())
                            .with("found", Arg::Text(format!("U+{:04X}", u32::from(character))))
                    });
                }
            }),
            Content::LostEncoding => value.with_text(|text| {
                for range in text::lost_encoding(text) {
                    note(&|| Fault::at(text, range.clone()));
                }
            }),
            Content::Codes(codes) => {
                let seen = self.codes(value, codes, |entry, shown| note(&|| Fault::seen(value, entry, shown)));
                // An asset at which nobody could look may show anything: that is no PASS.
                if any { Some(()) } else { seen }
            }
        };
        match read {
            None => Outcome::Skip,
            Some(()) if any == wanted => Outcome::Pass,
            Some(()) if wanted => found(faults, || Fault::of(value)),
            Some(()) => Outcome::Fail,
        }
    }

    /// Calls `f` with every hit of a plan in the text, scanning it if no rule has yet.
    fn words(&mut self, value: &Value<'a>, plan: usize, mut f: impl FnMut(&str, &WordHit)) -> Option<()> {
        let plans = &self.rules.plans;
        let matcher = plans.get(plan)?.matcher()?;
        let place = value.place();
        let scans = &mut self.scans;
        value.with_text(|text| {
            let known = scans.words.iter().position(|(known, at, _)| *known == plan && *at == place);
            let known = known.unwrap_or_else(|| {
                let mut hits = scans.spare.pop().unwrap_or_default();
                matcher.find(text, &mut hits);
                debug_assert!(
                    hits.is_empty() || plans[plan].glance().look(text).meets(Hints::WORDS),
                    "a look overlooks nothing: {text}"
                );
                scans.words.push((plan, place, hits));
                scans.words.len() - 1
            });
            for hit in &scans.words[known].2 {
                f(text, hit);
            }
        })
    }

    fn contacts(&mut self, value: &Value<'a>, mut f: impl FnMut(&str, &Contact)) -> Option<()> {
        let place = value.place();
        let scans = &mut self.scans;
        value.with_text(|text| {
            let known = scans.contacts.iter().position(|(at, _)| *at == place).unwrap_or_else(|| {
                scans.contacts.push((place, text::contacts(text)));
                scans.contacts.len() - 1
            });
            for contact in &scans.contacts[known].1 {
                f(text, contact);
            }
        })
    }

    /// Calls `f` with every code that counts; `None`: not all was looked at.
    fn codes(&mut self, value: &Value<'a>, codes: &Codes, mut f: impl FnMut(&AssetEntry, &CodeDisplay)) -> Option<()> {
        let entry = self.asset(value)?;
        let mut all = Some(());
        for file in &entry.files {
            let Ok(looked) = &file.looked else {
                all = None;
                continue;
            };
            for detection in &looked.detections {
                let content = detection.code.text.as_deref().and_then(|text| codes.contents.classify(text));
                if codes.counts(&detection.code, content.map_or(UNREAD, |(class, _)| class)) {
                    let shown = CodeDisplay {
                        file: file.name.clone(),
                        path: file.path.clone(),
                        scan: Arc::clone(looked),
                        detection: detection.clone(),
                        class: content.map(|(class, _)| class.to_owned()),
                        content: content.map(|(_, title)| title.clone()),
                        certain: codes.is_certain(&detection.code),
                        crop: None,
                    };
                    f(&entry, &shown);
                }
            }
        }
        all
    }

    /// What an entry stands for, looking at it if no rule has yet; `None`: it is empty.
    fn asset(&mut self, value: &Value<'a>) -> Option<Arc<AssetEntry>> {
        let place = value.node().span().start;
        if let Some((_, entry)) = self.scans.assets.get(&place) {
            return Some(Arc::clone(entry));
        }
        let text = value.text().filter(|text| !text.trim().is_empty())?;
        let entry = match is_address(&text) {
            true => AssetEntry::address(&text),
            false => self.assets.look(value.node().source(), &[text.into_owned()]).pop()?,
        };
        self.scans.assets.insert(place, (value.node().use_span(), Arc::clone(&entry)));
        Some(entry)
    }

    /// Looks at all assets of these rules, side by side where there are several.
    pub fn look_ahead<'p>(&mut self, paths: impl Iterator<Item = &'p Path>) {
        let mut entries: Vec<(u32, Span, String)> = Vec::new();
        for path in paths {
            self.visit(path, None, &mut |context, value, _| {
                let place = value.node().span().start;
                let is_new =
                    !context.scans.assets.contains_key(&place) && !entries.iter().any(|(known, ..)| *known == place);
                let is_file = |text: &str| !text.trim().is_empty() && !is_address(text);
                if let Some(text) = value.text().filter(|text| is_new && is_file(text)) {
                    entries.push((place, value.node().use_span(), text.into_owned()));
                }
            });
        }
        if entries.is_empty() {
            return;
        }
        let texts: Vec<String> = entries.iter().map(|(_, _, text)| text.clone()).collect();
        let looked = self.assets.look(self.record.node.source(), &texts);
        for ((place, span, _), entry) in entries.into_iter().zip(looked) {
            self.scans.assets.insert(place, (span, entry));
        }
    }

    /// Was the record read through a mapping, so that it is an export rather than a file of the tool's own?
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        let whole = &self.outer.unwrap_or(self.record).value;
        !matches!(whole, Value::Node(_)) || whole.get(ORIGIN).is_some()
    }

    fn affix(
        &self,
        value: &Value<'a>,
        affix: Affix,
        operand: &Operand,
        item: Option<Item<'_, 'a>>,
        faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let (Some(expected), Some(text)) = (self.operand(operand, item), value.text()) else { return Outcome::Skip };
        let (text, part) = (text::fold(&text, Fold::Name), text::fold(&expected.text, Fold::Name));
        if part.as_str().is_empty() {
            return Outcome::Skip;
        }
        let right = match affix {
            Affix::Start => text.as_str().starts_with(part.as_str()),
            Affix::End => text.as_str().ends_with(part.as_str()),
            Affix::Inside => text.as_str().contains(part.as_str()),
        };
        holds(right, faults, || Fault::of(value).with("expected", Arg::Text(expected.text.clone().into_owned())))
    }

    fn shares_run(
        &self,
        value: &Value<'a>,
        spec: &SharesRun,
        item: Option<Item<'_, 'a>>,
        faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let (Some(text), Some(other)) = (value.text(), self.value(&spec.with, item).and_then(|other| other.text()))
        else {
            return Outcome::Skip;
        };
        let Some(min) = self.operand(&spec.min, item).and_then(|min| usize::try_from(min.number()?.mantissa()).ok())
        else {
            return Outcome::Skip;
        };
        let folded = text::fold(&text, Fold::Name);
        let skipped = spec
            .after
            .as_ref()
            .and_then(|path| self.value(path, item)?.text())
            .map(|prefix| text::fold(&prefix, Fold::Name).as_str().to_owned());
        let rest =
            skipped.as_deref().and_then(|prefix| folded.as_str().strip_prefix(prefix)).unwrap_or(folded.as_str());
        let other = spec.ignore.marked(text::fold(&other, Fold::Name).as_str());
        let shared = if spec.lead { leading_run(rest, &other) } else { longest_run(rest, &other) };
        let fault = || {
            Fault::of(value)
                .with("expected", Arg::Text(other.replace(Omitted::MARK, "")))
                .with("limit", Arg::Number(min.into()))
        };
        holds(shared >= min, faults, fault)
    }

    fn dates(
        &self,
        value: &Value<'a>,
        bounds: &[(DateBound, DateOperand)],
        item: Option<Item<'_, 'a>>,
        mut faults: Option<&mut Vec<Fault>>,
    ) -> Outcome {
        let Some(date) = value.date() else { return Outcome::Skip };
        let mut outcome = Outcome::Pass;
        for (bound, operand) in bounds {
            let Some(other) = self.date_operand(operand, item) else {
                outcome = if outcome == Outcome::Fail { outcome } else { Outcome::Skip };
                continue;
            };
            let right = match bound {
                DateBound::After => date > other,
                DateBound::OnOrAfter => date >= other,
                DateBound::Before => date < other,
                DateBound::OnOrBefore => date <= other,
            };
            let days = date.signed_duration_since(self.as_of).num_days();
            let fault = || {
                Fault::of(value)
                    .with("expected", Arg::Date(other))
                    .with("days", Arg::Number(days.abs().into()))
                    .with("limit", Arg::Date(other))
            };
            if holds(right, faults.as_deref_mut(), fault) == Outcome::Fail {
                outcome = Outcome::Fail;
            }
        }
        outcome
    }

    fn date_operand(&self, operand: &DateOperand, item: Option<Item<'_, 'a>>) -> Option<NaiveDate> {
        let base = match &operand.base {
            DateBase::AsOf => self.as_of,
            DateBase::Day(day) => *day,
            DateBase::Field(path) => self.value(path, item)?.date()?,
        };
        base.checked_add_signed(chrono::TimeDelta::try_days(operand.plus_days)?)
    }

    /// The value of an operand; `None` where it is absent.
    fn operand<'o>(&self, operand: &'o Operand, item: Option<Item<'_, 'a>>) -> Option<Resolved<'o>>
    where
        'a: 'o,
    {
        match operand {
            Operand::Constant(constant) => {
                Some(Resolved { text: Cow::Borrowed(&constant.text), number: Number::Known(constant.number) })
            }
            Operand::Field(path) => {
                let value = self.value(path, item)?;
                Some(Resolved { text: value.text()?, number: Number::Of(value) })
            }
            Operand::Lookup(lookup) => {
                let ((column, first), others) = lookup.keys.split_first()?;
                let first = self.operand(first, item)?.text;
                let others = others.iter().map(|(column, key)| Some((*column, self.operand(key, item)?.text)));
                let cell = lookup.rows.look_up((*column, &first), others, lookup.take)?;
                Some(Resolved { text: Cow::Borrowed(cell), number: Number::AsWritten })
            }
        }
    }

    /// An operand outside any item, as text.
    #[must_use]
    pub fn operand_text(&self, operand: &Operand) -> Option<String> {
        Some(self.operand(operand, None)?.text.into_owned())
    }

    /// A group's bound or another operand outside any item, as a number.
    #[must_use]
    pub fn number(&self, operand: &Operand) -> Option<Decimal> {
        self.operand(operand, None)?.number()
    }

    /// The value at a path that stands for one place.
    fn value(&self, path: &Path, item: Option<Item<'_, 'a>>) -> Option<Value<'a>> {
        let mut value = match path.root {
            PathRoot::Item => item?.value.clone(),
            PathRoot::Record => self.record.slot(path.slot?)?.clone(),
            PathRoot::Outer => self.outer?.slot(path.slot?)?.clone(),
            PathRoot::Everywhere => return None,
        };
        for step in &path.steps {
            match step {
                Step::Key(name) => value = value.get(name)?,
                Step::Each => return None,
            }
        }
        Some(value)
    }

    /// The value of a path in the record, for keys and messages.
    #[must_use]
    pub fn field(&self, path: &Path) -> Option<Value<'a>> {
        self.value(path, None)
    }

    /// The value of a path in the record with the path as reports write it.
    #[must_use]
    pub fn place(&self, path: &Path) -> Option<(Value<'a>, String)> {
        Some((self.value(path, None)?, self.path_of(path, None)))
    }

    /// Calls `f` with every value that a path stands for.
    fn visit(&mut self, path: &Path, item: Option<Item<'_, 'a>>, f: &mut dyn FnMut(&mut Self, &Value<'a>, &Trail<'_>)) {
        let record = self.record;
        if path.root == PathRoot::Everywhere {
            let kind = self.kinds.get(record.kind_index);
            return record.each_text(kind, &mut |value, trail| f(self, value, trail));
        }
        let prefix = Trail::Root(&record.prefix);
        let (value, trail) = match (path.root, item) {
            (PathRoot::Item, Some(item)) => (item.value, *item.trail),
            (PathRoot::Outer, _) => {
                match self.outer.zip(path.slot).and_then(|(outer, slot)| Some((outer, outer.slot(slot)?))) {
                    // `products[2]` lies in the outer record, so the outer field stands at its top.
                    Some((outer, value)) => (value, Trail::Root(self.field_path(outer, path))),
                    None => return,
                }
            }
            (PathRoot::Record, _) => match path.slot.and_then(|slot| record.slot(slot)) {
                Some(value) => (value, Trail::Key(&prefix, self.field_path(record, path))),
                None => return,
            },
            (PathRoot::Item, None) | (PathRoot::Everywhere, _) => return,
        };
        self.descend(&path.steps, value, &trail, f);
    }

    fn descend(
        &mut self,
        steps: &[Step],
        value: &Value<'a>,
        trail: &Trail<'_>,
        f: &mut dyn FnMut(&mut Self, &Value<'a>, &Trail<'_>),
    ) {
        match steps.split_first() {
            None => f(self, value, trail),
            Some((Step::Key(name), rest)) => {
                if let Some(value) = value.get(name) {
                    self.descend(rest, &value, &Trail::Key(trail, name), f);
                }
            }
            Some((Step::Each, rest)) => {
                for (index, item) in value.each().enumerate().filter(|(_, item)| !item.is_null()) {
                    self.descend(rest, &item, &Trail::Item(trail, index), f);
                }
            }
        }
    }

    /// The dotted path of a path's slot.
    fn field_path(&self, record: &Record<'_>, path: &Path) -> &'c str {
        let kinds = self.kinds;
        let field = path.slot.and_then(|slot| kinds.get(record.kind_index).fields.get(usize::from(slot)));
        field.map_or("", |field| field.path.as_str())
    }

    /// How a path is written in reports.
    fn path_of(&self, path: &Path, item: Option<Item<'_, 'a>>) -> String {
        let mut text = match (path.root, item) {
            (PathRoot::Item, Some(item)) => item.trail.to_string(),
            (PathRoot::Item, None) | (PathRoot::Everywhere, _) => String::new(),
            (PathRoot::Outer, _) => self.outer.map(|outer| self.field_path(outer, path)).unwrap_or_default().to_owned(),
            (PathRoot::Record, _) => {
                Trail::Key(&Trail::Root(&self.record.prefix), self.field_path(self.record, path)).to_string()
            }
        };
        for step in &path.steps {
            if let Step::Key(name) = step {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
        }
        text
    }

    /// Where a path points, even if nothing is there: then at what names the record.
    fn target(&mut self, path: &Path, item: Option<Item<'_, 'a>>) -> Target<'a> {
        let mut first = None;
        self.visit(path, item, &mut |_, value, trail| {
            first.get_or_insert_with(|| Target { value: value.clone(), range: None, path: trail.to_string() });
        });
        first.unwrap_or_else(|| Target { value: self.stand_in(item), range: None, path: self.path_of(path, item) })
    }

    /// The whole record, pointed at by what names it.
    #[must_use]
    pub fn whole(&self) -> Target<'a> {
        Target { value: self.name(), range: None, path: self.record.prefix.clone() }
    }

    /// What stands for a value that is absent: the nearest map around it that is one line, else the record's name.
    fn stand_in(&self, item: Option<Item<'_, 'a>>) -> Value<'a> {
        item.map_or_else(|| self.name(), |item| item.value.clone())
    }

    fn name(&self) -> Value<'a> {
        let kind = self.kinds.get(self.record.kind_index);
        let by_name = |name: &str| kind.field(name).and_then(|(slot, _)| self.record.slot(slot));
        let named = self.record.slot(kind.id).or_else(|| by_name("name")).or_else(|| by_name("title"));
        named.cloned().unwrap_or_else(|| self.record.value.get("kind").unwrap_or_else(|| self.record.value.clone()))
    }
}

/// An operand's value.
struct Resolved<'o> {
    text: Cow<'o, str>,
    number: Number<'o>,
}

/// An operand's number: most comparisons never ask for it.
enum Number<'o> {
    Known(Option<Decimal>),
    Of(Value<'o>),
    AsWritten,
}

impl Resolved<'_> {
    fn number(&self) -> Option<Decimal> {
        match &self.number {
            Number::Known(number) => *number,
            Number::Of(value) => value.number(),
            Number::AsWritten => parse_number(&self.text),
        }
    }
}

/// The outcome of several places: one failure fails, else one pass passes.
fn together(before: Outcome, next: Outcome) -> Outcome {
    match (before, next) {
        (Outcome::Fail, _) | (_, Outcome::Fail) => Outcome::Fail,
        (Outcome::Pass, _) | (_, Outcome::Pass) => Outcome::Pass,
        (Outcome::Skip, Outcome::Skip) => Outcome::Skip,
    }
}

/// A failure before its place is known.
#[derive(Debug, Default)]
struct Fault {
    range: Option<Range<usize>>,
    args: Vec<(String, Arg)>,
    related: Vec<usize>,
    item: Option<usize>,
    picture: Option<Box<CodeDisplay>>,
}

impl Fault {
    fn of(value: &Value<'_>) -> Self {
        let text = value.with_text(shortened);
        Self {
            args: text
                .into_iter()
                .flat_map(|text| [("value".to_owned(), Arg::Text(text.clone())), ("found".to_owned(), Arg::Text(text))])
                .collect(),
            ..Self::default()
        }
    }

    fn at(text: &str, range: Range<usize>) -> Self {
        let found = text.get(range.clone()).map(shortened).unwrap_or_default();
        let args = vec![("found".to_owned(), Arg::Text(found)), ("value".to_owned(), Arg::Text(shortened(text)))];
        Self { range: Some(range), args, ..Self::default() }
    }

    /// A code that an asset shows.
    fn seen(value: &Value<'_>, entry: &AssetEntry, shown: &CodeDisplay) -> Self {
        let code = &shown.detection.code;
        let text = code.text.as_deref().map(|text| safe::shortened(text, QUOTED)).unwrap_or_default();
        let file = shown.file.rsplit('/').next().unwrap_or_default();
        let place = shown.place();
        let time = shown.time();
        let parts = |place: &str, comma: &str| {
            let parts = [entry.spreads.then_some(file), Some(place), time.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(comma)
        };
        let both = Text { zh: parts(&place.zh, "，"), en: parts(&place.en, ", ") };
        let score = Decimal::from_f32_retain(code.score).unwrap_or_default();
        // Rounded down, so that what is below a threshold does not look as if it had reached it.
        let score = score.round_dp_with_strategy(2, RoundingStrategy::ToZero);
        Self { picture: Some(Box::new(shown.clone())), ..Self::of(value) }
            .with("found", Arg::Text(text))
            .with("kind", Arg::Localized(code.kind.title()))
            .with("content", Arg::Localized(shown.content.clone().unwrap_or_default()))
            .with("place", Arg::Localized(place))
            .with("time", Arg::Text(time.clone().unwrap_or_default()))
            .with("file", Arg::Text(shown.file.clone()))
            .with("where", Arg::Localized(both))
            .with("score", Arg::Number(score))
    }

    fn with(mut self, name: &str, arg: Arg) -> Self {
        self.args.retain(|(known, _)| known != name);
        self.args.push((name.to_owned(), arg));
        self
    }

    fn violation<'a>(self, value: &Value<'a>, path: &str, message: usize) -> Violation<'a> {
        let items = if self.item.is_some() { value.items() } else { Vec::new() };
        let place = |index: usize| {
            items.get(index).map(|item| Target { value: item.clone(), range: None, path: format!("{path}[{index}]") })
        };
        let whole = || Target { value: value.clone(), range: self.range.clone(), path: path.to_owned() };
        Violation {
            target: self.item.and_then(place).unwrap_or_else(whole),
            message,
            related: self.related.iter().filter_map(|index| place(*index)).collect(),
            args: self.args,
            picture: self.picture,
        }
    }
}

/// Messages quote at most this many characters of a value.
const QUOTED: usize = 60;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// An item's own fields, for messages.
fn item_args(item: &Value<'_>) -> Vec<(String, Arg)> {
    let mut args = Vec::new();
    item.entries(|name, _, value| {
        if let Some(text) = value.with_text(shortened) {
            args.push((format!("item.{name}"), Arg::Text(text)));
        }
    });
    args
}

fn holds(right: bool, faults: Option<&mut Vec<Fault>>, fault: impl FnOnce() -> Fault) -> Outcome {
    if right { Outcome::Pass } else { found(faults, fault) }
}

fn found(faults: Option<&mut Vec<Fault>>, fault: impl FnOnce() -> Fault) -> Outcome {
    if let Some(faults) = faults {
        faults.push(fault());
    }
    Outcome::Fail
}

fn fail<'a>(run: &mut Run<'_, 'a>, target: Target<'a>, related: Vec<Target<'a>>) -> Outcome {
    if let Some(out) = run.out.as_deref_mut() {
        let args = Fault::of(&target.value).args;
        out.push(Violation { target, message: run.message, args, related, picture: None });
    }
    Outcome::Fail
}

fn in_set(value: &Value<'_>, set: &Set, wanted: bool, faults: Option<&mut Vec<Fault>>) -> Outcome {
    let Some(known) = value.with_text(|text| set.members.contains(text)) else { return Outcome::Skip };
    holds(known == wanted, faults, || Fault::of(value).with("expected", Arg::List(set.shown.clone())))
}

fn counts(tiers: Tiers, tier: Tier) -> bool {
    if tier == Tier::Exact { tiers.exact } else { tiers.evasion }
}

fn check_format(value: &Value<'_>, format: FormatSpec, faults: Option<&mut Vec<Fault>>) -> Outcome {
    let Some(text) = value.text() else { return Outcome::Skip };
    let text = text.trim();
    match format {
        FormatSpec::LicenceCode => match text::licence_code(text) {
            Ok(_) => Outcome::Pass,
            Err(error) => found(faults, || Fault::of(value).with("reason", Arg::Localized(error.both()))),
        },
        FormatSpec::Url => {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let right = rest
                .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace));
            holds(right, faults, || Fault::of(value))
        }
        FormatSpec::Date => holds(value.date().is_some(), faults, || Fault::of(value)),
    }
}

fn unique(value: &Value<'_>, mut faults: Option<&mut Vec<Fault>>) -> Outcome {
    if !value.is_list() {
        return Outcome::Skip;
    }
    if value.len() < 2 {
        return Outcome::Pass;
    }
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    let mut outcome = Outcome::Pass;
    for (index, item) in value.items().iter().enumerate() {
        let Some(text) = item.text() else { continue };
        let Some(first) = seen.get(text.as_ref()).copied() else {
            seen.insert(text.into_owned(), index);
            continue;
        };
        outcome = found(faults.as_deref_mut(), || Fault { item: Some(index), related: vec![first], ..Fault::of(item) });
    }
    outcome
}

/// The field that a check's finding points at when it has no better place.
fn first_place(check: &Check) -> Option<&Path> {
    match &check.kind {
        CheckKind::Leaf(leaf) => Some(&leaf.at),
        CheckKind::Each(list, _) => Some(list),
        CheckKind::Not(inner) | CheckKind::When(_, inner) => first_place(inner),
        CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().find_map(first_place),
    }
}

/// Length in characters of the longest beginning of `left`, blanks and dots aside, that stands in `right`.
fn leading_run(left: &str, right: &str) -> usize {
    let left = left.trim_start_matches(|character: char| !character.is_alphanumeric());
    let ends = left.char_indices().map(|(at, character)| at + character.len_utf8());
    ends.take_while(|end| left.get(..*end).is_some_and(|start| right.contains(start))).count()
}

/// Length in characters of the longest run that two texts share. Names are short: longer texts are cut.
fn longest_run(left: &str, right: &str) -> usize {
    const CUT: usize = 200;
    let right: Vec<char> = right.chars().take(CUT).collect();
    let mut row = vec![0_usize; right.len() + 1];
    let mut best = 0;
    for character in left.chars().take(CUT) {
        for at in (0..right.len()).rev() {
            row[at + 1] = if right[at] == character { row[at] + 1 } else { 0 };
            best = best.max(row[at + 1]);
        }
    }
    best
}
