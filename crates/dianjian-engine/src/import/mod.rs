//! From exports and tables to native files: one file a shop with its products, live rooms beside it.
//!
//! The files hold what the reader made of the exports, completed by what their folder says, so that checking the files
//! finds what checking the exports finds. Ids and amounts are exact, and the result does not depend on threads.

mod names;
pub mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile};
/// The field of native records that names the export they were made of: their pictures may be addresses, as in exports.
pub use dianjian_rules::record::ORIGIN;
use dianjian_rules::record::{KindRole, Native, ReaderEvent, Record, Value, is_address, native};
use names::FileNames;

use crate::Engine;

/// A file to be written, by its name in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeFile {
    /// The name within the output folder.
    pub name: String,
    /// YAML, one document a record.
    pub text: String,
}

/// The result of an import.
#[derive(Debug, Default)]
pub struct Import {
    /// The files to be written.
    pub files: Vec<NativeFile>,
    /// How many records there are, by the names of their kinds.
    pub records: BTreeMap<String, usize>,
    /// Records that are native already, and stay where they are.
    pub native: usize,
    /// Answers about a part of a shop or product of which there is nothing else.
    pub parts: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads all exports and tables among the inputs. `out` is the folder that the files are meant for.
pub fn import(engine: &Engine<'_>, inputs: &[Input], out: &Path) -> Import {
    let mut importer = Importer { engine, out, done: Import::default(), shops: Vec::new(), loose: BTreeMap::new() };
    let problems = engine.each_record(inputs, &mut |source, seen| match seen {
        ReaderEvent::Record(record, shop) if record.prefix.is_empty() => importer.record(source, record, shop),
        ReaderEvent::Refused(node, text) => {
            importer.done.problems.push(Problem::with_message(source, node.head_span(), text, None));
        }
        _ => {}
    });
    let mut done = importer.files();
    done.problems.extend(problems);
    done
}

/// A shop and what belongs to it.
#[derive(Debug)]
struct ShopBundle {
    /// The id, else the name.
    key: String,
    shop: Native,
    /// Its other records with their kinds, and further shops of the same id.
    beside: Vec<(String, Native)>,
    rooms: Vec<Native>,
    products: Vec<Native>,
    /// Whether it had a record of its own, or is only known from its folder.
    seen: bool,
}

struct Importer<'g> {
    engine: &'g Engine<'g>,
    out: &'g Path,
    done: Import,
    shops: Vec<ShopBundle>,
    /// Records of no shop, by kind.
    loose: BTreeMap<String, Vec<Native>>,
}

impl Importer<'_> {
    fn record(&mut self, source: &Arc<SourceFile>, record: &Record<'_>, shop: Option<&Record<'_>>) {
        if !matches!(record.value, Value::Map(..)) {
            self.done.native += 1;
            return;
        }
        let kind = self.engine.pack.kinds.get(record.kind_index);
        let (role, name) = (kind.role, kind.name.to_string());
        let mut value = self.native(source, record);
        if role == Some(KindRole::Shop) && record.partial {
            return self.part_of_shop(source, value);
        }
        *self.done.records.entry(name.clone()).or_default() += 1;
        let home = shop.map(|shop| (key_of(&shop.value), self.native(source, shop)));
        match (role, home) {
            (Some(KindRole::Shop), _) => self.shop(name, key_of(&record.value), value),
            (_, Some((Some(key), native))) => {
                let at = self.of_home(key, native);
                self.belongs(at, (&name, role), value, record.partial);
            }
            (_, home) => {
                // Of a shop nothing is known but its system.
                if let Some((_, Native::Map(entries))) = home {
                    let system = entries.into_iter().find(|(name, _)| name == "system");
                    let system = system.filter(|_| kind.field("system").is_some());
                    system.into_iter().for_each(|(name, system)| add(&mut value, &name, system));
                }
                self.loose.entry(name).or_default().push(value);
            }
        }
    }

    /// The record as it is written; paths lead from the new place to where the files are.
    fn native(&self, source: &SourceFile, record: &Record<'_>) -> Native {
        let folder = source.path().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
        let path = |path: &str| moved(path, &folder, self.out);
        let mut value = native(&self.engine.pack.kinds, record.kind_index, &record.value, &path);
        if let Native::Map(entries) = &mut value {
            let kind = self.engine.pack.kinds.get(record.kind_index).name.to_string();
            let head = [("kind", kind), (ORIGIN, source.name().to_owned())];
            entries.splice(0..0, head.map(|(name, text)| (name.to_owned(), Native::Text(text))));
        }
        value
    }

    fn shop(&mut self, kind: String, key: Option<String>, value: Native) {
        let key = key.unwrap_or_default();
        match self.shops.iter_mut().find(|known| !key.is_empty() && known.key == key) {
            Some(known) if !known.seen => {
                known.shop = value;
                known.seen = true;
            }
            Some(known) => known.beside.push((kind, value)),
            None => self.shops.push(bundle(key, value, true)),
        }
    }

    /// The index of the shop of a folder, whether or not its own record has been read yet.
    fn of_home(&mut self, key: String, value: Native) -> usize {
        let known = self.shops.iter().position(|known| known.key == key);
        known.unwrap_or_else(|| {
            self.shops.push(bundle(key, value, false));
            self.shops.len() - 1
        })
    }

    /// A part of a shop is written into the shop of its folder.
    fn part_of_shop(&mut self, source: &Arc<SourceFile>, value: Native) {
        let home = self.engine.home(source).and_then(|home| home.shop_key().map(str::to_owned));
        let known = home.and_then(|key| self.shops.iter().position(|known| known.key == key));
        match known.and_then(|at| self.shops.get_mut(at)) {
            Some(known) => merge(&mut known.shop, value),
            None => self.done.parts += 1,
        }
    }

    fn belongs(&mut self, at: usize, (kind, role): (&str, Option<KindRole>), mut value: Native, partial: bool) {
        let kinds = &self.engine.pack.kinds;
        // What a warehouse has is no shop's.
        let names_shop = kinds.find(kind).is_some_and(|index| kinds.get(index).field("shop").is_some());
        let Some(shop) = self.shops.get_mut(at) else { return };
        match role {
            Some(KindRole::Product) => {
                if let Native::Map(entries) = &mut value {
                    entries.retain(|(name, _)| name != "kind" && name != ORIGIN);
                }
                let id = value.get("id").and_then(Native::text).map(str::to_owned);
                let same =
                    |known: &&mut Native| id.is_some() && known.get("id").and_then(Native::text) == id.as_deref();
                match shop.products.iter_mut().find(same) {
                    Some(known) if partial || known.get("title").is_none() => merge(known, value),
                    _ => shop.products.push(value),
                }
            }
            Some(KindRole::LiveRoom) => {
                refer(&mut value, &shop.shop);
                shop.rooms.push(value);
            }
            _ => {
                if names_shop {
                    refer(&mut value, &shop.shop);
                }
                shop.beside.push((kind.to_owned(), value));
            }
        }
    }

    fn files(mut self) -> Import {
        let mut names = FileNames::default();
        for shop in &mut self.shops {
            let name = names.file(&shop.key, "shop");
            let products = std::mem::take(&mut shop.products);
            if !products.is_empty() {
                add(&mut shop.shop, "products", Native::List(products));
            }
            let documents = std::iter::once(&shop.shop).chain(shop.beside.iter().map(|(_, value)| value));
            self.done.files.push(file(format!("{name}.yaml"), documents));
            if !shop.rooms.is_empty() {
                self.done.files.push(file(format!("{name}.live.yaml"), shop.rooms.iter()));
            }
        }
        for (kind, values) in &self.loose {
            let name = names.file(&kind.to_lowercase(), "record");
            self.done.files.push(file(format!("{name}.yaml"), values.iter()));
        }
        self.done
    }
}

fn bundle(key: String, shop: Native, seen: bool) -> ShopBundle {
    ShopBundle { key, shop, beside: Vec::new(), rooms: Vec::new(), products: Vec::new(), seen }
}

/// What a shop is known by: its id, else its name.
fn key_of(shop: &Value<'_>) -> Option<String> {
    let text = |name: &str| shop.get(name).and_then(|value| Some(value.text()?.into_owned()));
    text("id").or_else(|| text("name")).filter(|key| !key.trim().is_empty())
}

/// Names the shop in a record beside it, where the shop has an id.
fn refer(value: &mut Native, shop: &Native) {
    if let Some(id) = shop.get("id").and_then(Native::text) {
        add(value, "shop", Native::Text(id.to_owned()));
    }
}

/// Adds an entry, unless it is there.
fn add(value: &mut Native, name: &str, what: Native) {
    if let Native::Map(entries) = value
        && !entries.iter().any(|(known, _)| known == name)
    {
        entries.push((name.to_owned(), what));
    }
}

/// Adds the entries that a part has and the whole lacks, map by map.
fn merge(whole: &mut Native, part: Native) {
    let (Native::Map(mine), Native::Map(theirs)) = (whole, part) else { return };
    for (name, value) in theirs {
        match mine.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => merge(known, value),
            None => mine.push((name, value)),
        }
    }
}

fn file<'v>(name: String, documents: impl Iterator<Item = &'v Native>) -> NativeFile {
    let mut text = String::new();
    for (at, document) in documents.enumerate() {
        text.push_str(if at > 0 { "---\n" } else { "" });
        document.write_yaml(0, &mut text);
        text.push('\n');
    }
    NativeFile { name, text }
}

/// A path that led from one folder to a file, from another folder.
fn moved(path: &str, from: &Path, to: &Path) -> String {
    let is_fixed = path.is_empty() || is_address(path) || Path::new(path).is_absolute() || path.contains('\n');
    let (Ok(from), Ok(to)) = (absolute(from), absolute(to)) else { return path.to_owned() };
    if is_fixed {
        return path.to_owned();
    }
    let target = from.join(path);
    let shared = target.components().zip(to.components()).take_while(|(left, right)| left == right).count();
    let up = std::iter::repeat_n("..".to_owned(), to.components().count() - shared);
    let down = target.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The folder as it is reached from the root; one that is not there yet by the nearest above that is.
fn absolute(folder: &Path) -> std::io::Result<PathBuf> {
    let folder = std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?;
    for above in folder.ancestors() {
        if let Ok(found) = above.canonicalize() {
            return Ok(found.join(folder.strip_prefix(above).unwrap_or(Path::new(""))));
        }
    }
    Ok(folder)
}

impl Import {
    /// Whether there are no files to be written.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many records there are of each kind, by the title of the kind.
    pub fn counts_by_kind(&self, engine: &Engine<'_>) -> Vec<(usize, Text)> {
        let title = |kind: &str| {
            let kinds = &engine.pack.kinds;
            kinds.find(kind).map(|index| kinds.get(index).title.clone()).unwrap_or_default()
        };
        self.records.iter().map(|(kind, count)| (*count, title(kind))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_the_new_folder_to_the_old_one() {
        assert_eq!(moved("a/cover.png", Path::new("exports/shop"), Path::new("native")), "../exports/shop/a/cover.png");
        assert_eq!(moved("cover.png", Path::new(""), Path::new("")), "cover.png");
        assert_eq!(moved("https://a/b.png", Path::new("x"), Path::new("y")), "https://a/b.png");
        assert_eq!(moved("/a/b.png", Path::new("x"), Path::new("y")), "/a/b.png");
    }

    #[test]
    fn a_part_adds_what_the_whole_does_not_tell() {
        let text = |text: &str| Native::Text(text.to_owned());
        let map = |entries: &[(&str, Native)]| {
            Native::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
        };
        let mut whole = map(&[("name", text("云山")), ("homepage", map(&[("title", text("a"))]))]);
        merge(&mut whole, map(&[("name", text("别的")), ("homepage", map(&[("background", text("b.png"))]))]));
        let expected = map(&[("title", text("a")), ("background", text("b.png"))]);
        assert_eq!(whole, map(&[("name", text("云山")), ("homepage", expected)]));
    }
}
