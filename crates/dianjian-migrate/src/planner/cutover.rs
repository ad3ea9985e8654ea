//! The rules of the cut-over, asked about shops as they will be: which names are legal, what counts towards limits.
//!
//! They are the rules that check files, run on a record that is made of a shop's facts and a name to be tried.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use chrono::NaiveDate;
use dianjian_base::FieldPath;
use dianjian_document::source::{Limits, SourceFile};
use dianjian_document::tree::{self, Format, Node, Tree};
use dianjian_engine::{GroupKeys, MemberValue, SeverityPolicy, group_members};
use dianjian_rules::language::Severity;
use dianjian_rules::record::{KindIndex, NoSideFiles, Record, SlotSet, Value};
use dianjian_rules::{EvalContext, Outcome, Pack, PathRoot, RuleBody, RuleInfo, Ruleset, Scans, SlotPath};
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value as Json};

/// The field whose values are tried.
const NAME: &str = "name";

/// Fields that names are made of: they are facts even if no rule reads them.
const NAME_MATERIAL: [&str; 6] = ["system", "subject", "brand", "main_category", "categories", "status"];

/// The rules of the cut-over, as far as they are about names or limits over several shops.
pub(crate) struct CutoverRules<'p> {
    pub(crate) pack: &'p Pack,
    /// All rules of the day.
    rules: Ruleset,
    /// The day of the cut-over.
    pub(crate) day: NaiveDate,
    policy: &'p dyn SeverityPolicy,
    shop_kind: KindIndex,
    /// Numbers of rules on one record that read its name.
    name_rules: Vec<usize>,
    /// Numbers of rules that limit how many shops share something.
    pub(crate) count_rules: Vec<usize>,
    /// Top fields that any of these rules read, but for the name.
    keys: BTreeSet<String>,
}

/// A rule's violation by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameProblem {
    pub(crate) rule: usize,
    /// Its severity in this project.
    pub(crate) severity: Severity,
    /// The bytes of the name that it points at; absent: all of it.
    pub(crate) range: Option<Range<usize>>,
}

/// What a shop adds to a limit over several shops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LimitShare {
    pub(crate) rule: usize,
    /// Hash of what is limited, such as a licence.
    pub(crate) key: u64,
    /// How many shops may share that.
    pub(crate) limit: u64,
    /// Hash of what the shops of a group must differ in, where the rule says so.
    pub(crate) mixed: Option<u64>,
}

impl<'p> CutoverRules<'p> {
    /// How bad a rule's finding of the day is in this project; `None`: the rule is off.
    fn severity(&self, rule: &RuleInfo) -> Option<Severity> {
        self.policy.severity(rule, rule.severity_on(self.day), "")
    }

    pub(crate) fn new(pack: &'p Pack, policy: &'p dyn SeverityPolicy, day: NaiveDate, shop_kind: KindIndex) -> Self {
        let rules = pack.at(day);
        let name = pack.kinds.get(shop_kind).field(NAME).map(|(slot, _)| slot);
        let is_name =
            |path: &SlotPath| path.root == PathRoot::Everywhere || (path.root == PathRoot::Record && path.slot == name);
        let of_shops = |number: &usize| {
            let rule = &rules.rules[*number];
            rule.active && rule.kind.is_none_or(|kind| kind == shop_kind)
        };
        let is_about_name = |number: &usize| {
            let mut found = false;
            if let RuleBody::Check(check) = &rules.rules[*number].body {
                check.each_subject(&mut |path| found |= is_name(path));
            }
            found
        };
        let all = (0..rules.rules.len()).filter(of_shops);
        let name_rules: Vec<usize> = all.clone().filter(is_about_name).collect();
        let count_rules: Vec<usize> = all.filter(|number| counts(pack, &rules, *number)).collect();
        let mut keys: BTreeSet<String> = NAME_MATERIAL.into_iter().map(str::to_owned).collect();
        let kind = pack.kinds.get(shop_kind);
        let mut note = |path: &SlotPath| {
            let field =
                path.slot.filter(|_| path.root == PathRoot::Record).and_then(|slot| kind.fields.get(usize::from(slot)));
            keys.extend(field.map(|field| FieldPath::new(&field.path).split_first().0.to_owned()));
        };
        for number in name_rules.iter().chain(&count_rules) {
            let rule = &rules.rules[*number];
            rule.when.iter().for_each(|when| when.each_path(&mut note));
            match &rule.body {
                RuleBody::Check(check) => check.each_path(&mut note),
                RuleBody::Group(group) => group.each_path(&mut |_, path| note(path)),
                _ => {}
            }
        }
        keys.remove(NAME);
        Self { pack, rules, day, policy, shop_kind, name_rules, count_rules, keys }
    }

    /// The id of a rule.
    pub(crate) fn id(&self, rule: usize) -> &str {
        self.rules.rules.get(rule).map_or("", |rule| rule.info.id.as_str())
    }

    /// The number of the first rule on names.
    pub(crate) fn first_name_rule(&self) -> Option<usize> {
        self.name_rules.first().copied()
    }

    /// The number of a rule.
    pub(crate) fn number(&self, id: &str) -> Option<usize> {
        self.rules.rules.iter().position(|rule| rule.info.id == id)
    }

    /// What these rules read of a shop, but for its name.
    pub(crate) fn facts(&self, record: &Record<'_>) -> Map<String, Json> {
        let value = |key: &String| Some((key.clone(), json(&record.value.get(key)?)));
        self.keys.iter().filter_map(value).collect()
    }

    /// Whether the field is among the facts.
    pub(crate) fn reads(&self, field: &str) -> bool {
        self.keys.contains(FieldPath::new(field).split_first().0)
    }

    /// Calls `f` with a shop whose names can be tried: its facts are parsed once for all names.
    pub(crate) fn with_facts<T>(
        &self,
        facts: &str,
        tree: &mut Tree,
        f: impl FnOnce(&NameTrial<'_, '_, 'p>) -> T,
    ) -> Option<T> {
        let source = SourceFile::new("", facts);
        let (mut f, mut result) = (Some(f), None);
        tree::parse(&source, Format::Json, &Limits::default(), tree, &mut |root| {
            let mut entries = Vec::new();
            Value::Node(root).entries(|key, _, value| entries.push((key.to_owned(), value.clone())));
            let trial = NameTrial { rules: self, source: &source, root, entries };
            result = f.take().map(|f| f(&trial));
        });
        result
    }

    /// What a rule limits, in words: the values of its key fields.
    pub(crate) fn limit_subject(&self, rule: usize, facts: &str) -> String {
        let text = self.with_facts(facts, &mut Tree::new(), |trial| {
            trial.with(None, |context| {
                let Some(RuleBody::Group(group)) = self.rules.rules.get(rule).map(|rule| &rule.body) else {
                    return None;
                };
                let member = group.members.iter().find(|member| member.kind == self.shop_kind)?;
                let values: Vec<String> = member.by.iter().filter_map(|key| context.key_text(key, None)).collect();
                Some(values.join(" · "))
            })
        });
        text.flatten().unwrap_or_default()
    }
}

/// A shop as it will be, with names to be tried.
pub(crate) struct NameTrial<'t, 'd, 'p> {
    rules: &'t CutoverRules<'p>,
    source: &'d SourceFile,
    root: Node<'d>,
    entries: Vec<(String, Value<'d>)>,
}

impl NameTrial<'_, '_, '_> {
    /// What the rules find in a name.
    pub(crate) fn problems(&self, name: &str) -> Vec<NameProblem> {
        let rules = self.rules;
        self.with(Some(name), |context| {
            let (mut found, mut violations) = (Vec::new(), Vec::new());
            for number in &rules.name_rules {
                let rule = &rules.rules.rules[*number];
                let RuleBody::Check(check) = &rule.body else { continue };
                if context.run(rule, check, &mut violations) == Outcome::Fail
                    && let Some(severity) = rules.severity(&rule.info)
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

    /// What the shop adds to limits over several shops.
    pub(crate) fn limit_shares(&self, name: &str) -> Vec<LimitShare> {
        let rules = self.rules;
        self.with(Some(name), |context| {
            let mut shares = Vec::new();
            for number in &rules.count_rules {
                let rule = &rules.rules.rules[*number];
                let RuleBody::Group(group) = &rule.body else { continue };
                let Some(member) = group.members.iter().find(|member| member.kind == rules.shop_kind) else { continue };
                if rules.severity(&rule.info).is_none() || !context.applies(rule) {
                    continue;
                }
                group_members(context, *number, group, member, &mut GroupKeys::default(), &mut |share, _| {
                    let limit = share.max.and_then(|max| max.to_u64());
                    if let (MemberValue::Count(_), Some(limit)) = (share.value, limit) {
                        shares.push(LimitShare { rule: *number, key: share.key, limit, mixed: share.mixed });
                    }
                });
            }
            shares
        })
    }

    /// The text of a fact, trimmed.
    pub(crate) fn text(&self, path: &[&str]) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let top = self.entries.iter().find(|(key, _)| key == first).map(|(_, value)| value.clone())?;
        let at = rest.iter().try_fold(top, |at, key| at.get(key))?;
        at.text().map(|text| text.trim().to_owned())
    }

    pub(crate) const fn rules(&self) -> &CutoverRules<'_> {
        self.rules
    }

    /// The name of the owner as the licence has it; may be empty.
    pub(crate) fn subject_name(&self) -> String {
        self.text(&["subject", "name"]).or_else(|| self.text(&["subject"])).unwrap_or_default()
    }

    /// The names of the shop's categories, the main one first.
    pub(crate) fn categories(&self) -> Vec<String> {
        let listed = self.entries.iter().filter(|(key, _)| key == "categories").flat_map(|(_, list)| list.each());
        let named = listed.filter_map(|item| Some(item.get("name").unwrap_or(item).text()?.trim().to_owned()));
        self.text(&["main_category"]).into_iter().chain(named).filter(|name| !name.is_empty()).collect()
    }

    fn with<T>(&self, name: Option<&str>, f: impl FnOnce(&mut EvalContext<'_, '_>) -> T) -> T {
        let CutoverRules { pack, rules, day, shop_kind, .. } = self.rules;
        let mut entries = self.entries.clone();
        entries.extend(name.map(|name| (NAME.to_owned(), Value::Mapped(self.root, Cow::Owned(name.to_owned())))));
        let value = Value::Map(self.root, Rc::new(entries));
        let record = Record::resolve(&pack.kinds, *shop_kind, value, String::new(), &NoSideFiles, self.source);
        f(&mut EvalContext {
            rules,
            kinds: &pack.kinds,
            record: &record,
            outer: None,
            outer_lacks: SlotSet::default(),
            named: &[],
            is_final: true,
            is_quick: false,
            as_of: *day,
            assets: &NoSideFiles,
            scans: Scans::default(),
            is_closed: None,
            assumed: Vec::new(),
            supposed: Vec::new(),
        })
    }
}

/// Whether a rule sets an upper bound on how many shops share a key. Rules that forbid sharing at all are none.
fn counts(pack: &Pack, rules: &Ruleset, number: usize) -> bool {
    let RuleBody::Group(group) = &rules.rules[number].body else { return false };
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
