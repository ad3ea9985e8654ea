//! Findings of a run: windows, facets, details.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use dianjian_base::text;
use dianjian_document::edit::Applicability;
use dianjian_rules::language::{Confidence, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::describe::{DescribedPart, OperationDoc};
use super::runs::run;
use crate::names::named;
use crate::serve::Served;
use crate::shown::{FindingHead, ShownFinding};
use crate::store::{Facet, Facets, FindingBetween, FindingFilter, FindingOrder};

/// Items that one answer holds at most.
const MOST: u64 = 500;

/// Items that an answer holds if nobody says how many.
const USUAL: u64 = 100;

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Window<T> {
    /// How many items the whole list has.
    pub total: u64,
    /// The first item's number in it, from 0.
    pub from: u64,
    pub items: Vec<T>,
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowQuery {
    pub from: Option<u64>,
    pub n: Option<u64>,
}

impl WindowQuery {
    /// The first item and how many at most.
    pub fn bounds(&self) -> (u64, u64) {
        (self.from.unwrap_or(0), self.n.unwrap_or(USUAL).min(MOST))
    }
}

/// A window of findings with the counts of the facets.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingsAnswer {
    #[serde(flatten)]
    window: Window<FindingHead>,
    /// With the first window alone: they are the same for the others, and counting them takes longer than reading a window.
    facets: Option<Facets>,
}

/// A finding with its neighbours.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingAnswer {
    #[serde(flatten)]
    finding: ShownFinding,
    /// How many findings of the run break the same rule.
    same: u64,
    prev: Option<u64>,
    next: Option<u64>,
}

/// What a query asks for; a facet may occur several times.
#[derive(Debug, Default)]
pub struct FindingsQuery {
    pub filter: FindingFilter,
    order: FindingOrder,
    window: WindowQuery,
}

impl FindingsQuery {
    /// Reads a query.
    ///
    /// # Errors
    /// It has something that the address does not know.
    pub fn read(query: Option<&str>) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(query.unwrap_or_default()).map_err(|error| refused(&error.to_string()))?;
        let mut read = Self::default();
        for (key, value) in pairs {
            let number = |value: &str| value.parse().map(Some).map_err(|_| refused(&format!("{key}={value}")));
            match key.as_str() {
                "from" => read.window.from = number(&value)?,
                "n" => read.window.n = number(&value)?,
                "q" => read.filter.search = value.split_whitespace().take(16).map(str::to_owned).collect(),
                "sort" => read.order = named(&value).ok_or_else(|| refused(&format!("sort={value}")))?,
                key => {
                    let facet = named::<Facet>(key).ok_or_else(|| refused(key))?;
                    read.filter.values.entry(facet).or_default().push(value);
                }
            }
        }
        Ok(read)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FindingsQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Self::read(parts.uri.query())
    }
}

impl DescribedPart for FindingsQuery {
    fn describe(operation: &mut OperationDoc<'_>) {
        operation.query::<FindingsQueryFields>();
    }
}

/// What [`FindingsQuery`] reads; each facet may occur several times.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct FindingsQueryFields {
    from: Option<u64>,
    n: Option<u64>,
    /// Words that must all occur.
    q: Option<String>,
    sort: Option<FindingOrder>,
    severity: Option<Vec<Severity>>,
    confidence: Option<Vec<Confidence>>,
    group: Option<Vec<String>>,
    rule: Option<Vec<String>>,
    shop: Option<Vec<String>>,
    /// Paths.
    file: Option<Vec<String>>,
    fixable: Option<Vec<Applicability>>,
    new: Option<Vec<bool>>,
}

fn refused(what: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "bad-query",
        text! {
            zh: "地址里的参数不对：{what}",
            en: "the query is not what this address takes: {what}",
        },
    )
}

/// `GET /projects/{p}/runs/{r}/findings`.
pub async fn list(
    State(served): State<Arc<Served>>,
    Path((id, number)): Path<(String, String)>,
    query: FindingsQuery,
) -> Result<Json<FindingsAnswer>, ApiError> {
    let found = move |served: &Served| -> Result<FindingsAnswer, ApiError> {
        let run = run(served, &id, &number)?;
        let bounds = query.window.bounds();
        let found = served.store.findings(run.id, &query.filter, query.order, bounds)?;
        let facets = (bounds.0 == 0).then(|| served.store.facets(run.id, &query.filter)).transpose()?;
        Ok(FindingsAnswer { window: Window { total: found.total, from: bounds.0, items: found.items }, facets })
    };
    served.work(found).await?.map(Json)
}

/// `GET /projects/{p}/runs/{r}/findings/{n}`, with the filter of the list that it was chosen from.
pub async fn get(
    State(served): State<Arc<Served>>,
    Path((id, number, n)): Path<(String, String, String)>,
    query: FindingsQuery,
) -> Result<Json<FindingAnswer>, ApiError> {
    let found = move |served: &Served| -> Result<FindingAnswer, ApiError> {
        let run = run(served, &id, &number)?;
        let n = n.parse().ok();
        let found = match n {
            Some(n) => served.store.finding(run.id, n, &query.filter)?,
            None => None,
        };
        let FindingBetween { finding, before: prev, after: next } = found.ok_or_else(|| {
            ApiError::new(
                StatusCode::NOT_FOUND,
                "no-such-finding",
                text! {
                    zh: "这次检查没有这个问题",
                    en: "the run has no such finding",
                },
            )
        })?;
        let of_rule = FindingFilter {
            values: BTreeMap::from([(Facet::Rule, vec![finding.head.rule.clone()])]),
            ..FindingFilter::default()
        };
        let same = served.store.findings(run.id, &of_rule, FindingOrder::Place, (0, 0))?.total;
        Ok(FindingAnswer { finding, same, prev, next })
    };
    served.work(found).await?.map(Json)
}
