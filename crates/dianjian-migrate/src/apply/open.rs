//! Opening a plan: is it one, complete, unchanged since it was sealed, and can it be carried out at all?

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dianjian_base::{BOM, slashed};
use dianjian_document::problem::Problem;
use dianjian_document::source::{self, Limits, SourceFile, Span};
use serde::Deserialize;

use super::error::{PlanDefect, PlanFileError};
use super::root::{OWN_FOLDER, RUNS_FOLDER, is_plain};
use crate::edits::FileEdits;
use crate::plan::{Plan, VERSION};

/// The largest plan that is read: a hundred thousand shops take a few hundred megabytes.
const PLAN_BYTES: u64 = 1 << 30;

/// What tells a plan from other JSON, and its version from others.
#[derive(Deserialize)]
struct PlanHeader {
    format: Option<serde_json::Value>,
    version: Option<u64>,
}

/// A plan that is as its planner sealed it, with edits that fit together.
#[derive(Debug)]
pub struct OpenedPlan {
    /// Its seal holds, and its edits have been checked.
    pub plan: Plan,
    pub(super) text: Arc<SourceFile>,
    /// The folder that its paths start from.
    pub root: PathBuf,
}

/// Opens a plan. `root` replaces the folder that the plan names.
///
/// # Errors
/// What is wrong with the file, at its place where it has one.
pub fn open_plan(path: &Path, root: Option<&Path>) -> Result<OpenedPlan, Box<Problem>> {
    let name = slashed(path);
    let limits = Limits::of_file_bytes(PLAN_BYTES);
    let text = match source::read(path, &limits) {
        Ok(text) => Arc::new(text),
        Err(error) => {
            let place = error.excerpt();
            let error = PlanFileError::Source(error);
            return Err(Box::new(match place {
                Some((source, span)) => Problem::at(&Arc::new(source), span, &error),
                None => Problem::in_file(&name, &error),
            }));
        }
    };
    let plan = read(&text)?;
    checked(&plan).map_err(|error| Box::new(Problem::in_file(&name, &error)))?;
    let root = root.map_or_else(|| root_of(path, &plan), Path::to_owned);
    Ok(OpenedPlan { plan, text, root })
}

/// The folder that the plan names; for the copy in a run folder, the root that this lies below.
fn root_of(path: &Path, plan: &Plan) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    let own: PathBuf = [OWN_FOLDER, RUNS_FOLDER, &plan.id].iter().collect();
    let root = match folder.ancestors().nth(3) {
        Some(root) if folder.ends_with(own) => root.to_owned(),
        _ if plan.root == "." => folder.to_owned(),
        _ => folder.join(&plan.root),
    };
    if root.as_os_str().is_empty() { PathBuf::from(".") } else { root }
}

fn read(text: &Arc<SourceFile>) -> Result<Plan, Box<Problem>> {
    let json = text.text().strip_prefix(BOM).unwrap_or(text.text());
    let skipped = text.text().len() - json.len();
    let at_error = |error: &serde_json::Error, kind: fn(String) -> PlanFileError| {
        let at = skipped + offset_of(json, error.line(), error.column());
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        Box::new(Problem::at(text, Span::at(at), &kind(reason)))
    };
    let whole = |error: PlanFileError| Box::new(Problem::in_file(text.name(), &error));
    let mark: PlanHeader = match serde_json::from_str(json) {
        Ok(mark) => mark,
        Err(error) if error.is_data() => return Err(whole(PlanFileError::NotAPlan)),
        Err(error) => return Err(at_error(&error, |reason| PlanFileError::Damaged { reason })),
    };
    if mark.format.as_ref().and_then(serde_json::Value::as_str) != Some("dianjian-migration-plan") {
        return Err(whole(PlanFileError::NotAPlan));
    }
    if let Some(found) = mark.version.filter(|version| *version != u64::from(VERSION)) {
        return Err(whole(PlanFileError::Version { found, known: VERSION }));
    }
    let plan: Plan =
        serde_json::from_str(json).map_err(|error| at_error(&error, |reason| PlanFileError::Form { reason }))?;
    let found = plan.digest();
    if found != plan.id {
        return Err(whole(PlanFileError::Seal { id: dianjian_text::safe::clipped(&plan.id, 80).into_owned(), found }));
    }
    Ok(plan)
}

/// The byte offset of a line and a column, both from 1, columns in bytes.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(text.len(), |at| at + 1),
    };
    text.floor_char_boundary((start + column.saturating_sub(1)).min(text.len()))
}

/// Makes sure that the plan can be carried out, as far as it shows by itself.
fn checked(plan: &Plan) -> Result<(), PlanFileError> {
    if plan.root.starts_with('/') || plan.root.contains('\\') || has_drive(&plan.root) || plan.root.contains('\0') {
        return Err(PlanFileError::at("root", PlanDefect::Root(plan.root.clone())));
    }
    let mut paths = HashSet::new();
    for (number, file) in plan.files.iter().enumerate() {
        let at = || format!("files[{number}].path");
        check_path(&file.path).map_err(|defect| PlanFileError::at(at(), defect))?;
        if !paths.insert(file.path.as_str()) {
            return Err(PlanFileError::at(at(), PlanDefect::TwoFiles(file.path.clone())));
        }
    }
    for (number, input) in plan.inputs.iter().enumerate() {
        check_path(input).map_err(|defect| PlanFileError::at(format!("inputs[{number}]"), defect))?;
    }
    let mut keys = HashSet::new();
    for (number, shop) in plan.shops.iter().enumerate() {
        let at = || format!("shops[{number}].key");
        if shop.key.is_empty() {
            return Err(PlanFileError::at(at(), PlanDefect::NoKey));
        }
        if !keys.insert(shop.key.as_str()) {
            return Err(PlanFileError::at(at(), PlanDefect::TwoShops(shop.key.clone())));
        }
    }
    FileEdits::of(plan)?;
    Ok(())
}

fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Whether a path stays below the root and out of the program's own folder.
fn check_path(path: &str) -> Result<(), PlanDefect> {
    if path.starts_with(['/', '\\']) || has_drive(path) || path.split(['/', '\\']).any(|part| part == "..") {
        return Err(PlanDefect::Leaves(path.to_owned()));
    }
    if !is_plain(path) {
        return Err(PlanDefect::Path(path.to_owned()));
    }
    let is_own = path.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(OWN_FOLDER));
    if is_own { Err(PlanDefect::Own(path.to_owned())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use dianjian_base::lang::Lang;

    use super::*;
    use crate::plan::tests::{change, empty, shop};
    use crate::plan::{FileDigest, PlannedFile};

    fn opened(plan: &Plan) -> Result<OpenedPlan, String> {
        opened_text(&serde_json::to_string_pretty(plan).unwrap())
    }

    fn opened_text(text: &str) -> Result<OpenedPlan, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        std::fs::write(&path, text).unwrap();
        open_plan(&path, None).map_err(|problem| {
            let line = problem.place.map(|(source, span)| source.position(span.start).line);
            let at = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!("{at}{}", problem.message.get(Lang::En))
        })
    }

    fn plan() -> Plan {
        let mut plan = empty();
        let file = |bytes: &[u8]| FileDigest::of(bytes);
        plan.files.push(PlannedFile {
            path: "a.yaml".to_owned(),
            before: file(b"old"),
            after: file(b"new"),
            encoding: None,
        });
        plan.shops.push(shop("a", "a.yaml", vec![change((0, "old", "new"))]));
        plan.seal();
        plan
    }

    #[test]
    fn what_is_no_plan_is_said_where() {
        assert!(opened(&plan()).is_ok());
        let text = serde_json::to_string_pretty(&plan()).unwrap();
        assert!(opened_text(&format!("\u{feff}{text}")).is_ok());
        let error = |text: &str| opened_text(text).unwrap_err();
        assert!(error(&text[..text.len() / 2]).contains("damaged"), "{}", error(&text[..text.len() / 2]));
        assert_eq!(error("[]"), "this is not a migration plan");
        assert_eq!(error("{\"format\": 3}"), "this is not a migration plan");
        assert_eq!(error(""), "line 1: the plan is damaged: EOF while parsing a value");
        assert!(error(&text.replace("\"version\": 1", "\"version\": 2")).contains("version 2"));
        assert!(error(&text.replace("\"root\"", "\"roof\"")).starts_with("line 8: the plan is not well-formed"));
        assert!(error(&text.replace(": \"new\"", ": \"now\"")).contains("changed after it was made"));
    }

    #[test]
    fn a_plan_cut_anywhere_is_refused() {
        let text = serde_json::to_string(&plan()).unwrap();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(opened_text(&text[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn paths_stay_below_the_root() {
        let to = |path: &str| {
            let mut plan = plan();
            plan.files[0].path = path.to_owned();
            plan.shops[0].file = path.to_owned();
            plan.seal();
            opened(&plan).map(|_| ())
        };
        assert_eq!(to("店/a b.yaml"), Ok(()));
        let wrong = [
            "../a",
            "a/../../b",
            "/etc/passwd",
            "C:/a",
            "c:a",
            "\\\\host\\a",
            "a\\..\\b",
            "",
            ".",
            "a//b",
            "./a",
            "a/",
            ".dianjian/x",
            ".Dianjian/x",
            "a\0b",
        ];
        for path in wrong {
            assert!(to(path).unwrap_err().starts_with("files[0].path: "), "{path}");
        }
    }

    #[test]
    fn keys_and_files_are_unique() {
        let mut two = plan();
        two.shops.push(shop("a", "a.yaml", Vec::new()));
        two.seal();
        assert_eq!(opened(&two).unwrap_err(), "shops[1].key: the key `a` is used by two shops");
        let mut two = plan();
        two.files.push(two.files[0].clone());
        two.seal();
        assert_eq!(opened(&two).unwrap_err(), "files[1].path: the file `a.yaml` is listed twice");
    }
}
