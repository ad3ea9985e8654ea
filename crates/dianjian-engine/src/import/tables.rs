//! From category and deposit answers to dated tables that rules use.
//!
//! Only leaf categories become rows: their ids are the same in the old and the new tree, those above are not. What a
//! category requires of the subject is free text in the platform's answer, read by the lexicon by which the rule
//! `category/subject` reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::localized;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile};
use dianjian_document::tree::Node;
use dianjian_rules::record::{Native, Scale, Value, scaled};
use dianjian_text::SubjectTerms;

use crate::Engine;
use crate::read_records::text_at;

/// The table of deposits.
const DEPOSITS: &str = "deposits";

/// The table of categories that do not take every subject.
const SUBJECTS: &str = "category-subjects";

/// The subjects that a row can name, in the order in which it does.
const TYPES: [&str; 3] = ["enterprise", "sole-trader", "individual"];

/// A table to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTable {
    /// `deposits` or `category-subjects`.
    pub id: String,
    /// How many rows it has.
    pub rows: usize,
    /// The table's file, as YAML.
    pub text: String,
}

/// What an import comes to.
#[derive(Debug, Default)]
pub struct TableImport {
    /// The tables that have rows.
    pub tables: Vec<ImportedTable>,
    /// Leaf categories that were read.
    pub categories: usize,
    /// Deposits of zero among them.
    pub exempt: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Why an answer cannot become a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableImportError {
    /// An answer with a deposit and without a category.
    NoCategory,
    /// A deposit that is no amount.
    Amount {
        /// The text in its place.
        found: String,
    },
}

localized! { TableImportError {
    Self::NoCategory => {
        zh: "这份数据没有说是哪个类目的保证金",
        en: "this answer does not say of which category the deposit is",
        help zh: "用类目 ID 命名文件，例如 6194.json，或在里面加上 category_id。",
        help en: "Name the file by the category's id, such as 6194.json, or add category_id to it.",
    }
    Self::Amount { found } => {
        zh: "“{found}”不是以分为单位的金额",
        en: "`{found}` is not an amount in fen",
        help zh: "改正金额。",
        help en: "Correct the amount.",
    }
} }

/// A category without subcategories; several answers may add to it.
#[derive(Debug, Clone, Default)]
struct LeafCategory {
    path: Option<String>,
    tips: Option<String>,
    /// By subject: the amount in yuan, and the file that says so.
    deposits: BTreeMap<String, (String, String)>,
    source: String,
}

/// Reads category and deposit answers among the inputs; the rows hold from a day on.
pub fn tables(engine: &Engine<'_>, inputs: &[Input], from: NaiveDate) -> TableImport {
    let mut reading = TableImporter { engine, leaves: BTreeMap::new(), problems: Vec::new() };
    let problems = engine.each_document(inputs, &mut |source, document| reading.document(source, document));
    let mut done = reading.tables(from);
    done.problems.extend(problems);
    done
}

struct TableImporter<'r> {
    engine: &'r Engine<'r>,
    leaves: BTreeMap<String, LeafCategory>,
    problems: Vec<Problem>,
}

impl TableImporter<'_> {
    fn document(&mut self, source: &Arc<SourceFile>, root: Node<'_>) {
        let value = Value::Node(root);
        let is_tree = ["cats_v2", "cats"].iter().any(|tree| value.get(tree).is_some_and(|cats| has_chains(&cats)));
        if is_tree {
            // The first that is read counts, so the new tree takes precedence.
            for tree in ["cats_v2", "cats"] {
                value.get(tree).into_iter().for_each(|cats| self.tree(source, &cats));
            }
        } else if let Some(attr) = value.get("attr") {
            self.detail(source, &value, &attr);
        } else if let Some(deposit) = value.get("deposit").filter(|_| value.get("errcode").is_some()) {
            let id = ["category_id", "cat_id"].iter().find_map(|key| text_at(&value, key)).or_else(|| id_of(source));
            match id {
                Some(id) => self.deposit(source, id, &deposit),
                None => self.problem(source, root, &TableImportError::NoCategory),
            }
        }
    }

    /// The whole tree: lists of categories from the top to a leaf, with what each asks for.
    fn tree(&mut self, source: &Arc<SourceFile>, cats: &Value<'_>) {
        let nodes: Vec<Value<'_>> = cats.each().flat_map(|chain| list(&chain, "cat_and_qua")).collect();
        let mut names: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
        let mut parents: BTreeSet<String> = BTreeSet::new();
        for cat in nodes.iter().filter_map(|node| node.get("cat")) {
            let parent = text_at(&cat, "f_cat_id").filter(|parent| parent != "0");
            parents.extend(parent.clone());
            if let Some(id) = text_at(&cat, "cat_id") {
                names.insert(id, (text_at(&cat, "name"), parent));
            }
        }
        for node in &nodes {
            let Some(cat) = node.get("cat") else { continue };
            let Some(id) = text_at(&cat, "cat_id") else { continue };
            let stated = cat.get("leaf").and_then(|leaf| leaf.boolean());
            if stated.unwrap_or_else(|| !parents.contains(&id)) {
                let tips = node.get("qua").and_then(|qua| text_at(&qua, "tips"));
                self.leaf(source, &id, Some(path_of(&id, &names)), tips);
            }
        }
    }

    /// The detail of one category: its deposit for this shop.
    fn detail(&mut self, source: &Arc<SourceFile>, value: &Value<'_>, attr: &Value<'_>) {
        let info = value.get("info").unwrap_or_else(|| value.clone());
        let Some(id) = text_at(&info, "cat_id") else { return };
        let qua = value.get("qua").or_else(|| attr.get("qua"));
        self.leaf(source, &id, text_at(&info, "name"), qua.and_then(|qua| text_at(&qua, "tips")));
        if let Some(deposit) = attr.get("deposit") {
            self.deposit(source, id, &deposit);
        }
    }

    fn leaf(&mut self, source: &SourceFile, id: &str, path: Option<String>, tips: Option<String>) {
        let leaf = self.leaves.entry(id.to_owned()).or_default();
        let is_longer = |path: &String| leaf.path.as_ref().is_none_or(|known| known.len() < path.len());
        if let Some(path) = path.filter(is_longer) {
            leaf.path = Some(path);
        }
        if leaf.tips.is_none() {
            leaf.tips = tips;
            source.name().clone_into(&mut leaf.source);
        }
    }

    fn deposit(&mut self, source: &Arc<SourceFile>, id: String, deposit: &Value<'_>) {
        let found = deposit.text().unwrap_or_default().into_owned();
        let Some(yuan) = scaled(&found, Scale::Fen).filter(|yuan| !yuan.starts_with('-')) else {
            return self.problem(source, deposit.node(), &TableImportError::Amount { found });
        };
        let home = self.engine.home(source);
        let subject = home.and_then(|home| home.subject().map(str::to_owned)).unwrap_or_else(|| "*".to_owned());
        let leaf = self.leaves.entry(id).or_default();
        leaf.deposits.insert(subject, (yuan, source.name().to_owned()));
    }

    fn problem(&mut self, source: &Arc<SourceFile>, node: Node<'_>, error: &TableImportError) {
        self.problems.push(Problem::at(source, node.head_span(), error));
    }

    fn tables(self, from: NaiveDate) -> TableImport {
        let terms = &self.engine.pack.subject_terms;
        let (mut deposits, mut subjects) = (Vec::new(), Vec::new());
        let mut done = TableImport { categories: self.leaves.len(), problems: self.problems, ..TableImport::default() };
        let plain = |text: &str| Native::Plain(text.to_owned());
        let quoted = |text: &str| Native::Text(text.to_owned());
        let row = |entries: Vec<(&str, Native)>, path: Option<&String>, source: &str| {
            let path = path.map(|path| ("path", quoted(path)));
            let origin = [("effective", map([("from", Native::Plain(from.to_string()))])), ("source", quoted(source))];
            map(entries.into_iter().chain(path).chain(origin))
        };
        for (id, leaf) in &self.leaves {
            for (subject, (amount, source)) in &leaf.deposits {
                done.exempt += usize::from(amount == "0");
                let entries = vec![("category", quoted(id)), ("subject", quoted(subject)), ("amount", plain(amount))];
                deposits.push(row(entries, leaf.path.as_ref(), source));
            }
            if let Some((admits, says)) = leaf.tips.as_deref().and_then(|tips| admitted(terms, tips)) {
                let entries = vec![("category", quoted(id)), ("admits", quoted(&admits)), ("says", quoted(&says))];
                subjects.push(row(entries, leaf.path.as_ref(), &leaf.source));
            }
        }
        for (id, rows) in [(DEPOSITS, deposits), (SUBJECTS, subjects)] {
            if !rows.is_empty() {
                done.tables.push(ImportedTable { id: id.to_owned(), rows: rows.len(), text: written(id, &rows, from) });
            }
        }
        done
    }
}

/// The subjects that a category admits, joined by `/`, and the words that say so; `None`: all, or nothing is said.
fn admitted(terms: &SubjectTerms, tips: &str) -> Option<(String, String)> {
    let admission = terms.read(tips);
    let refusals = TYPES.map(|subject| admission.refusals(subject));
    let says = refusals.iter().flatten().min_by_key(|range| range.start)?;
    let admits: Vec<&str> = TYPES
        .into_iter()
        .zip(&refusals)
        .filter(|(_, refusals)| refusals.is_empty())
        .map(|(subject, _)| subject)
        .collect();
    (!admits.is_empty()).then(|| (admits.join("/"), tips[says.clone()].to_owned()))
}

fn has_chains(cats: &Value<'_>) -> bool {
    cats.each().any(|chain| chain.get("cat_and_qua").is_some())
}

fn list<'a>(value: &Value<'a>, key: &str) -> Vec<Value<'a>> {
    value.get(key).map(|list| list.items()).unwrap_or_default()
}

/// The category that a file's name begins or ends with.
fn id_of(source: &SourceFile) -> Option<String> {
    let stem = source.path().unwrap_or(Path::new(source.name())).file_stem()?.to_str()?.to_owned();
    let parts = stem.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<&str> = parts.collect();
    if let [number] = numbers[..] { Some(number.to_owned()) } else { None }
}

/// The names from the top down; a tree that goes round is cut.
fn path_of(id: &str, names: &BTreeMap<String, (Option<String>, Option<String>)>) -> String {
    let mut path: Vec<&str> = Vec::new();
    let mut at = Some(id);
    while let Some((name, parent)) = at.and_then(|id| names.get(id)).filter(|_| path.len() < 16) {
        path.extend(name.as_deref());
        at = parent.as_deref();
    }
    path.reverse();
    path.join(" › ")
}

fn map<'n>(entries: impl IntoIterator<Item = (&'n str, Native)>) -> Native {
    Native::Map(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn written(id: &str, rows: &[Native], from: NaiveDate) -> String {
    let mut out = format!("table: {id}\nrows:\n");
    for row in rows {
        out.push_str("  - ");
        row.write_flow(&mut out);
        out.push('\n');
    }
    let text = |text: &str| Native::Text(text.to_owned());
    let says = [("zh", text("平台接口给出的数据。")), ("en", text("What the platform's interface answered."))];
    let evidence = map([
        ("source", text("official")),
        ("ref", text("dianjian tables import")),
        ("date", Native::Plain(from.to_string())),
        // The phrases that say whom a category takes are our reading of free text.
        ("confidence", text(if id == SUBJECTS { "medium" } else { "high" })),
        ("says", map(says)),
    ]);
    map([("evidence", Native::List(vec![evidence]))]).write_yaml(0, &mut out);
    out.push('\n');
    out
}
