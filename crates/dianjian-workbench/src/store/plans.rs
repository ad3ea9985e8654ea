//! Migration plans: what each was made with. The plans themselves are files beside.

use std::path::PathBuf;

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError};

/// A plan as it is remembered.
#[derive(Debug, Clone)]
pub struct PlanRow {
    pub id: i64,
    pub made: String,
    /// What it was made with and what it came to, as JSON.
    pub options: String,
    /// What people have decided, as JSON.
    pub decisions: String,
}

impl PlanRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            made: row.get("made")?,
            options: row.get("options")?,
            decisions: row.get("decisions")?,
        })
    }
}

impl Store {
    /// Remembers a plan; returns its number.
    pub fn add_plan(&self, project: &str, plan: &PlanRow) -> Result<i64, StoreError> {
        let connection = self.connect()?;
        connection.execute(
            "INSERT INTO plan (project, made, options, decisions) VALUES (?1, ?2, ?3, ?4)",
            params![project, plan.made, plan.options, plan.decisions],
        )?;
        Ok(connection.last_insert_rowid())
    }

    /// The plans of a project, the latest first.
    pub fn plans(&self, project: &str) -> Result<Vec<PlanRow>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT * FROM plan WHERE project = ?1 ORDER BY id DESC LIMIT 200")?;
        let rows = statement.query_map([project], PlanRow::of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A plan of a project.
    pub fn plan(&self, project: &str, id: i64) -> Result<Option<PlanRow>, StoreError> {
        let sql = "SELECT * FROM plan WHERE project = ?1 AND id = ?2";
        Ok(self.connect()?.query_row(sql, params![project, id], PlanRow::of).optional()?)
    }

    /// Remembers what people have decided about a plan that stays as it is.
    pub fn decide(&self, project: &str, id: i64, decisions: &str) -> Result<(), StoreError> {
        let sql = "UPDATE plan SET decisions = ?3 WHERE project = ?1 AND id = ?2";
        self.connect()?.execute(sql, params![project, id, decisions])?;
        Ok(())
    }

    /// Forgets a plan.
    pub fn forget_plan(&self, project: &str, id: i64) -> Result<(), StoreError> {
        self.connect()?.execute("DELETE FROM plan WHERE project = ?1 AND id = ?2", params![project, id])?;
        Ok(())
    }

    /// The file of a plan; with another ending, what is kept beside it.
    pub fn plan_file(&self, project: &str, id: i64, ending: &str) -> PathBuf {
        self.project_folder(project).join("plans").join(format!("m{id}.{ending}"))
    }
}
