//! The rules of the cut-over on what shops become: names before they are given, limits over the fleet.
//!
//! What rules on names and limits read of a shop is little; it is kept as one JSON text, in which any name can be
//! tried, and in which names are tried by the very rules that check files.

use dianjian_base::FieldPath;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value as Json};

use dianjian_document::source::{Limits, SourceFile};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_engine::{Keys, Policy, contribution};
use dianjian_rules::check::{Body, Check, CheckKind, DateBase, DateOperand, Operand, Path, PathRoot, Test};
use dianjian_rules::eval::{Context, Outcome, Scans};
use dianjian_rules::language::Severity;
use dianjian_rules::record::{KindIndex, Nothing, Record, Value};
use dianjian_rules::{Pack, Ruleset};

/// The field that is tried.
const NAME: &str = "name";

/// Fields that names are made of, whatever the rules read.
const ALWAYS: [&str; 6] = ["system", "subject", "brand", "main_category", "categories", "status"];

/// The rules of the cut-over, as far as they speak of names and of limits over several shops.
pub struct CutoverRules<'p> {
    /// The pack.
    pub pack: &'p Pack,
    /// All rules of the day.
    pub rules: Ruleset,
    /// The day.
    pub day: NaiveDate,
    policy: &'p dyn Policy,
    shop: KindIndex,
    /// Rules on one record that read its name.
    name_rules: Vec<usize>,
    /// Rules that count shops.
    pub count_rules: Vec<usize>,
    /// Top fields that any of these rules read.
    keys: BTreeSet<String>,
}

/// One objection to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameProblem {
    /// The rule's number.
    pub rule: usize,
    /// How bad it is here.
    pub severity: Severity,
    /// The bytes of the name that it is about; absent: all of it.
    pub range: Option<Range<usize>>,
}

/// A shop's part in a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitShare {
    /// The rule's number.
    pub rule: usize,
    /// Stands for what is limited.
    pub key: u64,
    /// How many may be.
    pub limit: u64,
    /// Stands for what the shops of a group must differ in, where the rule says so.
    pub mixed: Option<u64>,
}

impl<'p> CutoverRules<'p> {
    /// The rules of a pack on a day.
    #[must_use]
    pub fn new(pack: &'p Pack, policy: &'p dyn Policy, day: NaiveDate, shop: KindIndex) -> Self {
        let rules = pack.at(day);
        let name = pack.kinds.get(shop).field(NAME).map(|(slot, _)| slot);
        let is_name =
            |path: &Path| path.root == PathRoot::Everywhere || (path.root == PathRoot::Record && path.slot == name);
        let of_shops = |number: &usize| {
            let rule = &rules.rules[*number];
            rule.active && rule.kind.is_none_or(|kind| kind == shop)
        };
        let all = (0..rules.rules.len()).filter(of_shops);
        let name_rules: Vec<usize> = all
            .clone()
            .filter(|number| match &rules.rules[*number].body {
                Body::Check(check) => looks_at(check, &is_name),
                _ => false,
            })
            .collect();
        let count_rules: Vec<usize> = all.filter(|number| counts(pack, &rules, *number)).collect();
        let mut keys: BTreeSet<String> = ALWAYS.into_iter().map(str::to_owned).collect();
        let kind = pack.kinds.get(shop);
        let mut note = |path: &Path| {
            let field =
                path.slot.filter(|_| path.root == PathRoot::Record).and_then(|slot| kind.fields.get(usize::from(slot)));
            keys.extend(field.map(|field| FieldPath::new(&field.path).split_first().0.to_owned()));
        };
        for number in name_rules.iter().chain(&count_rules) {
            let rule = &rules.rules[*number];
            rule.when.iter().for_each(|when| each_path(when, &mut note));
            match &rule.body {
                Body::Check(check) => each_path(check, &mut note),
                Body::Group(group) => {
                    group.members.iter().flat_map(|member| member.by.iter().chain(&member.of)).for_each(&mut note);
                    group.mixed.iter().for_each(&mut note);
                    group.min.iter().chain(&group.max).for_each(|operand| operand_paths(operand, &mut note));
                }
                _ => {}
            }
        }
        keys.remove(NAME);
        Self { pack, rules, day, policy, shop, name_rules, count_rules, keys }
    }

    /// What these rules read of a shop, but for its name.
    #[must_use]
    pub fn gist(&self, record: &Record<'_>) -> Map<String, Json> {
        let value = |key: &String| Some((key.clone(), json(&record.value.get(key)?)));
        self.keys.iter().filter_map(value).collect()
    }

    /// Does any of these rules read the field?
    #[must_use]
    pub fn reads(&self, field: &str) -> bool {
        self.keys.contains(FieldPath::new(field).split_first().0)
    }

    /// Calls `f` with a shop whose names can be tried; nothing is read anew from one name to the next.
    pub fn trying<T>(&self, gist: &str, tree: &mut Tree, f: impl FnOnce(&NameTrial<'_, '_, 'p>) -> T) -> Option<T> {
        let source = SourceFile::new("", gist);
        let (mut f, mut result) = (Some(f), None);
        tree::parse(&source, Format::Json, &Limits::default(), tree, &mut |root| {
            let mut entries = Vec::new();
            Value::Node(root).entries(|key, _, value| entries.push((key.to_owned(), value.clone())));
            let trial = NameTrial { targets: self, source: &source, root, entries };
            result = f.take().map(|f| f(&trial));
        });
        result
    }

    /// What a limit's key is in words: the values of its fields.
    #[must_use]
    pub fn key_text(&self, rule: usize, gist: &str, tree: &mut Tree) -> String {
        let text = self.trying(gist, tree, |trial| {
            trial.with(None, |context| {
                let Some(Body::Group(group)) = self.rules.rules.get(rule).map(|rule| &rule.body) else { return None };
                let member = group.members.iter().find(|member| member.kind == self.shop)?;
                let values: Vec<String> =
                    member.by.iter().filter_map(|path| Some(context.field(path)?.text()?.into_owned())).collect();
                Some(values.join(" · "))
            })
        });
        text.flatten().unwrap_or_default()
    }
}

/// A shop as it will be, whose names are tried.
pub struct NameTrial<'t, 'd, 'p> {
    targets: &'t CutoverRules<'p>,
    source: &'d SourceFile,
    root: Node<'d>,
    entries: Vec<(String, Value<'d>)>,
}

impl NameTrial<'_, '_, '_> {
    /// What the rules object to in a name.
    #[must_use]
    pub fn objections(&self, name: &str) -> Vec<NameProblem> {
        let targets = self.targets;
        self.with(Some(name), |context| {
            let (mut found, mut violations) = (Vec::new(), Vec::new());
            for number in &targets.name_rules {
                let rule = &targets.rules.rules[*number];
                let Body::Check(check) = &rule.body else { continue };
                if context.run(rule, check, &mut violations) == Outcome::Fail
                    && let Some(severity) = targets.policy.severity(&rule.info, "")
                {
                    let about = violations.drain(..).filter(|violation| violation.target.path == NAME);
                    found.extend(about.map(|violation| NameProblem {
                        rule: *number,
                        severity,
                        range: violation.target.range,
                    }));
                }
                violations.clear();
            }
            found
        })
    }

    /// The shop's parts in limits over several shops.
    #[must_use]
    pub fn parts(&self, name: &str) -> Vec<LimitShare> {
        let targets = self.targets;
        self.with(Some(name), |context| {
            let mut parts = Vec::new();
            for number in &targets.count_rules {
                let rule = &targets.rules.rules[*number];
                let Body::Group(group) = &rule.body else { continue };
                let Some(member) = group.members.iter().find(|member| member.kind == targets.shop) else { continue };
                if targets.policy.severity(&rule.info, "").is_none() || !context.applies(rule) {
                    continue;
                }
                parts.extend(contribution(context, *number, group, member, &mut Keys::default()).and_then(|part| {
                    let limit = part.max?.to_u64()?;
                    Some(LimitShare { rule: *number, key: part.key, limit, mixed: part.mixed })
                }));
            }
            parts
        })
    }

    /// The text of a field, trimmed; of a map that may be written short, that of the whole.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let top = self.entries.iter().find(|(key, _)| key == first).map(|(_, value)| value.clone())?;
        let at = rest.iter().try_fold(top, |at, key| at.get(key))?;
        at.text().map(|text| text.trim().to_owned())
    }

    /// The first item of a list.
    #[must_use]
    pub fn first(&self, list: &str) -> Option<Value<'_>> {
        self.entries.iter().find(|(key, _)| key == list)?.1.each().next()
    }

    fn with<T>(&self, name: Option<&str>, f: impl FnOnce(&mut Context<'_, '_>) -> T) -> T {
        let CutoverRules { pack, rules, day, shop, .. } = self.targets;
        let mut entries = self.entries.clone();
        entries.extend(name.map(|name| (NAME.to_owned(), Value::Mapped(self.root, Cow::Owned(name.to_owned())))));
        let value = Value::Map(self.root, Rc::new(entries));
        let record = Record::resolve(&pack.kinds, *shop, value, String::new(), &Nothing, self.source);
        f(&mut Context {
            rules,
            kinds: &pack.kinds,
            record: &record,
            outer: None,
            as_of: *day,
            assets: &Nothing,
            scans: Scans::default(),
        })
    }
}

impl std::fmt::Debug for CutoverRules<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Targets").field("day", &self.day).finish_non_exhaustive()
    }
}

/// Is it a rule with an upper bound on how many shops share a key? Rules that forbid sharing at all are of another sort.
fn counts(pack: &Pack, rules: &Ruleset, number: usize) -> bool {
    let Body::Group(group) = &rules.rules[number].body else { return false };
    let file = pack.rules.get(number).and_then(|rule| rule.file.check.value.group.as_ref());
    group.max.is_some() && file.is_some_and(|file| file.value.count.is_some())
}

/// A value as JSON; scalars are texts, which every field takes.
fn json(value: &Value<'_>) -> Json {
    if value.is_list() {
        return Json::Array(value.each().map(|item| json(&item)).collect());
    }
    if value.is_map() {
        let mut map = Map::new();
        value.entries(|key, _, entry| {
            if !entry.is_null() {
                map.insert(key.to_owned(), json(entry));
            }
        });
        return Json::Object(map);
    }
    value.with_text(|text| Json::String(text.to_owned())).unwrap_or_default()
}

/// Sets or removes a field of a gist; a field whose map is not there is left alone. Says whether it could be done.
pub fn change(gist: &mut Map<String, Json>, field: &str, value: Option<&str>) -> bool {
    let (above, key) = FieldPath::new(field).split_last();
    let mut above = above.into_iter().flat_map(FieldPath::names);
    let Some(map) = above.try_fold(gist, |map, name| map.get_mut(name)?.as_object_mut()) else { return false };
    match value {
        Some(value) => drop(map.insert(key.to_owned(), Json::String(value.to_owned()))),
        None => drop(map.remove(key)),
    }
    true
}

/// Does the check test the place, or point at it?
fn looks_at(check: &Check, is_place: &dyn Fn(&Path) -> bool) -> bool {
    check.point.as_ref().is_some_and(is_place)
        || match &check.kind {
            CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().any(|part| looks_at(part, is_place)),
            CheckKind::Not(inner) | CheckKind::Each(_, inner) | CheckKind::When(_, inner) => looks_at(inner, is_place),
            CheckKind::Leaf(leaf) => is_place(&leaf.at),
        }
}

/// Calls `f` with every path that a check reads.
fn each_path(check: &Check, f: &mut dyn FnMut(&Path)) {
    check.point.iter().for_each(&mut *f);
    match &check.kind {
        CheckKind::All(parts) | CheckKind::Any(parts) => parts.iter().for_each(|part| each_path(part, f)),
        CheckKind::Not(inner) => each_path(inner, f),
        CheckKind::Each(list, inner) => {
            f(list);
            each_path(inner, f);
        }
        CheckKind::When(condition, inner) => {
            each_path(condition, f);
            each_path(inner, f);
        }
        CheckKind::Leaf(leaf) => {
            f(&leaf.at);
            leaf.tests.iter().for_each(|test| test_paths(test, f));
        }
    }
}

fn test_paths(test: &Test, f: &mut dyn FnMut(&Path)) {
    match test {
        Test::Equal(operand, _) | Test::Range(_, operand) | Test::Affix(_, operand) => operand_paths(operand, f),
        Test::Length { min, max, .. } => min.iter().chain(max).for_each(|operand| operand_paths(operand, f)),
        Test::SharesRun(spec) => {
            f(&spec.with);
            spec.after.iter().for_each(&mut *f);
            operand_paths(&spec.min, f);
        }
        Test::Date(bounds) => {
            for (_, DateOperand { base, .. }) in bounds {
                if let DateBase::Field(path) = base {
                    f(path);
                }
            }
        }
        _ => {}
    }
}

fn operand_paths(operand: &Operand, f: &mut dyn FnMut(&Path)) {
    match operand {
        Operand::Constant(_) => {}
        Operand::Field(path) => f(path),
        Operand::Lookup(lookup) => lookup.keys.iter().for_each(|(_, key)| operand_paths(key, f)),
    }
}
