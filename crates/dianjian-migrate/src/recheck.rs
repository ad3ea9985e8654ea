//! Re-checks of a fleet with the whole pack as of the cut-over: of the files as they will be, for the proof of a plan,
//! and of those on disk, to compare them with it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use chrono::NaiveDate;
use dianjian_base::FileSystem;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile};
use dianjian_engine::{Engine, Finding, Render, RunOptions, SeverityPolicy};
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;
use dianjian_rules::record::KindRole;

use crate::plan::{Plan, PlannedShop};

/// Where a plan's shops are in files, so that findings can be attributed to shops.
#[derive(Debug, Default)]
pub(crate) struct ShopLocations {
    /// By file: first byte, last byte and number of each shop.
    files: HashMap<String, Vec<(u64, u64, usize)>>,
    /// Of workbooks that change, by sheet and row instead: a sheet that is written anew has other offsets.
    rows: HashMap<String, HashMap<(String, u64), usize>>,
}

impl ShopLocations {
    /// The places after the edits of those shops that are applied; `name` gives the name that findings have for a file.
    pub(crate) fn of_plan(plan: &Plan, is_applied: &dyn Fn(usize) -> bool, name: &dyn Fn(&str) -> String) -> Self {
        let edits_of =
            |at: usize| plan.shops.get(at).filter(|_| is_applied(at)).into_iter().flat_map(PlannedShop::edits);
        let mut by_file: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, shop) in plan.shops.iter().enumerate() {
            by_file.entry(&shop.file).or_default().push(at);
        }
        // Edits count the bytes of the file, shops those of its text: in UTF-8 they are the same.
        let encoded: HashSet<&str> =
            plan.files.iter().filter(|file| file.encoding.is_some()).map(|file| file.path.as_str()).collect();
        let (mut files, mut rows) = (HashMap::new(), HashMap::new());
        for (file, shops) in by_file {
            if shops.iter().flat_map(|at| edits_of(*at)).any(|edit| edit.cell.is_some()) {
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
                for edit in edits_of(at) {
                    // An entry that is added behind a comment after the shop's last byte still belongs to the shop.
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

    /// The number of the shop in which a byte of a file lies.
    fn shop_at(&self, file: &str, offset: u64) -> Option<usize> {
        let places = self.files.get(file)?;
        let at = places.partition_point(|(start, _, _)| *start <= offset).checked_sub(1)?;
        places.get(at).filter(|(_, end, _)| offset <= *end).map(|(_, _, shop)| *shop)
    }

    /// The shop that a finding is about: the first one in which one of its labels is.
    fn shop_of(&self, finding: &Finding) -> Option<usize> {
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
            if let Some(shop) = self.shop_at(label.source.name(), offset) {
                return Some(shop);
            }
        }
        None
    }
}

/// The sheet and the row of a byte of a workbook's text.
fn row_at(source: &SourceFile, offset: u32) -> Option<(String, u64)> {
    let rows = source.table()?.rows.as_ref()?;
    Some((rows.sheet.to_string(), rows.cells.row(source.field_at(offset)?.record)?.into()))
}

/// What findings of a re-check are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ShopFinding {
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    /// The shop's number in the plan; `None`: it is about no shop.
    pub(crate) shop: Option<usize>,
    /// Whether it is about the shop's name.
    pub(crate) is_about_name: bool,
}

/// What a re-check has found.
#[derive(Debug, Default)]
pub(crate) struct Recheck {
    /// How many findings there are of each kind.
    pub(crate) found: BTreeMap<ShopFinding, usize>,
    /// What could not be checked.
    pub(crate) problems: Vec<Problem>,
}

/// What a re-check is made with.
pub(crate) struct RecheckRequest<'r> {
    pub(crate) pack: &'r Pack,
    pub(crate) policy: &'r dyn SeverityPolicy,
    /// The day of the cut-over.
    pub(crate) day: NaiveDate,
    /// Top folders of the run: a shop's own export in one of them speaks for all exports below it.
    pub(crate) roots: &'r [PathBuf],
    /// The system of shops whose exports do not name it.
    pub(crate) system: Option<&'r str>,
    /// What overrides files on disk.
    pub(crate) files: FileSystem,
    pub(crate) threads: usize,
}

/// Checks files with the whole pack.
pub(crate) fn recheck(
    request: RecheckRequest<'_>,
    inputs: &[Input],
    locations: &ShopLocations,
    progress: &(dyn Fn(u64) + Sync),
) -> Recheck {
    let mut options = RunOptions::new(request.day).at(request.day);
    (options.policy.fixes, options.policy.system) = (false, request.system.map(str::to_owned));
    (options.environment.files, options.environment.roots) = (request.files, request.roots.to_vec());
    options.tuning.threads = request.threads;
    let engine = Engine::new(request.pack, request.policy, options);
    let mut result = Recheck::default();
    engine.run(inputs, &FindingLocator { locations, engine: &engine }, progress, &mut |out| match out {
        Ok(Some(finding)) => *result.found.entry(finding).or_default() += 1,
        Ok(None) => {}
        Err(problem) => result.problems.push(*problem),
    });
    result
}

/// Attributes findings to shops; `None` for those that the project silences.
struct FindingLocator<'t> {
    locations: &'t ShopLocations,
    engine: &'t Engine<'t>,
}

impl Render for FindingLocator<'_> {
    type Out = Result<Option<ShopFinding>, Box<Problem>>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let is_of_shop = || self.engine.pack.kinds.is_role(&finding.record.kind, KindRole::Shop);
        Ok((!self.engine.silences(&finding)).then(|| ShopFinding {
            shop: self.locations.shop_of(&finding),
            is_about_name: finding.path == "name" && is_of_shop(),
            severity: finding.severity,
            rule: finding.rule.id.clone(),
        }))
    }

    fn problem(&self, problem: Problem) -> Self::Out {
        Err(Box::new(problem))
    }
}
