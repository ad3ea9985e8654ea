//! The journal's entries.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError};

/// An entry of a project's journal.
#[derive(Debug, Clone)]
pub struct EntryRow {
    pub id: i64,
    pub at: String,
    pub kind: String,
    /// In both languages, as JSON.
    pub what: String,
    /// The files with their digests, as JSON.
    pub changes: String,
    pub undone: bool,
}

impl EntryRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            kind: row.get("kind")?,
            what: row.get("what")?,
            changes: row.get("changes")?,
            undone: row.get("undone")?,
        })
    }
}

impl Store {
    /// Enters a change; returns its number.
    pub fn add_entry(&self, project: &str, entry: &EntryRow) -> Result<i64, StoreError> {
        let connection = self.connect()?;
        connection.execute(
            "INSERT INTO entry (project, at, kind, what, changes) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![project, entry.at, entry.kind, entry.what, entry.changes],
        )?;
        Ok(connection.last_insert_rowid())
    }

    /// The entries of a project, the latest first.
    pub fn entries(&self, project: &str) -> Result<Vec<EntryRow>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT * FROM entry WHERE project = ?1 ORDER BY id DESC LIMIT 1000")?;
        let rows = statement.query_map([project], EntryRow::of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An entry of a project.
    pub fn entry(&self, project: &str, id: i64) -> Result<Option<EntryRow>, StoreError> {
        let sql = "SELECT * FROM entry WHERE project = ?1 AND id = ?2";
        Ok(self.connect()?.query_row(sql, params![project, id], EntryRow::of).optional()?)
    }

    /// Marks an entry as undone.
    pub fn undo_entry(&self, project: &str, id: i64) -> Result<(), StoreError> {
        self.connect()?.execute("UPDATE entry SET undone = 1 WHERE project = ?1 AND id = ?2", params![project, id])?;
        Ok(())
    }
}
