//! Tables whose headings nobody knows: what they may be, and a mapping file from what a person says.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_base::{sha256_of_parts, text};
use dianjian_document::edit::{NewNode, with_item};
use dianjian_engine::{AsWritten, Engine, RunOptions};
use dianjian_rules::Pack;
use dianjian_rules::record::mapping_text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::extract::{Body, Params};
use super::files::file;
use super::mend::{ChangeAnswer, made};
use super::projects::project;
use crate::files::FilePath;
use crate::mend::{EntryKind, FileChange, MendError, config_path};
use crate::serve::Served;
use crate::tables;

/// Which sheet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingQuery {
    sheet: Option<String>,
}

/// What the columns of a table may be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MappingAnswer {
    /// The kinds that its rows may be, the likeliest first.
    guesses: Vec<KindGuess>,
    columns: Vec<ColumnAnswer>,
    fields: Vec<FieldChoice>,
}

/// A kind that the rows of a table may be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KindGuess {
    kind: String,
    title: Text,
    /// How many columns speak for it.
    score: usize,
}

/// A column with what stands in it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ColumnAnswer {
    heading: String,
    samples: Vec<String>,
    guess: Option<FieldGuess>,
}

/// What a column may be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FieldGuess {
    field: String,
    title: Text,
}

/// A field that a column may be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FieldChoice {
    kind: String,
    field: String,
    title: Text,
    required: bool,
}

/// What a person says of a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingBody {
    // The headings say which sheets are meant; it is taken so that a page may send back what it asked with.
    #[serde(rename = "sheet")]
    _sheet: Option<String>,
    kind: String,
    columns: Vec<ColumnBody>,
}

/// What a person says of a column.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnBody {
    heading: String,
    field: Option<String>,
}

/// `GET /projects/{p}/files/{f}/mapping`.
///
/// # Errors
/// There is no such file; it cannot be read.
pub async fn get(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Params(query): Params<MappingQuery>,
) -> Result<Json<MappingAnswer>, ApiError> {
    let found = move |served: &Served| -> Result<MappingAnswer, ApiError> {
        let project = project(served, &id)?;
        let (_, place) = file(served, &project, &f)?;
        let pack = served.pack(&project)?;
        let rows = tables::head(&place, query.sheet.as_deref(), &pack)?;
        let engine = Engine::new(&pack, &AsWritten, RunOptions::new(served.workbench.basis.today));
        let form = engine.recogniser().form(&rows);
        let guesses = form.kinds.iter().map(|(kind, score)| KindGuess {
            kind: kind.name.to_string(),
            title: kind.title.clone(),
            score: *score,
        });
        let columns = form.columns.into_iter().map(|column| ColumnAnswer {
            heading: column.heading,
            samples: column.samples,
            guess: column.guess.map(|field| FieldGuess { field: field.path.clone(), title: field.title.clone() }),
        });
        let fields = form.fields.iter().map(|(kind, field)| FieldChoice {
            kind: kind.name.to_string(),
            field: field.path.clone(),
            title: field.title.clone(),
            required: field.required,
        });
        Ok(MappingAnswer { guesses: guesses.collect(), columns: columns.collect(), fields: fields.collect() })
    };
    served.work(found).await?.map(Json)
}

/// `PUT /projects/{p}/files/{f}/mapping`: a mapping file in the project, named in its configuration, and a new check.
///
/// # Errors
/// The mapping would be none; the configuration cannot be written.
pub async fn put(
    State(served): State<Arc<Served>>,
    Path((id, f)): Path<(String, String)>,
    Body(body): Body<MappingBody>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    served.may_edit(&id)?;
    let shared = Arc::clone(&served);
    let saved = move |served: &Served| -> Result<ChangeAnswer, ApiError> {
        let row = project(served, &id)?;
        let (table, _) = file(served, &row, &f)?;
        let pack = served.pack(&row)?;
        let columns = body.checked(&pack)?;
        let headings: Vec<&str> = columns.iter().map(|(heading, _)| heading.as_str()).collect();
        let digest = sha256_of_parts(headings);
        let name = format!("table-{}", digest.get(..8).unwrap_or(&digest));
        let stem = table.text().rsplit('/').next().unwrap_or_default();
        let title = Text::new(stem, stem);
        let folder = served.folder(&row);
        let path = FilePath::new(&format!("mappings/{name}.yaml")).ok_or_else(ApiError::failed)?;
        let mut changes = vec![change(path.clone(), &folder, mapping_text(&name, &title, &body.kind, &columns))];
        let config = config_path(&folder);
        let text = std::fs::read_to_string(folder.join(config.text())).unwrap_or_default();
        if !text.contains(path.text()) {
            let added = with_item(&text, "mappings", &NewNode::text(path.text()));
            let refused =
                |reason: Text| MendError::Refused { path: config.text().to_owned(), reason: Box::new(reason) };
            let added = added.map_err(|error| refused(error.both()))?;
            changes.push(change(config, &folder, added));
        }
        changes.retain(|change| change.before != change.after);
        if changes.is_empty() {
            return Ok(ChangeAnswer::after(&shared, &row));
        }
        let what = Text::new(format!("说明 {stem} 的表头"), format!("headings of {stem}"));
        made(&shared, &row, EntryKind::Settings, &what, &changes)
    };
    served.work(saved).await?.map(Json)
}

fn change(path: FilePath, folder: &std::path::Path, after: String) -> FileChange {
    let place = folder.join(path.text());
    let before = std::fs::read(&place).unwrap_or_default();
    FileChange { path, place, before, after: after.into_bytes() }
}

impl MappingBody {
    /// The columns, if they can be a mapping.
    fn checked(&self, pack: &Pack) -> Result<Vec<(String, Option<String>)>, ApiError> {
        let refused = |message: Text| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-mapping", message);
        let name = &self.kind;
        let kind = pack.kinds.find(name).map(|index| pack.kinds.get(index));
        let kind =
            kind.ok_or_else(|| refused(text! { zh: "没有“{name}”这种记录", en: "there is no record kind `{name}`" }))?;
        let (mut headings, mut fields) = (BTreeSet::new(), BTreeSet::new());
        for ColumnBody { heading, field } in &self.columns {
            let Some(field) = field else { continue };
            if kind.target(field).is_none() {
                return Err(refused(text! { zh: "{name} 没有字段“{field}”", en: "{name} has no field `{field}`" }));
            }
            if heading.trim().is_empty() || !headings.insert(heading.trim()) {
                return Err(refused(text! {
                    zh: "没有表头、或表头重复的列不能用",
                    en: "a column without a heading, or with that of another, cannot be read",
                }));
            }
            if !fields.insert(field) {
                return Err(refused(text! { zh: "“{field}”选了两次", en: "`{field}` is chosen twice" }));
            }
        }
        if fields.is_empty() {
            return Err(refused(text! { zh: "至少要选一列", en: "choose at least one column" }));
        }
        let column = |column: &ColumnBody| (column.heading.trim().to_owned(), column.field.clone());
        Ok(self.columns.iter().map(column).collect())
    }
}
