//! Checks of projects in folders that the process is not in.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use dianjian_base::in_order::ForEach;
use dianjian_engine::baseline::BaselineUpdate;

use super::*;
use crate::{BaselineChange, InputOptions, KnownOptions, ProjectError, ProjectOptions, RuleChoice, WorkingFolder};

const BAD: &str = "kind: Shop\nid: yunshan\nsystem: weixin-store\nname: 云山旗舰店\n";
const RULE: &str = "naming/store-type-words";

/// The place and the rule of each finding, and the texts of problems.
struct Places;

impl Render for Places {
    type Out = String;

    fn finding(&self, finding: Finding) -> String {
        format!("{} {}", finding.primary.source.name(), finding.rule.id)
    }

    fn problem(&self, problem: Problem) -> String {
        format!("problem {} {}", problem.file, problem.message.en)
    }
}

/// A project folder and how it is checked.
struct Folder {
    folder: tempfile::TempDir,
    known: KnownOptions,
    filter: ReportFilter,
    /// Contents that are not on disk.
    unsaved: Vec<(&'static str, &'static str)>,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("project").tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self { folder, known: KnownOptions::default(), filter: ReportFilter::default(), unsaved: Vec::new() }
    }

    fn options(&self) -> ProjectOptions {
        ProjectOptions::new(WorkingFolder::elsewhere(self.folder.path()))
    }

    fn check(&self) -> (Vec<String>, CheckTotals, Option<BaselineChange>) {
        self.check_until(usize::MAX)
    }

    /// Checks the folder until so many items have come.
    fn check_until(&self, most: usize) -> (Vec<String>, CheckTotals, Option<BaselineChange>) {
        let day: NaiveDate = "2026-11-22".parse().unwrap();
        let mut project = Project::load(&self.options()).unwrap();
        let policy = project.policy(&RuleChoice::default()).unwrap();
        project.owns_baseline(None);
        let asked = InputOptions { threads: 2, ..InputOptions::default() };
        let mut inputs = RunInputs::find(&asked, &mut project);
        let mut options = asked.run_options(&project.working, day);
        let unsaved = self.unsaved.iter().map(|(name, text)| (PathBuf::from(name), (*text).into()));
        options.environment.files = inputs.overlay(unsaved, &project.working);
        let mut known = KnownFindings::open(&self.known, day, &mut project).unwrap();
        let problems = project.take_problems(&inputs);
        let count = std::sync::atomic::AtomicUsize::new(0);
        let is_cancelled = || count.load(std::sync::atomic::Ordering::Relaxed) >= most;
        let bytes = std::sync::atomic::AtomicU64::new(0);
        let progress = |read| {
            bytes.fetch_add(read, std::sync::atomic::Ordering::Relaxed);
        };
        let run = CheckRun::new(&project, &policy, &self.filter, &inputs, &options)
            .with_problems(&problems)
            .counting_rules(true)
            .with_progress(&progress)
            .with_cancellation(&is_cancelled);
        let (mut items, seen) = (Vec::new(), Cell::new(0));
        let mut consumer = ForEach(|item| {
            items.push(item);
            seen.set(seen.get() + 1);
            count.store(seen.get(), std::sync::atomic::Ordering::Relaxed);
        });
        let totals = run.run(None, &mut known, &Places, &mut consumer);
        assert!(bytes.into_inner() > 0 || inputs.files.is_empty());
        let change = known.finish(totals.may_not_change_the_baseline(&known)).unwrap();
        (items, totals, change)
    }
}

fn of_rule(items: &[String]) -> Vec<&str> {
    items.iter().filter_map(|item| item.strip_suffix(&format!(" {RULE}"))).collect()
}

#[test]
fn each_project_has_its_own_folder_and_configuration() {
    let shops = [("a/shop.yaml", BAD), ("b/shop.yaml", BAD)];
    let plain = Folder::new(&shops);
    let configured = Folder::new(&[shops[0], shops[1], ("dianjian.yaml", "ignore: [b/]\n")]);
    let silenced =
        format!("paths:\n  - match: [a/]\n    severity: {{{RULE}: info}}\nseverity: {{naming/unique: \"off\"}}\n");
    let softened = Folder::new(&[shops[0], ("dianjian.yaml", &silenced)]);
    assert_eq!(of_rule(&plain.check().0), ["a/shop.yaml", "b/shop.yaml"]);
    assert_eq!(of_rule(&configured.check().0), ["a/shop.yaml"]);
    let (items, totals, _) = softened.check();
    assert_eq!(of_rule(&items), ["a/shop.yaml"]);
    let counted = totals.summary.statistics.unwrap();
    assert!(counted.iter().any(|count| count.rule == RULE && count.severity == Severity::Info), "{counted:?}");
}

#[test]
fn lines_and_tables_are_named_from_the_folder_too() {
    let line = "{\"kind\":\"Shop\",\"id\":\"yunshan\",\"system\":\"weixin-store\",\"name\":\"云山旗舰店\"}\n";
    let table = "kind,id,system,name\nShop,qingshan,weixin-store,青山旗舰店\n";
    let folder = Folder::new(&[("a/shops.ndjson", line), ("shops.csv", table)]);
    assert_eq!(of_rule(&folder.check().0), ["a/shops.ndjson", "shops.csv"]);
}

#[test]
fn contents_override_the_disk_by_any_path_and_new_files_are_inputs() {
    let mut folder = Folder::new(&[("a/shop.yaml", "kind: Shop\nid: yunshan\nsystem: weixin-store\nname: 云山\n")]);
    assert!(of_rule(&folder.check().0).is_empty());
    folder.unsaved = vec![("a/../a/shop.yaml", BAD), ("new/shop.yaml", BAD)];
    assert_eq!(of_rule(&folder.check().0), ["a/shop.yaml", "new/shop.yaml"]);
}

#[test]
fn a_baseline_is_written_used_and_brought_up_to_date() {
    let mut folder = Folder::new(&[("a/shop.yaml", BAD)]);
    folder.known.update = BaselineUpdate::Accept;
    let (items, totals, change) = folder.check();
    let accepted = totals.summary.baselined;
    assert!(items.is_empty() && accepted > 0, "{items:?}");
    let Some(BaselineChange::Written { path, before: 0, now, accepted: true, is_found: true, .. }) = change else {
        panic!("{change:?}");
    };
    assert_eq!((path.as_path(), now), (folder.folder.path().join("dianjian-baseline.json").as_path(), accepted));
    folder.known.update = BaselineUpdate::Keep;
    let (items, totals, change) = folder.check();
    assert_eq!(
        (items.len(), totals.summary.baselined, totals.verdict(), change),
        (0, accepted, CheckVerdict::Clean, None)
    );
    std::fs::write(folder.folder.path().join("a/shop.yaml"), BAD.replace("旗舰店", "")).unwrap();
    folder.known.update = BaselineUpdate::Shrink;
    let (_, totals, change) = folder.check();
    assert!(totals.summary.stale > 0);
    assert!(matches!(change, Some(BaselineChange::Written { now, .. }) if now < accepted), "{change:?}");
}

#[test]
fn filters_and_entries_of_ignore_are_counted() {
    let mut folder = Folder::new(&[("a/shop.yaml", BAD), ("b/shop.yaml", BAD)]);
    folder.filter = ReportFilter::new(None, None, Some(vec![folder.folder.path().join("a").canonicalize().unwrap()]));
    let (items, totals, _) = folder.check();
    assert_eq!(of_rule(&items), ["a/shop.yaml"]);
    assert!(totals.summary.elsewhere > 0);
    let config = format!("ignore:\n  - {{rule: {RULE}, file: b/shop.yaml, reason: 已备案}}\n");
    std::fs::write(folder.folder.path().join("dianjian.yaml"), config).unwrap();
    folder.filter = ReportFilter::default();
    let (items, totals, _) = folder.check();
    assert_eq!((of_rule(&items), totals.summary.suppressed), (vec!["a/shop.yaml"], 1));
}

#[test]
fn a_check_that_is_cancelled_is_not_complete() {
    let files: Vec<(String, String)> =
        (0..400).map(|number| (format!("{number}.yaml"), BAD.replace("yunshan", &format!("y{number}")))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = Folder::new(&files);
    let (items, totals, _) = folder.check_until(3);
    assert!(!totals.complete && (3..400).contains(&items.len()), "{}", items.len());
}

#[test]
fn mistakes_in_files_are_problems_and_in_options_errors() {
    let broken = Folder::new(&[("a/shop.yaml", BAD), ("dianjian.yaml", "no_such: 1\n")]);
    let project = Project::load(&broken.options()).unwrap();
    assert!(project.broken && !project.problems.is_empty());
    let folder = Folder::new(&[("pack/rules/x.yaml", "- [\n")]);
    let mut options = folder.options();
    options.packs.push(Path::new("pack").to_owned());
    options.params.push("no/such.limit=1".to_owned());
    let unloaded = Project::load(&options).unwrap_err();
    assert!(matches!(unloaded.error, ProjectError::Option { .. }), "{}", unloaded.error);
    options.params.clear();
    let choice = RuleChoice { only: vec!["no/such".to_owned()], ..RuleChoice::default() };
    let error = Project::load(&options).unwrap().policy(&choice).unwrap_err();
    assert!(error.to_string().starts_with("only no/such: "), "{error}");
}
