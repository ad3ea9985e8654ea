//! The journal's entries.

use std::collections::BTreeMap;

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

    /// Remembers how a file was before its first change.
    pub fn keep_original(&self, project: &str, path: &str, digest: &str) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO original (project, path, digest) VALUES (?1, ?2, ?3)";
        self.connect()?.execute(sql, [project, path, digest])?;
        Ok(())
    }

    /// The digest of a file as it was before its first change.
    pub fn original(&self, project: &str, path: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT digest FROM original WHERE project = ?1 AND path = ?2";
        Ok(self.connect()?.query_row(sql, [project, path], |row| row.get(0)).optional()?)
    }

    /// The paths of the files that have been changed, with their digests before.
    pub fn originals(&self, project: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT path, digest FROM original WHERE project = ?1")?;
        let rows = statement.query_map([project], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A file is brought in anew, or gone: what it was before is no longer its beginning.
    pub fn forget_original(&self, project: &str, path: &str) -> Result<(), StoreError> {
        self.connect()?.execute("DELETE FROM original WHERE project = ?1 AND path = ?2", [project, path])?;
        Ok(())
    }
}
