//! The proof: the plan is applied to a copy in memory, and the copy is checked with the whole pack as of the cut-over.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::plan::Plan;
use dianjian_base::FileSystem;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, InputSource, SourceFile};
use dianjian_engine::{Engine, Finding, Options, Policy, Render};
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;

/// Where shops lie in files, so that findings can be told by shop.
#[derive(Debug, Default)]
pub struct ShopLocations {
    files: HashMap<String, Vec<(u64, u64, usize)>>,
    /// Of workbooks that change, by file, sheet and row: what is written anew has other offsets.
    rows: HashMap<String, HashMap<(String, u64), usize>>,
}

impl ShopLocations {
    /// The places of a plan's shops after all its edits (`after`), or before them, by the name that findings give a file.
    #[must_use]
    pub fn of_plan(plan: &Plan, after: bool, name: &dyn Fn(&str) -> String) -> Self {
        let mut by_file: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, shop) in plan.shops.iter().enumerate() {
            by_file.entry(&shop.file).or_default().push(at);
        }
        // Edits count the bytes of the file, shops those of its text: in UTF-8 they are the same.
        let encoded: HashSet<&str> =
            plan.files.iter().filter(|file| file.encoding.is_some()).map(|file| file.path.as_str()).collect();
        let (mut files, mut rows) = (HashMap::new(), HashMap::new());
        for (file, shops) in by_file {
            let changes = || shops.iter().filter_map(|at| plan.shops.get(*at)).flat_map(|shop| &shop.changes);
            if changes().flat_map(|change| &change.edits).any(|edit| edit.cell.is_some()) {
                let row = |at: usize| plan.shops.get(at).and_then(|shop| Some((shop.sheet.clone()?, shop.line)));
                let of_rows = shops.iter().filter_map(|at| Some((row(*at)?, *at))).collect();
                rows.insert(name(file), of_rows);
                continue;
            }
            let is_encoded = encoded.contains(file);
            let mut places = Vec::with_capacity(shops.len());
            let mut shift = 0_i64;
            for at in shops {
                let Some(shop) = plan.shops.get(at) else { continue };
                let start = shop.offset.saturating_add_signed(shift);
                let mut end = shop.offset + shop.bytes;
                for edit in shop.changes.iter().flat_map(|change| &change.edits).filter(|_| after) {
                    // An entry may be added behind the comment after the shop's last byte, and still belongs to it.
                    if !is_encoded {
                        end = end.max(edit.end);
                    }
                    shift += edit.new.len() as i64 - edit.old.len() as i64;
                }
                places.push((start, end.saturating_add_signed(shift), at));
            }
            files.insert(name(file), places);
        }
        Self { files, rows }
    }

    /// The shop, by its number in the plan, in which a byte of a file lies.
    #[must_use]
    pub fn shop(&self, file: &str, offset: u64) -> Option<usize> {
        let places = self.files.get(file)?;
        let at = places.partition_point(|(start, _, _)| *start <= offset).checked_sub(1)?;
        places.get(at).filter(|(_, end, _)| offset <= *end).map(|(_, _, shop)| *shop)
    }

    /// The shop that a finding is about: in which it points, or in which the script lies that it points at.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Option<usize> {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        for label in labels {
            if let Some(rows) = self.rows.get(label.source.name()) {
                let shop = row_at(&label.source, label.span.start).and_then(|row| rows.get(&row));
                if shop.is_some() {
                    return shop.copied();
                }
                continue;
            }
            let offset = label.source.base_offset() + u64::from(label.span.start);
            if let Some(shop) = self.shop(label.source.name(), offset) {
                return Some(shop);
            }
        }
        None
    }
}

/// The sheet and the row in which a byte of a workbook's text lies.
fn row_at(source: &SourceFile, offset: u32) -> Option<(String, u64)> {
    let rows = source.table()?.rows.as_ref()?;
    Some((rows.sheet.to_string(), rows.cells.row(source.field_at(offset)?.record)?.into()))
}

/// Findings of one rule and one shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShopFinding {
    /// The rule's id.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// The shop, by its number in the plan; `None`: it is about no shop.
    pub shop: Option<usize>,
    /// Is it about the shop's name?
    pub name: bool,
}

/// What a re-check came to.
#[derive(Debug, Default)]
pub struct Recheck {
    /// How many findings there are of each sort, sorted.
    pub found: BTreeMap<ShopFinding, usize>,
    /// What could not be checked.
    pub problems: Vec<Problem>,
}

/// What a re-check takes beside the files: what stands for some of them, and what was said of exports.
#[derive(Debug, Default)]
pub struct RecheckSources {
    /// What stands for files on disk.
    pub files: FileSystem,
    /// Folders of the run: what is said of a shop in one holds for all exports below.
    roots: Vec<PathBuf>,
    /// The system of shops whose exports do not tell it.
    system: Option<String>,
}

impl RecheckSources {
    /// The files as they are on disk.
    #[must_use]
    pub fn of(roots: &[PathBuf], system: Option<&str>) -> Self {
        Self { roots: roots.to_vec(), system: system.map(str::to_owned), ..Self::default() }
    }
}

/// Checks files as of a day with the whole pack. Texts and workbooks of the [`RecheckSources`] stand for files on disk.
#[must_use]
pub fn recheck(
    pack: &Pack,
    policy: &dyn Policy,
    day: NaiveDate,
    (inputs, stand): (&[Input], RecheckSources),
    places: &ShopLocations,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Recheck {
    let mut options = Options::new(day);
    options.files = stand.files;
    (options.roots, options.system) = (stand.roots, stand.system);
    (options.as_of_given, options.fixes, options.threads) = (true, false, threads);
    let engine = Engine::new(pack, policy, options);
    let mut result = Recheck::default();
    engine.run(inputs, &FindingLocator { places }, progress, &mut |out| match out {
        Ok(told) => *result.found.entry(told).or_default() += 1,
        Err(problem) => result.problems.push(*problem),
    });
    result
}

struct FindingLocator<'t> {
    places: &'t ShopLocations,
}

impl Render for FindingLocator<'_> {
    type Out = Result<ShopFinding, Box<Problem>>;

    fn finding(&self, finding: Finding) -> Self::Out {
        Ok(ShopFinding {
            shop: self.places.of(&finding),
            name: finding.path == "name" && &*finding.record.kind == "Shop",
            severity: finding.severity,
            rule: finding.rule.id.clone(),
        })
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Err(Box::new(problem))
    }
}

/// Is the input a file, and which?
#[must_use]
pub fn path_of(input: &Input) -> Option<&PathBuf> {
    match &input.source {
        InputSource::Path(path) => Some(path),
        InputSource::Stdin => None,
    }
}
