//! Runs of a project: when, as of which day, what they came to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_base::lang::Text;
use dianjian_engine::ledger::LookedState;
use rusqlite::{OptionalExtension as _, Row, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Store, StoreError};
use crate::names::{name_of, named};
use crate::shown::ShownProblem;

/// The number of a run.
pub type RunId = i64;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    Running,
    Done,
    /// Stopped on request, or because the server ended.
    Stopped,
    Failed,
}

/// A run as it is remembered.
#[derive(Debug, Clone)]
pub struct RunRow {
    pub id: RunId,
    pub project: String,
    pub started: String,
    pub ended: Option<String>,
    pub as_of: String,
    pub state: RunState,
    /// What it came to, as the page gets it.
    pub summary: Option<Value>,
    /// What is new and gone since the run before.
    pub change: Option<Value>,
}

impl RunRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let state: String = row.get("state")?;
        Ok(Self {
            id: row.get("id")?,
            project: row.get("project")?,
            started: row.get("started")?,
            ended: row.get("ended")?,
            as_of: row.get("as_of")?,
            state: named(&state).unwrap_or(RunState::Failed),
            summary: json(row.get("summary")?),
            change: json(row.get("change")?),
        })
    }
}

impl Store {
    /// Remembers a run that begins.
    pub fn begin_run(&self, project: &str, started: &str, as_of: NaiveDate) -> Result<RunId, StoreError> {
        let connection = self.connect()?;
        connection.execute(
            "INSERT INTO run (project, started, as_of, state) VALUES (?1, ?2, ?3, 'running')",
            params![project, started, as_of.to_string()],
        )?;
        Ok(connection.last_insert_rowid())
    }

    /// Remembers how a run ended.
    pub fn end_run(
        &self,
        run: RunId,
        state: RunState,
        ended: &str,
        summary: Option<&Value>,
        change: Option<&Value>,
    ) -> Result<(), StoreError> {
        let (summary, change) = (summary.map(Value::to_string), change.map(Value::to_string));
        self.connect()?.execute(
            "UPDATE run SET state = ?2, ended = ?3, summary = ?4, change = ?5 WHERE id = ?1",
            params![run, name_of(state), ended, summary, change],
        )?;
        Ok(())
    }

    /// A run of a project.
    pub fn run(&self, project: &str, run: RunId) -> Result<Option<RunRow>, StoreError> {
        let sql = "SELECT * FROM run WHERE id = ?1 AND project = ?2";
        Ok(self.connect()?.query_row(sql, params![run, project], RunRow::of).optional()?)
    }

    /// The runs of a project, the latest first.
    pub fn runs(&self, project: &str) -> Result<Vec<RunRow>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT * FROM run WHERE project = ?1 ORDER BY id DESC")?;
        let rows = statement.query_map([project], RunRow::of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The latest run of a project that came to its end before another; `None`: the latest of all.
    pub fn last_done(&self, project: &str, before: Option<RunId>) -> Result<Option<RunRow>, StoreError> {
        let sql = "SELECT * FROM run WHERE project = ?1 AND state = 'done' AND id < ?2 ORDER BY id DESC LIMIT 1";
        let before = before.unwrap_or(RunId::MAX);
        Ok(self.connect()?.query_row(sql, params![project, before], RunRow::of).optional()?)
    }

    /// Keeps the findings of the last runs of a project; of earlier ones only what they came to.
    pub fn thin_runs(&self, project: &str, keep: usize) -> Result<(), StoreError> {
        let connection = self.connect()?;
        let older = "SELECT id FROM run WHERE project = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2";
        for table in ["finding", "problem", "looked_at"] {
            connection.execute(&format!("DELETE FROM {table} WHERE run IN ({older})"), params![project, keep])?;
        }
        Ok(())
    }

    /// Problems of a run, a window of them, and how many there are.
    pub fn problems(&self, run: RunId, from: u64, n: u64) -> Result<(u64, Vec<ShownProblem>), StoreError> {
        let connection = self.connect()?;
        let total = connection.query_row("SELECT count(*) FROM problem WHERE run = ?1", [run], |row| row.get(0))?;
        let mut statement =
            connection.prepare("SELECT detail FROM problem WHERE run = ?1 ORDER BY n LIMIT ?3 OFFSET ?2")?;
        let rows = statement.query_map(params![run, from, n], |row| row.get::<_, String>(0))?;
        let texts: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok((total, texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()))
    }

    /// What became of a run's files, and why, by their paths.
    pub fn looked_at(&self, run: RunId) -> Result<BTreeMap<String, (LookedState, Option<Text>)>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT path, state, reason FROM looked_at WHERE run = ?1")?;
        let mut rows = statement.query([run])?;
        let mut states = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (state, reason): (String, Option<String>) = (row.get(1)?, row.get(2)?);
            let reason = reason.and_then(|reason| serde_json::from_str(&reason).ok());
            if let Some(state) = named(&state) {
                states.insert(row.get(0)?, (state, reason));
            }
        }
        Ok(states)
    }

    /// Runs that were under way when the server ended are over.
    pub fn end_interrupted(&self) -> Result<(), StoreError> {
        self.connect()?.execute("UPDATE run SET state = 'stopped' WHERE state = 'running'", [])?;
        Ok(())
    }
}
