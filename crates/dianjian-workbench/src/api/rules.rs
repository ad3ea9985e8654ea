//! The rules: looked for, and explained.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_project::config::params::display_value;
use dianjian_rules::RuleSource;
use dianjian_rules::language::{Confidence, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::Params;
use super::findings::{Window, WindowQuery};
use crate::serve::Served;
use crate::shown::ShownEvidence;

/// Which rules are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesQuery {
    q: Option<String>,
    group: Option<String>,
    severity: Option<String>,
    as_of: Option<NaiveDate>,
    from: Option<u64>,
    n: Option<u64>,
}

/// A rule in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleHead {
    id: String,
    group: String,
    title: Text,
    severity: Severity,
    confidence: Confidence,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    /// Whether it holds on the day.
    active: bool,
    kinds: Vec<String>,
}

/// A rule with why it is one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleAnswer {
    #[serde(flatten)]
    head: RuleHead,
    why: Text,
    help: Option<Text>,
    effective: RulePeriod,
    evidence: Vec<ShownEvidence>,
    params: Vec<RuleParam>,
    examples: Vec<RuleExample>,
}

/// When a rule holds.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RulePeriod {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

/// A parameter of a rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleParam {
    name: String,
    value: String,
}

/// An example of a rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleExample {
    fails: bool,
    text: String,
    finds: Vec<String>,
}

/// A group of rules.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleGroup {
    id: String,
    title: Text,
    count: usize,
}

impl RuleHead {
    fn of(rule: &RuleSource, as_of: NaiveDate) -> Self {
        let info = &rule.info;
        Self {
            id: info.id.clone(),
            group: group(&info.id).to_owned(),
            title: info.title.clone(),
            severity: info.severity_on(as_of),
            confidence: info.confidence_on(as_of),
            from: info.effective.from,
            until: info.effective.until,
            active: info.effective.holds(as_of),
            kinds: vec![info.kind.clone()],
        }
    }

    fn has(&self, words: &str) -> bool {
        let text = format!("{} {} {}", self.id, self.title.zh, self.title.en).to_lowercase();
        words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

fn group(id: &str) -> &str {
    id.split_once('/').map_or(id, |(group, _)| group)
}

/// `GET /rules`.
///
/// # Errors
/// A query that the address does not know.
pub async fn list(
    State(served): State<Arc<Served>>,
    Params(query): Params<RulesQuery>,
) -> Result<Json<Window<RuleHead>>, ApiError> {
    let as_of = query.as_of.unwrap_or(served.workbench.basis.today);
    let (from, n) = WindowQuery { from: query.from, n: query.n }.bounds();
    let heads = served.workbench.pack.rules.iter().map(|rule| RuleHead::of(rule, as_of));
    let is_wanted = |head: &RuleHead| {
        query.group.as_ref().is_none_or(|group| head.group == *group)
            && query.q.as_ref().is_none_or(|words| head.has(words))
            && query.severity.as_deref().is_none_or(|wanted| dianjian_report::words::keyword(head.severity) == wanted)
    };
    let all: Vec<RuleHead> = heads.filter(is_wanted).collect();
    let total = all.len() as u64;
    let skipped = usize::try_from(from).unwrap_or(usize::MAX);
    let items = all.into_iter().skip(skipped).take(usize::try_from(n).unwrap_or(usize::MAX)).collect();
    Ok(Json(Window { total, from, items }))
}

/// `GET /groups`.
pub async fn groups(State(served): State<Arc<Served>>) -> Json<Vec<RuleGroup>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &served.workbench.pack.rules {
        *counts.entry(group(&rule.info.id)).or_default() += 1;
    }
    let shown = |(id, count): (&str, usize)| RuleGroup { id: id.to_owned(), title: Text::new(id, id), count };
    Json(counts.into_iter().map(shown).collect())
}

/// `GET /rules/{group}/{name}`.
///
/// # Errors
/// There is no such rule.
pub async fn get(
    State(served): State<Arc<Served>>,
    Path((group, name)): Path<(String, String)>,
) -> Result<Json<RuleAnswer>, ApiError> {
    let as_of = served.workbench.basis.today;
    let rule = served.workbench.pack.rule(&format!("{group}/{name}")).ok_or_else(|| {
        ApiError::new(StatusCode::NOT_FOUND, "no-such-rule", text! { zh: "没有这条规则", en: "there is no such rule" })
    })?;
    let info = &rule.info;
    let params = rule.file.params.iter().map(|(name, own)| {
        let value = rule.overrides.get(name).unwrap_or(&own.value);
        RuleParam { name: name.clone(), value: display_value(value) }
    });
    let examples = rule.file.examples.iter().filter_map(|example| {
        let example = &example.value;
        let (fails, value) = match (&example.bad, &example.good) {
            (Some(bad), _) => (true, &bad.value),
            (None, Some(good)) => (false, &good.value),
            (None, None) => return None,
        };
        let text = value.as_str().map(str::to_owned);
        let text = text.or_else(|| serde_json::to_string_pretty(value).ok()).unwrap_or_default();
        Some(RuleExample { fails, text, finds: example.finds.iter().map(|found| found.value.clone()).collect() })
    });
    Ok(Json(RuleAnswer {
        why: info.why.clone(),
        help: info.help.clone(),
        effective: RulePeriod { from: info.effective.from, until: info.effective.until },
        evidence: info.evidence.iter().map(|evidence| ShownEvidence::of(evidence, as_of)).collect(),
        params: params.collect(),
        examples: examples.collect(),
        head: RuleHead::of(rule, as_of),
    }))
}
