//! What looks like a record of ours although nothing reads it: `Kind: Shop`, a list under `shops:`, a table with one heading
//! that only shops have.
//!
//! In a folder most documents are of other programs and none of our business. One that was meant to be checked must not vanish
//! among them, so here the two are told apart, by what kinds and mappings know and by the lexicon `near-misses`. A document
//! needs [`ENOUGH`] signs; a name that anybody's files have is none.

mod index;
mod scan;

use std::sync::{Arc, OnceLock};

use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{SourceFile, Span};
use dianjian_document::tree::{Node, NodeKind, ScalarStyle};
use dianjian_text::{Fold, FoldedWords, fold};
use index::{FamiliarNames, FieldContent, plain};

use super::kind::{KindIndex, Kinds};
use super::mapping::Mapping;
use super::table_cells::TableCells;

/// Signs that make a document or a table look like ours. A value or a heading that only shops have counts as two.
const ENOUGH: usize = 2;

/// Signs that are enough in what is called `shops` or `rooms`.
const FEW_IN_WRAPPING: usize = 1;

/// Signs of what only shops have.
const TELLING: usize = 2;

/// Maps and lists that records may be wrapped in before nobody means them as records.
const MAX_DEPTH: usize = 3;

/// The same where they say their kind.
const MAX_DEPTH_OF_KIND: usize = 8;

/// Items of a list that are looked at: they are alike.
const ITEMS: usize = 20;

dianjian_text::lexicon! {
    /// What tells a record that nothing reads from a document of other programs; `rules/lexicons/near-misses.yaml`.
    pub struct NearMissWords = "near-misses" {
        /// Names of fields that documents of any sort have.
        common_fields: FoldedWords,
        /// Headings that tables of any sort have.
        common_headings: FoldedWords,
        /// Parts of headings that only tables of shops have.
        telling: FoldedWords,
        /// Headings of codes of goods and numbers of orders.
        goods_codes: FoldedWords,
        /// Parts of headings that beside such a code say how many, for how much or where to.
        goods_figures: FoldedWords,
        /// What people call a map or a list of records.
        wrapping: FoldedWords,
    }
}

/// Something that looks like a record of ours and was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// What is wrong.
    pub message: Text,
    /// What to do.
    pub help: Text,
}

impl NearMiss {
    /// As a problem at a place.
    pub fn problem(self, source: &Arc<SourceFile>, span: Span) -> Problem {
        Problem::with_message(source, span, self.message, Some(self.help))
    }
}

/// What the pack knows of names, by which records are told from documents of other programs.
#[derive(Debug, Default)]
pub struct Familiar {
    kinds: Arc<Kinds>,
    mappings: Arc<Vec<Mapping>>,
    cells: Arc<TableCells>,
    words: NearMissWords,
    /// Few runs meet a document that nothing reads.
    names: OnceLock<FamiliarNames>,
}

impl Familiar {
    pub(crate) fn new(
        kinds: &Arc<Kinds>,
        mappings: &Arc<Vec<Mapping>>,
        cells: &Arc<TableCells>,
        words: NearMissWords,
    ) -> Self {
        let (kinds, mappings, cells) = (Arc::clone(kinds), Arc::clone(mappings), Arc::clone(cells));
        Self { kinds, mappings, cells, words, names: OnceLock::new() }
    }

    fn names(&self) -> &FamiliarNames {
        self.names.get_or_init(|| FamiliarNames::new(&self.kinds, &self.mappings, &self.cells, &self.words))
    }

    /// Why a document that nothing reads looks like a record, or holds some.
    pub fn document(&self, document: Node<'_>) -> Option<NearMiss> {
        match document.kind() {
            // Of XML that is not the platform's nothing is read but the name of its root.
            NodeKind::String if document.style() == ScalarStyle::Xml => scan::xml(self, document.source().text()),
            NodeKind::String => self.text(document.source().slice(document.span())).or_else(|| {
                // A document as one string of another.
                self.text(document.scalar().filter(|text| scan::is_json(text))?)
            }),
            NodeKind::Mapping => self.map(document).or_else(|| self.wrapper(document)),
            NodeKind::Sequence if document.items().all(|item| item.scalar().is_some()) => self.row_in_list(document),
            NodeKind::Sequence => document.items().take(ITEMS).find_map(|item| self.document(item)),
            _ => None,
        }
    }

    /// Why a list of plain values looks like a row of a table: some programs write tables as lists of lists.
    fn row_in_list(&self, list: Node<'_>) -> Option<NearMiss> {
        let row: Vec<String> = list.items().filter_map(|item| item.scalar().map(str::to_owned)).collect();
        self.rows(&[row]).map(|_| scan::table_of_lists())
    }

    /// Whether the name of a field, in Chinese, says that it is one of a shop or what a shop sells.
    pub(super) fn is_telling(&self, name: &str) -> bool {
        !name.is_ascii() && self.words.telling.are_in(fold(name, Fold::Name).as_str())
    }

    /// Why a map looks like a record.
    fn map(&self, map: Node<'_>) -> Option<NearMiss> {
        let signs = self.signs(map)?;
        if let Some((key, kind)) = signs.kind_key() {
            return Some(self.kind_key(key, *kind));
        }
        let (kind, fields) = signs.verdict()?;
        Some(self.no_kind(kind, &fields, signs.other_kind.as_deref()))
    }

    /// Why a map, or what it holds, looks like a wrapper of records.
    fn wrapper(&self, map: Node<'_>) -> Option<NearMiss> {
        if is_of_a_program(map) {
            return None;
        }
        map.entries().find_map(|(key, value)| {
            let is_called = key.scalar().is_some_and(|key| self.words.wrapping.has(&plain(key)));
            let few = if is_called { FEW_IN_WRAPPING } else { ENOUGH };
            let kind = self.inside(value, few, 1)?;
            let (found, Text { zh, en }) = (key.scalar()?, &self.kinds.get(kind).title);
            let message = text! {
                zh: "“{found}”下面像是{zh}记录，但写在那里不会被读取",
                en: "what `{found}` holds looks like records ({en}), and is not read there",
            };
            let help = or_ignore(text! {
                zh: "去掉“{found}”这一层，把记录直接写在文件的最外层，每条都写明 kind。",
                en: "Remove `{found}` and put the records at the top of the file, each with its `kind`.",
            });
            Some(NearMiss { message, help })
        })
    }

    /// The kind of the records that a value holds, itself or further inside. Where they do not say it they are told by at
    /// least `few` signs.
    fn inside(&self, value: Node<'_>, few: usize, depth: usize) -> Option<KindIndex> {
        match value.kind() {
            NodeKind::Sequence => value.items().take(ITEMS).find_map(|item| self.inside(item, few, depth)),
            NodeKind::String => scan::kind_of(self, value.scalar().filter(|text| scan::is_json(text))?),
            NodeKind::Mapping => {
                let signs = self.signs(value)?;
                let by_fields = || (depth <= MAX_DEPTH).then(|| signs.verdict_of(few)).flatten();
                let own = signs.kind_key().map(|(_, kind)| *kind).or_else(|| Some(by_fields()?.0));
                own.or_else(|| {
                    (depth < MAX_DEPTH_OF_KIND).then_some(())?;
                    value.values().take(ITEMS).find_map(|inner| self.inside(inner, few, depth + 1))
                })
            }
            _ => None,
        }
    }

    /// The signs of a map; `None` for what says itself that it is something else.
    fn signs(&self, map: Node<'_>) -> Option<Signs> {
        if map.style() == ScalarStyle::Row || is_of_a_program(map) {
            return None;
        }
        let mut signs = Signs::default();
        for (key, value) in map.entries() {
            let Some(key) = key.scalar() else { continue };
            self.note(key, &FieldContent::Node(value), &mut signs);
        }
        Some(signs)
    }

    /// Adds what a key and its value tell.
    fn note(&self, key: &str, value: &FieldContent<'_, '_>, signs: &mut Signs) {
        let text = value.text();
        if plain(key) == "kind" {
            match text.and_then(|text| self.kind_called(text)) {
                Some(kind) => signs.kind = signs.kind.take().or_else(|| Some((key.to_owned(), kind))),
                None => {
                    // `kind: Live` and `kind: Shopp` mean one of ours.
                    let is_near = text.is_some_and(|text| self.is_nearly_kind(text));
                    signs.telling = signs.telling.max(usize::from(is_near));
                    signs.other_kind = text.map(str::to_owned);
                }
            }
            return;
        }
        signs.keys += 1;
        if let Some(kind) = text.filter(|_| is_nearly_called_kind(key)).and_then(|text| self.kind_called(text)) {
            signs.near_kind.get_or_insert_with(|| (key.to_owned(), kind));
        }
        self.names().fields_called(key, &mut |field| {
            if field.fits(value) {
                signs.has_code |= self.words.goods_codes.has(&plain(key));
                signs.has_figure |= self.words.goods_figures.are_in(&plain(key));
                signs.field(field.kind, field.is_common, key);
                let inside = field.inside(value);
                inside.into_iter().for_each(|inner| signs.field(field.kind, false, &format!("{key}.{inner}")));
            }
        });
        if text.is_some_and(|text| self.names().is_telling_value(text)) {
            signs.telling = TELLING;
        } else if text.is_some_and(|text| self.is_telling(text) || self.names().is_cell(text)) {
            signs.telling = signs.telling.max(1);
        }
        signs.has_latin_keys |= key.is_ascii();
    }

    /// Adds what the name of a section tells: `[Shop]`.
    fn note_section(&self, name: &str, signs: &mut Signs) {
        let single = plain(name);
        let single = single.strip_suffix('s').unwrap_or(&single);
        if self.kind_called(single).is_some() || self.words.wrapping.has(&plain(name)) {
            signs.telling = signs.telling.max(1);
        }
    }

    /// Whether a value of `kind` is a part of the name of one of ours, or that name with a slip.
    fn is_nearly_kind(&self, written: &str) -> bool {
        let name = plain(written);
        let is_part = |whole: &str| name.chars().count() >= 2 && name.len() >= 4 && whole.contains(name.as_str());
        self.kinds.suggest(written).is_some()
            || self.kinds.iter().any(|kind| is_part(&plain(&kind.name)) || is_part(&kind.title.zh))
    }

    /// The kind that a value of `kind` means, however it is written.
    pub(super) fn kind_called(&self, written: &str) -> Option<KindIndex> {
        let name = plain(written);
        self.kinds.iter().position(|kind| {
            plain(&kind.name) == name || kind.title.zh == written.trim() || plain(&kind.title.en) == name
        })
    }

    /// Of a text that cannot be parsed, or that is no map: why it looks like records.
    pub fn text(&self, text: &str) -> Option<NearMiss> {
        scan::text(self, text)
    }

    /// Why a text that is read as a table without rows looks like records.
    pub fn records_in_table(&self, text: &str) -> Option<NearMiss> {
        scan::records(self, text)
    }

    /// Why the first rows of a table look like those of shops although no mapping knows the headings.
    pub fn rows(&self, rows: &[Vec<String>]) -> Option<(usize, usize)> {
        self.names().rows(rows, &self.words, &self.cells)
    }

    /// Whether a sheet is called what people call a list of records, and has a heading of one.
    pub fn sheet(&self, name: &str, rows: &[Vec<String>]) -> bool {
        let has_heading = |row: &Vec<String>| row.len() >= ENOUGH && self.headings_in(row) > 0;
        self.words.wrapping.has(&plain(name)) && rows.iter().any(has_heading)
    }

    /// How many cells of a row are headings of ours.
    fn headings_in(&self, row: &[String]) -> usize {
        self.names().headings_in(row, &self.words, &self.cells)
    }

    fn kind_key(&self, found: &str, kind: KindIndex) -> NearMiss {
        let name = &self.kinds.get(kind).name;
        let message = text! {
            zh: "“{found}”不等于 kind: {name}，这份记录没有被读取",
            en: "`{found}` is not the same as `kind: {name}`, so this record was not read",
        };
        let help = or_ignore(text! {
            zh: "写成 kind: {name}（小写的 kind，半角冒号，冒号后空一格）。",
            en: "Write `kind: {name}`, in small letters and with an ASCII colon and a blank.",
        });
        NearMiss { message, help }
    }

    fn no_kind(&self, kind: KindIndex, fields: &[String], other: Option<&str>) -> NearMiss {
        let kind = self.kinds.get(kind);
        let (name, Text { zh, en }) = (&kind.name, &kind.title);
        let (fields_zh, fields_en) = (fields.join("、"), fields.join(", "));
        let message = match other {
            None => text! {
                zh: "没有写 kind，没有被读取；从字段（{fields_zh}）看像是{zh}",
                en: "it says no `kind`, so it was not read; by its fields ({fields_en}) it looks like a record: {en}",
            },
            Some(other) => text! {
                zh: "没有“{other}”这种记录，没有被读取；从字段（{fields_zh}）看像是{zh}",
                en: "there is no kind `{other}`, so it was not read; by its fields ({fields_en}) it looks like: {en}",
            },
        };
        let help = or_ignore(text! {
            zh: "写上 kind: {name}；其他系统导出的文件用 --mapping 说明字段对应关系。",
            en: "Say `kind: {name}`; of another program's export say with --mapping where its fields are.",
        });
        NearMiss { message, help }
    }
}

/// What to do about a file that is none of ours after all.
fn ignore() -> Text {
    text! {
        zh: "不该检查的文件，写进 dianjian.yaml 的 ignore: 里。",
        en: "A file that is not meant to be checked goes under `ignore:` in dianjian.yaml.",
    }
}

/// A help with what to do where the file is none of ours after all.
pub fn or_ignore(help: Text) -> Text {
    let ignore = ignore();
    Text { zh: help.zh + &ignore.zh, en: help.en + " " + &ignore.en }
}

/// Whether a key is `kind` with one slip: `knd`, `kidn`, `kinds`.
fn is_nearly_called_kind(key: &str) -> bool {
    strsim::osa_distance(&plain(key), "kind") == 1
}

/// Whether a map says itself that it is another program's: a Kubernetes object, a schema, a rule of ours.
pub(super) fn is_of_a_program(map: Node<'_>) -> bool {
    ["apiVersion", "openapi", "swagger", "evidence", "recognise", "migration", "lexicon"]
        .iter()
        .any(|key| map.get(key).is_some())
}

/// Signs gathered from the keys of a map or of a text.
#[derive(Debug, Default)]
struct Signs {
    /// By kind: its fields that were met, with whether anybody's documents have them.
    fields: Vec<(KindIndex, Vec<(String, bool)>)>,
    /// The key that means `kind`, and the kind that it names.
    kind: Option<(String, KindIndex)>,
    /// The same of a key that is `kind` with a slip. Other programs have such keys too, so that a field must be of the kind.
    near_kind: Option<(String, KindIndex)>,
    /// A `kind` that is none of ours.
    other_kind: Option<String>,
    /// For values that only shops have.
    telling: usize,
    /// Whether one of them is the code of goods or orders.
    has_code: bool,
    /// Whether one of them says how many or for how much.
    has_figure: bool,
    /// All keys, those that no kind knows too.
    keys: usize,
    /// Whether one of them is not in Chinese.
    has_latin_keys: bool,
}

impl Signs {
    fn field(&mut self, kind: KindIndex, is_common: bool, key: &str) {
        let at = self.fields.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.fields.push((kind, Vec::new()));
            self.fields.len() - 1
        });
        let known = &mut self.fields[at].1;
        if !known.iter().any(|(known, _)| known == key) {
            known.push((key.to_owned(), is_common));
        }
    }

    /// The key that means `kind`, and the kind that it names.
    fn kind_key(&self) -> Option<&(String, KindIndex)> {
        let has_field = |(_, kind): &&(String, KindIndex)| self.fields.iter().any(|(known, _)| known == kind);
        self.kind.as_ref().or_else(|| self.near_kind.as_ref().filter(has_field))
    }

    /// The kind that they speak for, with the fields by which it is told; `None`: there are too few.
    fn verdict(&self) -> Option<(KindIndex, Vec<String>)> {
        self.verdict_of(ENOUGH)
    }

    /// The same where fewer signs are enough.
    fn verdict_of(&self, few: usize) -> Option<(KindIndex, Vec<String>)> {
        // Where every key is a field of one kind, and in Chinese, that says something even if each is common.
        let are_all =
            |fields: &[(String, bool)]| !self.has_latin_keys && fields.len() >= ENOUGH && fields.len() == self.keys;
        let signs = |fields: &[(String, bool)]| {
            fields.iter().filter(|(_, is_common)| !is_common).count() + usize::from(are_all(fields))
        };
        // As of a table, a code of goods and an amount tell as much as what only shops have.
        let telling = if self.has_code && self.has_figure { self.telling.max(TELLING) } else { self.telling };
        let enough = |(_, fields): &&(KindIndex, Vec<(String, bool)>)| {
            signs(fields) + telling >= few && !fields.is_empty() && fields.len() * 2 >= self.keys
        };
        // Of kinds with as many signs the one with more fields: a shop has few fields that a product has not.
        let (kind, fields) =
            self.fields.iter().filter(enough).max_by_key(|(_, fields)| (signs(fields), fields.len()))?;
        let is_sign = |(_, is_common): &&(String, bool)| !*is_common || signs(fields) == 0;
        Some((*kind, fields.iter().filter(is_sign).take(4).map(|(key, _)| key.clone()).collect()))
    }
}
