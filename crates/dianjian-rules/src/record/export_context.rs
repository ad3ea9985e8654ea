//! What a folder says about the shop whose exports lie in it.
//!
//! The platform's answers do not name their shop, and its shop-info answer does not name the system. So a shop-info
//! answer speaks for the exports beside it and below, and a small file that the user writes, one of [`SIDECARS`], adds
//! what no answer has. A flag gives what is still missing; nothing is guessed. A folder is read once, from disk and
//! not from the inputs of the run, so that no result depends on their order, on threads or on shards.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

use dianjian_base::{FileSystem, slashed};
use dianjian_document::source::{self, Limits, SourceFile};
use dianjian_document::tree::{self, Format, Node, Tree};
use memchr::memmem;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::kind::{KindIndex, Kinds};
use super::mapping::{Mapping, Yields};
use super::reader::{ReaderEvent, RecordReader};
use super::schema::KindRole;
use super::transcript::Transcript;
use super::value::Value;

/// The names of the file in which a user describes the shop whose exports lie beside it.
pub const SIDECARS: [&str; 2] = ["dianjian-shop.yaml", "dianjian-shop.yml"];

/// The field that no export has.
pub(super) const SYSTEM: &str = "system";

/// A larger file holds more than one shop's answers and is not searched for it.
const MAX_BYTES: u64 = 8 << 20;

/// How many files of one folder are searched for the shop's answer.
const MAX_FILES: usize = 20_000;

/// Whether a path is that of a sidecar.
pub fn is_sidecar(path: &Path) -> bool {
    // Asked of every line of a large file: taking a path apart costs more than looking at its end.
    let ends_so = |sidecar: &&str| path.as_os_str().as_encoded_bytes().ends_with(sidecar.as_bytes());
    SIDECARS.iter().any(ends_so) && path.file_name().is_some_and(|name| SIDECARS.iter().any(|&sidecar| name == sidecar))
}

/// A value from the folder: its texts know the files they stand in, so that findings on it point there.
#[derive(Debug, Clone)]
enum ContextValue {
    Text(Arc<Transcript>),
    List(Vec<ContextValue>),
    Map(Vec<(String, ContextValue)>),
}

impl ContextValue {
    fn of(source: &Arc<SourceFile>, value: &Value<'_>) -> Self {
        if value.is_list() {
            return Self::List(value.each().map(|item| Self::of(source, &item)).collect());
        }
        if value.is_map() {
            let mut entries = Vec::new();
            value.entries(|name, _, entry| {
                if !entry.is_null() {
                    entries.push((name.to_owned(), Self::of(source, entry)));
                }
            });
            return Self::Map(entries);
        }
        let text = value.text().unwrap_or_default();
        Self::Text(Arc::new(Transcript::of_text(Arc::clone(source), value.node().span(), &text)))
    }

    /// As a value of a record; the node is only where it is used.
    fn value<'a>(&self, node: Node<'a>) -> Value<'a> {
        match self {
            Self::Text(text) => Value::Script(node, Arc::clone(text)),
            Self::List(items) => Value::List(node, Rc::new(items.iter().map(|item| item.value(node)).collect())),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(name, said)| (name.clone(), said.value(node)));
                Value::Map(node, Rc::new(entries.collect()))
            }
        }
    }

    fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, said)| said)
    }

    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text.text()) } else { None }
    }

    /// Adds the entries that are missing here; those that are here win.
    fn complete(&mut self, with: &Self) {
        let (Self::Map(mine), Self::Map(theirs)) = (self, with) else { return };
        for (name, said) in theirs {
            match mine.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.complete(said),
                None => mine.push((name.clone(), said.clone())),
            }
        }
    }
}

/// What is known about the shop whose exports lie in a folder.
#[derive(Debug, Clone, Default)]
pub struct ExportContext {
    /// The documents of the nearest sidecar.
    sidecar: Arc<Vec<ContextValue>>,
    /// The nearest shop, completed by the sidecar and the flag.
    shop: Option<ContextValue>,
    /// From the flag, for shops whose files do not say it.
    system: Option<ContextValue>,
    /// The sidecar and the file with the shop's answer.
    files: [Option<Arc<SourceFile>>; 2],
}

/// The files that speak for the exports of a folder, saved for a merge that runs where the folder is out of reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedContext {
    /// The folder, with `/` between its parts and no `./` before it.
    folder: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sidecar: Option<SavedContextFile>,
    /// The file with the shop's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shop: Option<SavedContextFile>,
}

impl SavedContext {
    /// The folder, with `/` between its parts.
    pub fn folder(&self) -> &str {
        &self.folder
    }
}

/// A file's name and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedContextFile {
    name: String,
    text: String,
}

impl SavedContextFile {
    fn of(source: &SourceFile) -> Self {
        Self { name: source.name().to_owned(), text: source.text().to_owned() }
    }

    fn load(&self) -> SourceFile {
        SourceFile::new(&self.name, self.text.as_str()).with_path(Path::new(&self.name))
    }
}

impl ExportContext {
    /// A shop's record, completed by what its folder says about it.
    pub fn completed<'a>(&self, shop: Value<'a>, is_partial: bool) -> Value<'a> {
        let id = shop.get("id").and_then(|id| Some(id.text()?.into_owned()));
        let (documents, system) = if is_partial {
            (&[][..], self.shop.as_ref().and_then(|shop| shop.get(SYSTEM)).or(self.system.as_ref()))
        } else {
            (&self.sidecar[..], self.system.as_ref())
        };
        let completed = speaking(documents, id.as_deref()).fold(shop, complete);
        match system {
            Some(system) => complete(completed, &ContextValue::Map(vec![(SYSTEM.to_owned(), system.clone())])),
            None => completed,
        }
    }

    /// The shop that a record belongs to, as a record at the same place; not one of another system.
    pub fn shop_of<'a>(&self, record: &Value<'a>) -> Option<Value<'a>> {
        let shop = self.shop.as_ref()?;
        let own = record.get(SYSTEM).and_then(|system| Some(system.text()?.into_owned()));
        let system = shop.get(SYSTEM).and_then(ContextValue::text);
        let agrees = own.as_deref().is_none_or(|own| system.is_none_or(|system| system == own));
        (agrees && record.get("shop").is_none()).then(|| shop.value(record.node()))
    }

    /// The type of the nearest shop's subject.
    pub fn subject(&self) -> Option<&str> {
        self.shop.as_ref()?.get("subject")?.get("type")?.text()
    }

    /// What the nearest shop is known by: its id, else its name.
    pub fn shop_key(&self) -> Option<&str> {
        let shop = self.shop.as_ref()?;
        ["id", "name"].iter().find_map(|field| shop.get(field)?.text())
    }
}

/// The documents of a sidecar that are about a shop: those without an id, and those with the shop's.
fn speaking<'s>(sidecar: &'s [ContextValue], id: Option<&'s str>) -> impl Iterator<Item = &'s ContextValue> {
    sidecar.iter().filter(move |said| match (said.get("id").and_then(ContextValue::text), id) {
        (Some(named), Some(id)) => named == id,
        (Some(_), None) => sidecar.len() == 1,
        (None, _) => true,
    })
}

/// Adds the entries that a map lacks; its own win.
fn complete<'a>(value: Value<'a>, said: &ContextValue) -> Value<'a> {
    let (Value::Map(node, mut entries), ContextValue::Map(theirs)) = (value.clone(), said) else { return value };
    let mine = Rc::make_mut(&mut entries);
    for (name, said) in theirs.iter().filter(|(name, _)| name != "kind") {
        match mine.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = complete(known.clone(), said),
            None => mine.push((name.clone(), said.value(node))),
        }
    }
    Value::Map(node, entries)
}

/// The export contexts of the folders of a run, each read once.
#[derive(Debug)]
pub struct ExportContexts {
    kinds: Arc<Kinds>,
    mappings: Arc<Vec<Mapping>>,
    shop: Option<KindIndex>,
    /// Folders of the run: a shop's answer in one speaks for all exports below it.
    roots: Vec<PathBuf>,
    system: Option<ContextValue>,
    files: FileSystem,
    known: RwLock<FxHashMap<PathBuf, Option<Arc<ExportContext>>>>,
    /// From a partial; the folders themselves are then not read.
    saved: Option<Arc<Vec<SavedContext>>>,
    /// For standard input, which lies in no folder: what the flag says.
    nowhere: Option<Arc<ExportContext>>,
}

impl ExportContexts {
    /// The contexts of a run over `roots`; `system` is the flag for shops whose exports do not say theirs.
    pub fn new(
        kinds: &Arc<Kinds>,
        mappings: &Arc<Vec<Mapping>>,
        roots: &[PathBuf],
        system: Option<&str>,
        files: &FileSystem,
    ) -> Self {
        let system = system.map(|system| {
            let source = Arc::new(SourceFile::new("--system", system));
            let whole = source.line_span(0).unwrap_or_default();
            ContextValue::Text(Arc::new(Transcript::of_text(source, whole, system)))
        });
        let nowhere = system.clone().map(|system| Arc::new(context(Arc::default(), None, Some(system))));
        Self {
            kinds: Arc::clone(kinds),
            mappings: Arc::clone(mappings),
            shop: kinds.with_role(KindRole::Shop),
            roots: roots.to_vec(),
            system,
            files: files.clone(),
            known: RwLock::default(),
            saved: None,
            nowhere,
        }
    }

    /// The same over other contents of files, without what was read before.
    #[must_use]
    pub fn fresh(&self, files: &FileSystem) -> Self {
        Self {
            kinds: Arc::clone(&self.kinds),
            mappings: Arc::clone(&self.mappings),
            shop: self.shop,
            roots: self.roots.clone(),
            system: self.system.clone(),
            files: files.clone(),
            known: RwLock::default(),
            saved: self.saved.clone(),
            nowhere: self.nowhere.clone(),
        }
    }

    /// With the contexts of a partial, sorted by folder, instead of the folders on disk.
    #[must_use]
    pub fn with_saved(mut self, saved: Option<Arc<Vec<SavedContext>>>) -> Self {
        self.saved = saved;
        self
    }

    /// The contexts read so far, sorted by folder, for a partial.
    pub fn saved(&self) -> Vec<SavedContext> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut saved: Vec<SavedContext> = known
            .iter()
            .filter_map(|(folder, context)| {
                let [sidecar, shop] =
                    context.as_ref()?.files.each_ref().map(|file| file.as_deref().map(SavedContextFile::of));
                let is_silent = sidecar.is_none() && shop.is_none();
                (!is_silent).then(|| SavedContext { folder: folder_name(folder), sidecar, shop })
            })
            .collect();
        saved.sort_unstable_by(|one, other| one.folder.cmp(&other.folder));
        saved
    }

    /// Whether a file may speak for the exports beside it and below: a sidecar, or one that looks like a shop's answer.
    pub fn may_speak(&self, path: &Path, text: &str) -> bool {
        let has = |marker: &String| memmem::find(text.as_bytes(), marker.as_bytes()).is_some();
        let is_json = matches!(Format::of_path(path), Some(Format::Json | Format::NdJson));
        is_sidecar(path) || (is_json && self.markers().iter().any(|markers| markers.iter().all(has)))
    }

    /// The kind of shops.
    pub const fn shop_kind(&self) -> Option<KindIndex> {
        self.shop
    }

    /// The context of a file's folder; `None` where nothing is known.
    pub fn of(&self, source: &SourceFile) -> Option<Arc<ExportContext>> {
        let Some(folder) = source.path().map(|path| path.parent().unwrap_or(Path::new(""))) else {
            return self.nowhere.clone();
        };
        if let Some(context) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return context.clone();
        }
        let context = self.read(folder);
        // Another thread may have read the folder meanwhile; what it read is the same.
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), context.clone());
        context
    }

    fn read(&self, folder: &Path) -> Option<Arc<ExportContext>> {
        let (sidecar, shop) = match &self.saved {
            Some(saved) => self.read_saved(saved, folder),
            None => self.read_folder(folder),
        };
        let (documents, sidecar_file) = sidecar.unzip();
        let (shop, shop_file) = shop.unzip();
        let documents = Arc::new(documents.unwrap_or_default());
        let is_silent = documents.is_empty() && shop.is_none() && self.system.is_none();
        (!is_silent).then(|| {
            let files = [sidecar_file, shop_file];
            Arc::new(ExportContext { files, ..context(documents, shop, self.system.clone()) })
        })
    }

    /// The nearest sidecar and the nearest shop of the folder and those above it.
    fn read_folder(&self, folder: &Path) -> (Option<SidecarDocuments>, Option<ContextShop>) {
        let is_below_root = |folder: &Path| self.roots.iter().any(|root| folder.starts_with(root));
        let folders: Vec<&Path> = folder
            .ancestors()
            .enumerate()
            .take_while(|(at, above)| *at == 0 || is_below_root(above))
            .map(|(_, f)| f)
            .collect();
        let sidecar = folders.iter().find_map(|folder| self.sidecar(folder));
        let mut shops =
            folders.iter().map(|folder| self.shops(folder)).find(|shops| !shops.is_empty()).unwrap_or_default();
        // Of several shops in one folder nobody knows which one the others belong to.
        (sidecar, if shops.len() == 1 { shops.pop() } else { None })
    }

    fn read_saved(&self, saved: &[SavedContext], folder: &Path) -> (Option<SidecarDocuments>, Option<ContextShop>) {
        let folder = folder_name(folder);
        let found = saved.binary_search_by(|saved| saved.folder.as_str().cmp(&folder));
        let Some(saved) = found.ok().and_then(|at| saved.get(at)) else { return (None, None) };
        let sidecar = saved.sidecar.as_ref().map(|file| sidecar_documents(Arc::new(file.load())));
        let mut shops = Vec::new();
        if let Some(file) = &saved.shop {
            self.shops_of(&Arc::new(file.load()), &mut shops);
        }
        (sidecar, shops.into_iter().next())
    }

    fn file(&self, path: &Path) -> Option<SourceFile> {
        source::read_in(&self.files, path, &Limits::of_file_bytes(MAX_BYTES)).ok()
    }

    /// The folder's own sidecar. One that cannot be read is a problem where the run reads it as an input.
    fn sidecar(&self, folder: &Path) -> Option<SidecarDocuments> {
        SIDECARS.iter().find_map(|name| self.file(&folder.join(name))).map(|source| sidecar_documents(Arc::new(source)))
    }

    /// The shops in the answers of the folder, each once.
    fn shops(&self, folder: &Path) -> Vec<ContextShop> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| matches!(Format::of_path(path), Some(Format::Json | Format::NdJson)))
            .take(MAX_FILES)
            .collect();
        paths.sort_unstable();
        let markers = self.markers();
        let mut shops: Vec<ContextShop> = Vec::new();
        for path in paths {
            let Some(source) = self.file(&path) else { continue };
            let has = |marker: &String| memmem::find(source.text().as_bytes(), marker.as_bytes()).is_some();
            if markers.iter().any(|markers| markers.iter().all(has)) {
                self.shops_of(&Arc::new(source), &mut shops);
            }
        }
        shops
    }

    /// For every shape of a shop's answer, the keys that its text must contain: reading all files of a folder as
    /// documents would cost far more than this search.
    fn markers(&self) -> Vec<Vec<String>> {
        let tells_shop = |mapping: &&Mapping| {
            matches!(mapping.yields, Yields::Records(kind) if Some(kind) == self.shop) && !mapping.is_partial()
        };
        self.mappings.iter().filter(tells_shop).map(Mapping::markers).collect()
    }

    fn shops_of(&self, source: &Arc<SourceFile>, shops: &mut Vec<ContextShop>) {
        let reader = RecordReader::new(&self.kinds, &self.mappings);
        let format = Format::resolve(source.path().and_then(Format::of_path), source.text());
        tree::parse(source, format, &Limits::default(), &mut Tree::new(), &mut |root| {
            reader.read(source, root, &mut |seen| {
                let ReaderEvent::Record(record, None) = seen else { return };
                if Some(record.kind_index) != self.shop || record.partial || !matches!(record.value, Value::Map(..)) {
                    return;
                }
                let shop = ContextValue::of(source, &record.value);
                let id = |shop: &ContextValue| shop.get("id").and_then(ContextValue::text).map(str::to_owned);
                if !shops.iter().any(|(known, _)| id(known).is_some() && id(known) == id(&shop)) {
                    shops.push((shop, Arc::clone(source)));
                }
            });
        });
    }
}

/// The documents of a sidecar, and its file.
type SidecarDocuments = (Vec<ContextValue>, Arc<SourceFile>);

/// A shop, and the file with its answer.
type ContextShop = (ContextValue, Arc<SourceFile>);

fn sidecar_documents(source: Arc<SourceFile>) -> SidecarDocuments {
    let mut documents = Vec::new();
    tree::parse(&source, Format::Yaml, &Limits::default(), &mut Tree::new(), &mut |root| {
        if root.kind() == tree::NodeKind::Mapping {
            documents.push(ContextValue::of(&source, &Value::Node(root)));
        }
    });
    (documents, source)
}

/// A folder as reports would show it, wherever the run began.
fn folder_name(folder: &Path) -> String {
    let parts = folder.components().filter(|part| !matches!(part, std::path::Component::CurDir));
    slashed(parts.collect::<PathBuf>())
}

/// The context of a folder: its shop is completed by the sidecar, then by the flag.
fn context(sidecar: Arc<Vec<ContextValue>>, shop: Option<ContextValue>, system: Option<ContextValue>) -> ExportContext {
    let id = shop.as_ref().and_then(|shop| shop.get("id")?.text()).map(str::to_owned);
    let mut whole = shop.unwrap_or_else(|| ContextValue::Map(Vec::new()));
    for said in speaking(&sidecar, id.as_deref()) {
        whole.complete(said);
    }
    if let Some(system) = &system {
        whole.complete(&ContextValue::Map(vec![(SYSTEM.to_owned(), system.clone())]));
    }
    let is_empty = matches!(&whole, ContextValue::Map(entries) if entries.is_empty());
    ExportContext { sidecar, shop: (!is_empty).then_some(whole), system, files: [None, None] }
}
