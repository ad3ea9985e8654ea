//! Running the examples of migrations: each is planned as a fleet of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use dianjian_base::lang::{Localized as _, Text};
use dianjian_base::{FileSystem, text};
use dianjian_document::source::{Format, Input, InputSource, SourceFile, Span};
use dianjian_engine::AsWritten;
use dianjian_rules::record::KindRole;
use dianjian_rules::{Pack, parse_one};
use serde_json::Value as Json;

use crate::error::PlanningError;
use crate::language::{MigrationExample, MigrationFile};
use crate::plan::{Plan, PlannedShop, ShopOutcome};
use crate::planner::{FleetFile, PlanFailure, PlanReport, PlanRequest, plan_files};

/// An example, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct MigrationExampleReport {
    /// Its place in the migration's file.
    pub span: Span,
    /// Absent: it holds.
    pub wrong: Option<Text>,
}

/// One migration and its examples.
#[derive(Debug, Clone)]
pub struct MigrationReport {
    /// The migration's id.
    pub id: String,
    /// The migration's file.
    pub source: Arc<SourceFile>,
    /// In the order of the file.
    pub examples: Vec<MigrationExampleReport>,
}

/// Runs the examples of all migrations of a pack. Files that cannot be read are skipped: compiling them reports that.
pub fn run_examples(pack: &Pack) -> Vec<MigrationReport> {
    let files = pack.migrations.iter().filter(|(name, _)| !name.starts_with("tasks/"));
    files
        .filter_map(|(_, source)| {
            let file: MigrationFile = parse_one(source).ok()?;
            let run = |example: &dianjian_document::tree::Spanned<MigrationExample>| MigrationExampleReport {
                span: example.span,
                wrong: wrong(pack, &file, &example.value),
            };
            Some(MigrationReport {
                id: file.id.value.clone(),
                source: Arc::clone(source),
                examples: file.examples.iter().map(run).collect(),
            })
        })
        .collect()
}

/// The day of an example: its own, else the first or last on which the migration holds, else one as good as any.
fn day(file: &MigrationFile, example: &MigrationExample) -> NaiveDate {
    let period = file.effective.as_ref().map(|period| period.value).unwrap_or_default();
    let last = period.until.and_then(|until| until.checked_sub_days(Days::new(1)));
    example.as_of.or(period.from).or(last).or(NaiveDate::from_ymd_opt(2026, 1, 1)).unwrap_or_default()
}

fn wrong(pack: &Pack, file: &MigrationFile, example: &MigrationExample) -> Option<Text> {
    match plan_example(pack, day(file, example), &example.shop.value, 1) {
        Ok(report) => match report.plan.shops.first() {
            Some(shop) => differs(file, example, shop, &report.plan),
            None => Some(text! { zh: "例子里没有店铺", en: "there is no shop in the example" }),
        },
        Err(PlanFailure::Problems(problems)) => problems.into_iter().next().map(|problem| problem.message),
        Err(PlanFailure::Plan(error)) => Some(PlanningError::both(&error)),
    }
}

/// Plans for the shops of an example, or several. What is left after the move is not what a migration says, and is not
/// checked.
fn plan_example(pack: &Pack, day: NaiveDate, shops: &Json, threads: usize) -> Result<PlanReport, PlanFailure> {
    let request = PlanRequest {
        pack,
        policy: &AsWritten,
        as_of: day,
        cutover: day,
        per_day: None,
        decisions: None,
        roots: &[],
        system: None,
        disk: &FileSystem::default(),
        base: Path::new(""),
        threads,
    };
    let name = "example.json";
    let source = InputSource::Path(PathBuf::from(name));
    let input = Input { name: name.to_owned(), source, format: Some(Format::Json), explicit: false, material: None };
    let text = SourceFile::new(name, with_kinds(shops, pack).to_string());
    plan_files(request, &[FleetFile::plain(name, text, Format::Json, &input)], ".".to_owned(), false, &|_| {})
}

/// An example's shops, with their kind.
fn with_kinds(shops: &Json, pack: &Pack) -> Json {
    let kind = pack.kinds.with_role(KindRole::Shop).map(|kind| pack.kinds.get(kind).name.to_string());
    let with_kind = |shop: &Json| {
        let mut shop = shop.clone();
        if let Some(map) = shop.as_object_mut() {
            map.entry("kind").or_insert_with(|| kind.clone().into());
        }
        shop
    };
    match shops {
        Json::Array(shops) => Json::Array(shops.iter().map(with_kind).collect()),
        shop => with_kind(shop),
    }
}

fn differs(file: &MigrationFile, example: &MigrationExample, shop: &PlannedShop, plan: &Plan) -> Option<Text> {
    let id = &file.id.value;
    let applies = shop.migrations.contains(id);
    if example.skip || !applies {
        return match (example.skip, applies) {
            (true, true) => Some(text! { zh: "{id} 不该适用，却适用了", en: "{id} applies where it should not" }),
            (false, false) => Some(text! { zh: "{id} 没有适用", en: "{id} does not apply" }),
            _ => None,
        };
    }
    let outcome = example.outcome.or(file.outcome).unwrap_or(ShopOutcome::Migrate);
    if shop.outcome != outcome {
        return Some(other("outcome", &format!("{:?}", shop.outcome), &format!("{outcome:?}")));
    }
    let expected: BTreeMap<&str, Option<String>> =
        example.changed.iter().map(|(field, value)| (field.as_str(), scalar(value))).collect();
    let found: BTreeMap<&str, Option<String>> =
        shop.changes.iter().map(|change| (change.field.as_str(), change.after.clone())).collect();
    if expected != found {
        return Some(other("changed", &format!("{found:?}"), &format!("{expected:?}")));
    }
    let follows = |reasons: &[String]| reasons.iter().any(|reason| shop.migrations.contains(reason));
    let own = plan.tasks.iter().filter(|task| task.shops.contains(&shop.key) && follows(&task.reasons));
    let found: BTreeSet<&str> = own.map(|task| task.kind.as_str()).collect();
    let expected: BTreeSet<&str> = example.tasks.iter().map(String::as_str).collect();
    if expected != found {
        return Some(other("tasks", &format!("{found:?}"), &format!("{expected:?}")));
    }
    let missing = example.effects.iter().find(|effect| !shop.effects.contains(effect))?;
    Some(text! { zh: "没有效果 {missing}", en: "the effect {missing} is missing" })
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn other(what: &str, found: &str, expected: &str) -> Text {
    text! { zh: "{what} 是 {found}，应为 {expected}", en: "{what} is {found}, expected {expected}" }
}

#[cfg(test)]
mod tests {
    use dianjian_rules::PackBuilder;

    use super::*;
    use crate::migrations::Migrations;

    #[test]
    fn the_shipped_migrations_are_in_order_and_their_examples_hold() {
        let (pack, problems) = PackBuilder::default().shipped().build();
        assert!(problems.is_empty());
        let (_, problems) = Migrations::compile(&pack, NaiveDate::MAX);
        let reported: Vec<String> =
            problems.iter().map(|problem| format!("{}: {}", problem.file, problem.message.en)).collect();
        assert!(reported.is_empty(), "{reported:#?}");
        let reports = run_examples(&pack);
        assert!(reports.len() >= 14);
        let mut wrong = Vec::new();
        for report in &reports {
            assert!(!report.examples.is_empty(), "{} has no examples", report.id);
            for (at, example) in report.examples.iter().enumerate() {
                wrong.extend(example.wrong.iter().map(|text| format!("{} #{at}: {}", report.id, text.en)));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_shop_is_decided_upon_by_exactly_one_migration_on_every_day() {
        let (pack, _) = PackBuilder::default().shipped().build();
        for cutover in ["2024-08-01", "2024-09-01", "2024-11-10", "2026-11-22"] {
            let mut shops = Vec::new();
            for system in ["mini-store", "channels-store", "weixin-store", "mini-program-mall"] {
                for subject in ["enterprise", "sole-trader", "individual", "institution", "other", ""] {
                    for store_type in ["flagship", "exclusive", "franchise", "ordinary-enterprise", "sole-trader", ""] {
                        for status in ["opening", "open_finished", "closing", "close_finished", ""] {
                            let mut shop = serde_json::json!({"system": system, "name": "云山"});
                            for (key, value) in [("store_type", store_type), ("status", status)] {
                                if !value.is_empty() {
                                    shop[key] = value.into();
                                }
                            }
                            if !subject.is_empty() {
                                shop["subject"] = serde_json::json!({"type": subject});
                            }
                            shops.push(shop);
                        }
                    }
                }
            }
            let planned = plan_example(&pack, cutover.parse().unwrap(), &Json::Array(shops), 0);
            let planned = planned.unwrap_or_else(|failure| panic!("{cutover}: {failure:?}"));
            let undecided = planned.plan.shops.iter().find(|shop| shop.migrations.is_empty());
            assert!(undecided.is_none(), "{cutover}: {undecided:?}");
        }
    }

    #[test]
    fn every_brand_that_is_granted_is_certified_or_is_not() {
        let (pack, _) = PackBuilder::default().shipped().build();
        let mut shops = Vec::new();
        for system in ["mini-store", "channels-store"] {
            for subject in ["enterprise", "sole-trader", "institution", "?", ""] {
                for store_type in ["flagship", "franchise", "ordinary-enterprise", "sole-trader", "?", ""] {
                    for status in ["auditing", "rejected", "effective", "expiring", "expired", "withdrawn", "?", ""] {
                        for until in ["2024-10-31", "2024-11-01", "?", ""] {
                            for permanent in [Json::Bool(true), Json::Bool(false), Json::Null] {
                                shops.push(serde_json::json!({
                                    "system": system, "name": "云山", "store_type": store_type,
                                    "subject": {"type": subject},
                                    "brand": {"name": "云山", "grant": "owner", "status": status, "valid_until": until,
                                        "permanent": permanent},
                                }));
                            }
                        }
                    }
                }
            }
        }
        for (at, shop) in shops.iter_mut().enumerate() {
            without_empty(shop);
            // A brand of its own, so that none is beyond the brand's limit.
            shop["brand"]["name"] = format!("云山{at}").into();
        }
        let day = "2024-11-01".parse().unwrap();
        let planned = plan_example(&pack, day, &Json::Array(shops.clone()), 0).unwrap();
        let mut certified = 0;
        for (shop, planned) in shops.iter().zip(&planned.plan.shops) {
            if planned.outcome != ShopOutcome::Migrate {
                continue;
            }
            let has = |id: &str| planned.migrations.iter().any(|migration| migration == id);
            assert!(has("brand-mark") != has("brand-uncertified"), "{shop}");
            certified += usize::from(has("brand-mark"));
            if has("brand-mark") {
                assert!(!matches!(shop["subject"]["type"].as_str(), Some("sole-trader" | "institution")), "{shop}");
                let status = shop["brand"]["status"].as_str().unwrap_or("effective");
                assert!(["effective", "expiring"].contains(&status), "{shop}");
            }
        }
        assert!(certified > 50, "{certified}");
    }

    fn without_empty(value: &mut Json) {
        if let Json::Object(map) = value {
            map.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
            map.values_mut().for_each(without_empty);
        }
    }
}
