//! Texts checked at once, without a project.

use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use dianjian_base::text;
use dianjian_document::source::Format;
use dianjian_engine::surface::{SurfaceFinding, TextSurface};
use dianjian_engine::{AsWritten, Engine, Finding, RunOptions};
use dianjian_rules::Pack;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::Body;
use crate::serve::Served;
use crate::shown::{ShownFinding, ShownProblem};

/// Findings beyond this are only counted.
const MOST: usize = 1_000;

/// What `POST /check` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    texts: Vec<GivenText>,
    as_of: Option<NaiveDate>,
    system: Option<String>,
}

/// A text, and what it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenText {
    name: Option<String>,
    text: String,
    r#as: TextUse,
}

/// What a text is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum TextUse {
    /// A text of a record that has nothing else.
    On(TextSurface),
    /// Records in YAML, JSON, NDJSON or CSV.
    Whole(WholeText),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WholeText {
    Config,
}

/// What `POST /check` answers.
#[derive(Debug, Serialize)]
pub struct CheckAnswer {
    as_of: NaiveDate,
    findings: Vec<TextFinding>,
    /// Findings that are not among them.
    more: usize,
    problems: Vec<ShownProblem>,
}

/// A finding on one of the texts.
#[derive(Debug, Serialize)]
pub struct TextFinding {
    /// Which of the texts, from 0.
    text: usize,
    /// What it marks of a text that is no whole record.
    range: Option<Utf16Range>,
    #[serde(flatten)]
    finding: ShownFinding,
}

/// A stretch of a text in UTF-16 units, which browsers count in.
#[derive(Debug, Serialize)]
pub struct Utf16Range {
    start: usize,
    end: usize,
}

/// `POST /check`.
///
/// # Errors
/// More texts than one request may have; a body of another form.
pub async fn check(
    State(served): State<Arc<Served>>,
    Body(body): Body<CheckBody>,
) -> Result<Json<CheckAnswer>, ApiError> {
    const TEXTS: usize = 1_000;
    if body.texts.len() > TEXTS {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-many-texts",
            text! {
                zh: "一次最多检查 {TEXTS} 段文字",
                en: "at most {TEXTS} texts can be checked at once",
            },
        ));
    }
    served.work(move |served| checked(served, &body)).await.map(Json)
}

fn checked(served: &Served, body: &CheckBody) -> CheckAnswer {
    let pack = &served.workbench.pack;
    let as_of = body.as_of.unwrap_or(served.workbench.as_of);
    let mut options = RunOptions::new(as_of).at(as_of);
    options.policy.system.clone_from(&body.system);
    let engine = Engine::new(pack, &AsWritten, options);
    let mut answer = CheckAnswer { as_of, findings: Vec::new(), more: 0, problems: Vec::new() };
    for (index, given) in body.texts.iter().enumerate() {
        let name = given.name.as_deref().unwrap_or("-");
        match given.r#as {
            TextUse::Whole(WholeText::Config) => {
                let (findings, problems) = engine.check_text(name, &given.text, Format::sniff(&given.text));
                findings.iter().for_each(|finding| answer.add(index, finding, None, pack));
                answer.problems.extend(problems.iter().map(ShownProblem::of));
            }
            TextUse::On(surface) => {
                let (findings, problems) = surface.check(&engine, name, &given.text);
                for SurfaceFinding { finding, range } in &findings {
                    let range = Utf16Range::of(&given.text, range);
                    answer.add(index, finding, Some(range), pack);
                }
                answer.problems.extend(problems.iter().map(ShownProblem::of));
            }
        }
    }
    answer
}

impl CheckAnswer {
    fn add(&mut self, text: usize, finding: &Finding, range: Option<Utf16Range>, pack: &Pack) {
        if self.findings.len() >= MOST {
            self.more += 1;
            return;
        }
        let n = self.findings.len() as u64;
        self.findings.push(TextFinding { text, range, finding: ShownFinding::of(n, finding, pack) });
    }
}

impl Utf16Range {
    fn of(text: &str, range: &Range<usize>) -> Self {
        let units = |end: usize| text.get(..end).map_or(0, |before| before.encode_utf16().count());
        Self { start: units(range.start), end: units(range.end) }
    }
}
