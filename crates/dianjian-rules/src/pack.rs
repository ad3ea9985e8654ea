//! Packs: the rules, tables, kinds and mappings of a run, from the binary and from folders.
//!
//! A folder given by the user adds to the shipped pack. Rules, kinds and mappings of the same id replace the shipped
//! ones, in their place; tables and lexicons extend them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Localized;
use dianjian_base::{hex, localized, slashed};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Limits, SourceFile, Span};
use dianjian_document::tree::{self, Format, Node, Spanned, Tree};
use dianjian_text::{ContactFinder, SubjectTerms};
use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::compile::compile;
use super::error::RuleError;
use super::evidence::SOURCES;
use super::info::RuleInfo;
use super::language::{Evidence, Param, RuleFile, TableFile, When};
use super::lexicons::Lexicons;
use super::ruleset::Ruleset;
use super::table::LookupTable;
use crate::record::{Familiar, KindFile, KindIndex, Kinds, Mapping, MappingFile, TableCells};

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../rules");

/// A rule before it is compiled.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named by their types")]
pub struct RuleSource {
    pub file: RuleFile,
    pub source: Arc<SourceFile>,
    pub info: Arc<RuleInfo>,
    /// Parameters that the project's configuration sets.
    pub overrides: BTreeMap<String, Param>,
    /// Whether the rule comes with the program rather than from a folder of the user.
    pub shipped: bool,
}

/// When records of a kind are closed, and the file that says so.
#[derive(Debug)]
pub(super) struct ClosedCondition {
    pub kind: KindIndex,
    pub source: Arc<SourceFile>,
    pub when: Spanned<When>,
}

/// Everything that decides what a run finds, apart from its inputs and its day.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "named by their types")]
pub struct Pack {
    /// Sorted by id.
    pub rules: Vec<RuleSource>,
    /// By id.
    pub tables: Arc<BTreeMap<String, LookupTable>>,
    pub kinds: Arc<Kinds>,
    /// Of the kinds whose records can be closed.
    pub(super) closed: Arc<Vec<ClosedCondition>>,
    pub contacts: Arc<ContactFinder>,
    pub table_cells: Arc<TableCells>,
    pub subject_terms: Arc<SubjectTerms>,
    /// Tells what looks like a record of ours from documents of other programs.
    pub familiar: Arc<Familiar>,
    /// In the order in which they are asked; the user's own come first.
    pub mappings: Arc<Vec<Mapping>>,
    /// Files below `migrations/` by their path there without extension; dianjian-migrate parses them.
    pub migrations: Arc<BTreeMap<String, Arc<SourceFile>>>,
    /// SHA-256 in hex of everything that was read. Plans and partial results are valid only for a pack of the same digest.
    pub digest: String,
    /// Runs every rule on every record of its kind, see [`Pack::without_prefilter`].
    pub(super) unfiltered: bool,
    /// Whether it is one rule of another pack, so that it says nothing of what only other rules report.
    pub is_excerpt: bool,
}

/// Reads packs one after another; mistakes are gathered, what is right is kept.
#[derive(Debug, Default)]
pub struct PackBuilder {
    rules: BTreeMap<String, RuleSource>,
    tables: BTreeMap<String, LookupTable>,
    kinds: Vec<(Arc<SourceFile>, KindFile)>,
    lexicons: Lexicons,
    /// The flag says whether the mapping is shipped, or in the place of one that is.
    mappings: Vec<(Arc<SourceFile>, MappingFile, bool)>,
    migrations: BTreeMap<String, Arc<SourceFile>>,
    problems: Vec<Problem>,
    read: Sha256,
}

impl PackBuilder {
    /// Adds the shipped pack.
    #[must_use]
    pub fn shipped(mut self) -> Self {
        let mut files = Vec::new();
        embedded(&SHIPPED, &mut files);
        files.sort_unstable();
        for (path, text) in files {
            self.add(&path, Arc::new(SourceFile::new(format!("rules/{path}"), text)), true);
        }
        self
    }

    /// Adds a folder laid out like `rules/`.
    #[must_use]
    pub fn folder(mut self, root: &Path) -> Self {
        let mut paths = Vec::new();
        for entry in ignore::WalkBuilder::new(root).sort_by_file_path(Ord::cmp).build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => paths.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => self.broken(root, &RuleError::Pack { reason: error.to_string() }),
            }
        }
        for path in paths.iter().filter(|path| is_yaml(path)) {
            let below = slashed(path.strip_prefix(root).unwrap_or(path));
            if let Some(file) = self.read_file(path) {
                self.add(&below, file, false);
            }
        }
        self
    }

    /// Adds one file from its text; `path` is where it would lie below `rules/`.
    #[must_use]
    pub fn text(mut self, path: &str, text: &str) -> Self {
        self.add(path, Arc::new(SourceFile::new(path, text)), false);
        self
    }

    /// Adds one mapping file.
    #[must_use]
    pub fn mapping(mut self, path: &Path) -> Self {
        if let Some(file) = self.read_file(path) {
            self.add_mapping(&file, false);
        }
        self
    }

    /// Adds one table file: its rows extend the table of the same id.
    #[must_use]
    pub fn table(mut self, path: &Path) -> Self {
        if let Some(file) = self.read_file(path) {
            self.add_table(&file, None);
        }
        self
    }

    /// Sets a rule's parameters, as the project's configuration does.
    #[must_use]
    pub fn params(mut self, rule: &str, params: BTreeMap<String, Param>) -> Self {
        self.read.update(format!("{rule} {params:?}"));
        if let Some(rule) = self.rules.get_mut(rule) {
            rule.overrides.extend(params);
        }
        self
    }

    /// The rules read so far, for configurations that speak of them.
    pub fn rule(&self, id: &str) -> Option<&RuleSource> {
        self.rules.get(id)
    }

    /// The ids of the rules read so far.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// Compiles mappings, and all rules once so that every mistake in them is reported here.
    pub fn build(mut self) -> (Pack, Vec<Problem>) {
        let table_cells = Arc::new(self.lexicons.table_cells);
        let mut kinds = Kinds::new(self.kinds.iter().map(|(_, file)| file), &table_cells);
        for (at, span, error) in kinds.link(self.kinds.iter().map(|(_, file)| file)) {
            self.problems.extend(self.kinds.get(at).map(|(source, _)| Problem::at(source, span, &error)));
        }
        let kinds = Arc::new(kinds);
        let closed = self.kinds.iter().enumerate().filter_map(|(kind, (source, file))| {
            Some(ClosedCondition { kind, source: Arc::clone(source), when: file.closed.clone()? })
        });
        let mut mappings = Vec::new();
        // Later ones first: a user's mapping is asked before the shipped ones. Among those, what is refused is so
        // whatever else it looks like, only what nothing reads is idle, and only what is not known at all wraps something.
        let mut files: Vec<_> = self.mappings.iter().rev().collect();
        files.sort_by_key(|(_, file, shipped)| {
            let wraps = !file.within.is_empty();
            (*shipped, *shipped && file.refuse.is_none(), *shipped && (file.idle || wraps), *shipped && wraps)
        });
        for (source, file, shipped) in files {
            match Mapping::compile(file, source, &kinds, &table_cells) {
                Ok(mapping) => mappings.push(mapping.with_own(!shipped)),
                Err(errors) => {
                    self.problems.extend(errors.iter().map(|(span, error)| Problem::at(source, *span, error)))
                }
            }
        }
        let mut rules: Vec<RuleSource> = self.rules.into_values().collect();
        if let Some(sources) = self.tables.get(SOURCES) {
            let infos = rules.iter_mut().map(|rule| Arc::make_mut(&mut rule.info));
            infos.flat_map(|info| &mut info.evidence).for_each(|evidence| evidence.complete(sources));
        }
        let mappings = Arc::new(mappings);
        let familiar = Familiar::new(&kinds, &mappings, &table_cells, self.lexicons.near_misses);
        let pack = Pack {
            rules,
            tables: Arc::new(self.tables),
            kinds,
            closed: Arc::new(closed.collect()),
            contacts: Arc::new(ContactFinder::new(self.lexicons.contacts)),
            table_cells,
            subject_terms: Arc::new(self.lexicons.subject_terms),
            familiar: Arc::new(familiar),
            mappings,
            migrations: Arc::new(self.migrations),
            digest: hex(&self.read.finalize()),
            unfiltered: false,
            is_excerpt: false,
        };
        let mut errors = Vec::new();
        compile(&pack, NaiveDate::MAX, &mut errors);
        let mut problems = self.problems;
        problems.extend(errors.iter().map(|(source, span, error)| Problem::at(source, *span, error)));
        (pack, problems)
    }

    fn read_file(&mut self, path: &Path) -> Option<Arc<SourceFile>> {
        let read = source::read(path, &Limits::default());
        read.map(Arc::new).map_err(|error| self.broken(path, &error)).ok()
    }

    fn broken(&mut self, path: &Path, error: &dyn Localized) {
        self.problems.push(Problem::in_file(&path.display().to_string(), error));
    }

    fn wrong(&mut self, source: &Arc<SourceFile>, span: Span, error: &dyn Localized) {
        self.problems.push(Problem::at(source, span, error));
    }

    /// Sorts a file by the folder in which it lies.
    fn add(&mut self, path: &str, source: Arc<SourceFile>, shipped: bool) {
        let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml")).unwrap_or(path);
        match stem.split_once('/') {
            Some(("kinds", _)) => self.add_kind(&source),
            Some(("tables", name)) => self.add_table(&source, Some(name)),
            Some(("lexicons", name)) => self.add_lexicon(name, &source, shipped),
            Some(("mappings", _)) => self.add_mapping(&source, shipped),
            Some(("migrations", name)) => drop(self.migrations.insert(name.to_owned(), source)),
            _ => self.add_rule(stem, &source, shipped),
        }
    }

    fn add_kind(&mut self, source: &Arc<SourceFile>) {
        if let Some(file) = self.parse::<KindFile>(source) {
            let is_same = |known: &KindFile| known.kind.value == file.kind.value;
            let mut known = self.kinds.iter().map(|(_, known)| known);
            let with_role = |known: &&KindFile| !is_same(known) && file.role.is_some() && known.role == file.role;
            if let Some(other) = known.find(with_role).map(|other| other.kind.value.clone()) {
                self.wrong(source, file.kind.span, &RuleError::RoleTaken { other });
            }
            match self.kinds.iter_mut().find(|(_, known)| is_same(known)) {
                Some(known) => *known = (Arc::clone(source), file),
                None => self.kinds.push((Arc::clone(source), file)),
            }
        }
    }

    fn add_mapping(&mut self, source: &Arc<SourceFile>, shipped: bool) {
        if let Some(file) = self.parse::<MappingFile>(source) {
            match self.mappings.iter_mut().find(|(_, known, _)| known.mapping.value == file.mapping.value) {
                // What is refused, idle or a wrapper is asked for in an order of its own, which a replacement keeps.
                Some((known, replaced, _)) => (*known, *replaced) = (Arc::clone(source), file),
                None => self.mappings.push((Arc::clone(source), file, shipped)),
            }
        }
    }

    fn add_lexicon(&mut self, name: &str, source: &Arc<SourceFile>, shipped: bool) {
        self.note(source);
        self.problems.extend(self.lexicons.add(name, source, shipped));
    }

    fn add_table(&mut self, source: &Arc<SourceFile>, name: Option<&str>) {
        let Some(file) = self.parse::<TableFile>(source) else { return };
        if let Some(name) = name.filter(|name| *name != file.table.value) {
            let error = RuleError::IdMismatch { id: file.table.value.clone(), expected: name.to_owned() };
            self.wrong(source, file.table.span, &error);
        }
        let (table, errors) = LookupTable::new(&file, source, self.tables.get(&file.table.value));
        for (span, error) in errors {
            self.wrong(source, span, &error);
        }
        match self.tables.get_mut(&table.id) {
            Some(known) => known.extend(table),
            None => drop(self.tables.insert(table.id.clone(), table)),
        }
    }

    fn add_rule(&mut self, expected: &str, source: &Arc<SourceFile>, shipped: bool) {
        let Some(file) = self.parse::<RuleFile>(source) else { return };
        let id = file.id.value.clone();
        if id != expected {
            self.wrong(source, file.id.span, &RuleError::IdMismatch { id: id.clone(), expected: expected.to_owned() });
        }
        if file.evidence.is_empty() {
            self.wrong(source, file.id.span, &RuleError::NoEvidence);
        }
        if let Some(period) = file.effective.as_ref().filter(|period| !period.value.is_possible()) {
            self.wrong(source, period.span, &RuleError::PeriodReversed);
        }
        if self.rules.get(&id).is_some_and(|known| known.shipped == shipped) {
            self.wrong(source, file.id.span, &RuleError::Duplicate { id: id.clone() });
        }
        let info = Arc::new(RuleInfo {
            id: id.clone(),
            kind: file.kind.value.clone(),
            title: file.title.clone(),
            why: file.why.clone(),
            help: file.help.as_ref().map(|help| help.value.clone()),
            severity: file.severity,
            is_gap: file.gap,
            effective: file.effective.as_ref().map(|period| period.value).unwrap_or_default(),
            evidence: file.evidence.iter().map(|evidence| evidence.value.clone()).collect(),
        });
        let rule = RuleSource { file, source: Arc::clone(source), info, overrides: BTreeMap::new(), shipped };
        self.rules.insert(id, rule);
    }

    /// Adds a file's text to the digest.
    fn note(&mut self, source: &SourceFile) {
        self.read.update((source.text().len() as u64).to_le_bytes());
        self.read.update(source.text());
    }

    /// Reads the one document of a file.
    fn parse<T: DeserializeOwned>(&mut self, source: &Arc<SourceFile>) -> Option<T> {
        self.note(source);
        parse_one(source).map_err(|problems| self.problems.extend(problems)).ok()
    }
}

/// Reads the one YAML document of a file into a type, with located problems.
///
/// # Errors
/// Syntax errors, wrong types, more or fewer than one document.
pub fn parse_one<T: DeserializeOwned>(source: &Arc<SourceFile>) -> Result<T, Vec<Problem>> {
    parse_checked(source, &mut |_, _| Vec::new())
}

/// As [`parse_one`], where `check` looks for more mistakes in the value, given its node for their places.
pub(crate) fn parse_checked<T: DeserializeOwned>(
    source: &Arc<SourceFile>,
    check: &mut dyn FnMut(&T, Node<'_>) -> Vec<Problem>,
) -> Result<T, Vec<Problem>> {
    let mut tree = Tree::default();
    let mut values: Vec<Result<T, Vec<Problem>>> = Vec::new();
    let errors = tree::parse(source, Format::Yaml, &Limits::default(), &mut tree, &mut |root| {
        let value = tree::from_node(root).map_err(|error| vec![Problem::at(source, error.span, &error)]);
        values.push(value.and_then(|value| {
            let problems = check(&value, root);
            if problems.is_empty() { Ok(value) } else { Err(problems) }
        }));
    });
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| Problem::at(source, error.span, error)).collect());
    }
    let count = values.len();
    match values.pop() {
        Some(value) if count == 1 => value,
        _ => Err(vec![Problem::in_file(source.name(), &OneDocument(count))]),
    }
}

/// A file of a pack has this many documents instead of one.
#[derive(Debug, thiserror::Error)]
struct OneDocument(usize);

localized! { OneDocument {
    Self(count) => { zh: "应有且只有一个 YAML 文档，实际有 {count} 个", en: "expected one YAML document, found {count}" }
} }

impl Pack {
    /// The same pack with every rule run on every record of its kind, slower and with the same findings: what tests of
    /// the prefilter compare with.
    #[doc(hidden)]
    #[must_use]
    pub fn without_prefilter(mut self) -> Self {
        self.unfiltered = true;
        self
    }

    /// Compiles the pack for a day.
    pub fn at(&self, day: NaiveDate) -> Ruleset {
        // Mistakes were reported when the pack was built; they are the same on every day.
        compile(self, day, &mut Vec::new())
    }

    /// The days on which a rule or a table row takes effect or lapses, or evidence begins to count.
    pub fn boundaries(&self) -> BTreeSet<NaiveDate> {
        let mut days = BTreeSet::new();
        for rule in &self.rules {
            rule.info.effective.boundaries(&mut days);
            days.extend(rule.info.evidence.iter().filter_map(Evidence::since));
        }
        for table in self.tables.values() {
            table.boundaries(&mut days);
        }
        days
    }

    /// A pack of this rule alone, with other parameters: for its examples.
    pub fn only(&self, rule: &RuleSource, params: BTreeMap<String, Param>) -> Self {
        let mut rule = rule.clone();
        rule.overrides.extend(params);
        Self { is_excerpt: true, ..self.with_rules(vec![rule]) }
    }

    /// The same pack without the rules that are not meant, which then cost nothing.
    #[must_use]
    pub fn retaining(&self, is_meant: impl Fn(&RuleSource) -> bool) -> Self {
        self.with_rules(self.rules.iter().filter(|rule| is_meant(rule)).cloned().collect())
    }

    fn with_rules(&self, rules: Vec<RuleSource>) -> Self {
        Self {
            rules,
            tables: Arc::clone(&self.tables),
            kinds: Arc::clone(&self.kinds),
            closed: Arc::clone(&self.closed),
            contacts: Arc::clone(&self.contacts),
            table_cells: Arc::clone(&self.table_cells),
            subject_terms: Arc::clone(&self.subject_terms),
            familiar: Arc::clone(&self.familiar),
            mappings: Arc::clone(&self.mappings),
            migrations: Arc::clone(&self.migrations),
            digest: self.digest.clone(),
            unfiltered: self.unfiltered,
            is_excerpt: self.is_excerpt,
        }
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&RuleSource> {
        let at = self.rules.binary_search_by(|rule| rule.info.id.as_str().cmp(id)).ok()?;
        self.rules.get(at)
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn embedded(dir: &Dir<'static>, out: &mut Vec<(String, &'static str)>) {
    for file in dir.files().filter(|file| is_yaml(file.path())) {
        if let Some(text) = file.contents_utf8() {
            out.push((slashed(file.path()), text));
        }
    }
    for below in dir.dirs() {
        embedded(below, out);
    }
}
