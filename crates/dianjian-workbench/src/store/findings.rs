//! Findings of a run: written in batches while it goes on, read in windows with the counts that facets show.

use std::collections::{BTreeMap, BTreeSet};

use dianjian_base::lang::Text;
use dianjian_engine::ledger::LookedState;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RunId, Store, StoreError};
use crate::names::name_of;
use crate::shown::{FindingHead, ShownFinding, ShownProblem};

/// Values that a facet lists at most.
const MOST_VALUES: usize = 50;

/// What a finding can be chosen by, with its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    Severity,
    Confidence,
    Group,
    Rule,
    File,
    Shop,
    Fixable,
    New,
}

impl Facet {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 8] =
        [Self::Severity, Self::Confidence, Self::Group, Self::Rule, Self::Shop, Self::File, Self::Fixable, Self::New];

    const fn column(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Confidence => "confidence",
            Self::Group => "rule_group",
            Self::Rule => "rule",
            Self::File => "path",
            Self::Shop => "shop",
            Self::Fixable => "fixable",
            Self::New => "is_new",
        }
    }
}

/// Which findings are wanted: of each facet one of the values, and all words of the search.
#[derive(Debug, Clone, Default)]
pub struct FindingFilter {
    pub values: BTreeMap<Facet, Vec<String>>,
    pub search: Vec<String>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingOrder {
    /// As the run found them: by file and place.
    #[default]
    Place,
    Severity,
    Rule,
    Shop,
}

/// A window of findings.
#[derive(Debug)]
pub struct FindingWindow {
    pub total: u64,
    pub items: Vec<FindingHead>,
}

/// A finding with the numbers of those before and after it.
#[derive(Debug)]
pub struct FindingBetween {
    pub finding: ShownFinding,
    pub before: Option<u64>,
    pub after: Option<u64>,
}

/// The counts of the values of each facet, each under the choices of the others.
pub type Facets = BTreeMap<Facet, FacetValues>;

/// The most frequent values of a facet.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct FacetValues {
    pub values: Vec<FacetValue>,
    /// How many values are not among them.
    pub more: u64,
}

/// A value and how often it occurs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FacetValue {
    pub value: String,
    pub count: u64,
}

impl FindingFilter {
    /// The condition and its parameters, without the choices of one facet.
    fn condition(&self, run: RunId, without: Option<Facet>) -> (String, Vec<SqlValue>) {
        let mut sql = String::from("run = ?");
        let mut values = vec![SqlValue::Integer(run)];
        for (facet, chosen) in &self.values {
            if Some(*facet) == without || chosen.is_empty() {
                continue;
            }
            let marks = vec!["?"; chosen.len()].join(", ");
            sql.push_str(&format!(" AND {} IN ({marks})", facet.column()));
            values.extend(chosen.iter().map(|value| match facet {
                Facet::New => SqlValue::Integer(i64::from(value == "true")),
                _ => SqlValue::Text(value.clone()),
            }));
        }
        for word in &self.search {
            sql.push_str(" AND instr(words, ?) > 0");
            values.push(SqlValue::Text(word.to_lowercase()));
        }
        (sql, values)
    }
}

impl FindingOrder {
    const fn sql(self) -> &'static str {
        match self {
            Self::Place => "n",
            Self::Severity => "CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, n",
            Self::Rule => "rule, n",
            Self::Shop => "shop, n",
        }
    }
}

impl Store {
    /// A window of a run's findings.
    pub fn findings(
        &self,
        run: RunId,
        filter: &FindingFilter,
        order: FindingOrder,
        (from, n): (u64, u64),
    ) -> Result<FindingWindow, StoreError> {
        let connection = self.connect()?;
        let (condition, mut values) = filter.condition(run, None);
        let count = format!("SELECT count(*) FROM finding WHERE {condition}");
        let total = connection.query_row(&count, params_from_iter(&values), |row| row.get(0))?;
        let sql = format!("SELECT detail FROM finding WHERE {condition} ORDER BY {} LIMIT ? OFFSET ?", order.sql());
        let integer = |number: u64| SqlValue::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        values.extend([integer(n), integer(from)]);
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map(params_from_iter(&values), |row| row.get::<_, String>(0))?;
        let texts: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(FindingWindow { total, items: texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect() })
    }

    /// The values of every facet, with their counts.
    pub fn facets(&self, run: RunId, filter: &FindingFilter) -> Result<Facets, StoreError> {
        let connection = self.connect()?;
        Facet::ALL.into_iter().map(|facet| Ok((facet, values_of(&connection, run, filter, facet)?))).collect()
    }

    /// A finding, and the numbers of those before and after it in the order of places under a filter.
    pub fn finding(&self, run: RunId, n: u64, filter: &FindingFilter) -> Result<Option<FindingBetween>, StoreError> {
        let connection = self.connect()?;
        let sql = "SELECT detail FROM finding WHERE run = ?1 AND n = ?2";
        let text: Option<String> = connection.query_row(sql, params![run, n], |row| row.get(0)).optional()?;
        let Some(finding) = text.and_then(|text| serde_json::from_str(&text).ok()) else { return Ok(None) };
        let beside = |what: &str, order: &str| -> Result<Option<u64>, StoreError> {
            let (condition, mut values) = filter.condition(run, None);
            values.push(SqlValue::Integer(i64::try_from(n).unwrap_or(i64::MAX)));
            let sql = format!("SELECT n FROM finding WHERE {condition} AND n {what} ? ORDER BY n {order} LIMIT 1");
            Ok(connection.query_row(&sql, params_from_iter(&values), |row| row.get(0)).optional()?)
        };
        let (before, after) = (beside("<", "DESC")?, beside(">", "ASC")?);
        Ok(Some(FindingBetween { finding, before, after }))
    }

    /// The findings on a stretch of a file: of the lines or rows from the first up to but without the last.
    pub fn findings_on(
        &self,
        run: RunId,
        path: &str,
        sheet: Option<&str>,
        lines: (u64, u64),
    ) -> Result<Vec<FindingHead>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare(
            "SELECT detail FROM finding WHERE run = ?1 AND path = ?2 AND line >= ?3 AND line < ?4 AND sheet IS ?5
             ORDER BY line, n LIMIT 10000",
        )?;
        let rows = statement.query_map(params![run, path, lines.0, lines.1, sheet], |row| row.get::<_, String>(0))?;
        let texts: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
    }

    /// Calls a function with every finding of a filter, in the order of places.
    pub fn each_finding(
        &self,
        run: RunId,
        filter: &FindingFilter,
        take: &mut dyn FnMut(&ShownFinding),
    ) -> Result<(), StoreError> {
        let connection = self.connect()?;
        let (condition, values) = filter.condition(run, None);
        let mut statement = connection.prepare(&format!("SELECT detail FROM finding WHERE {condition} ORDER BY n"))?;
        let mut rows = statement.query(params_from_iter(&values))?;
        while let Some(row) = rows.next()? {
            let detail: String = row.get(0)?;
            if let Ok(finding) = serde_json::from_str(&detail) {
                take(&finding);
            }
        }
        Ok(())
    }

    /// The fingerprints of some findings of a run.
    pub fn fingerprints(&self, run: RunId, numbers: &[u64]) -> Result<BTreeSet<String>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection.prepare("SELECT fingerprint FROM finding WHERE run = ?1 AND n = ?2")?;
        let mut found = BTreeSet::new();
        for n in numbers {
            found.extend(statement.query_row(params![run, n], |row| row.get::<_, String>(0)).optional()?);
        }
        Ok(found)
    }

    /// The findings about codes in a picture or video.
    pub fn findings_with_boxes(&self, run: RunId, path: &str) -> Result<Vec<ShownFinding>, StoreError> {
        let connection = self.connect()?;
        let mut statement =
            connection.prepare("SELECT detail FROM finding WHERE run = ?1 AND picture = ?2 ORDER BY n LIMIT 10000")?;
        let rows = statement.query_map(params![run, path], |row| row.get::<_, String>(0))?;
        let texts: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
    }

    /// How many findings a run has, and how many of them the run before did not have; how many of that are gone.
    pub fn compare(&self, run: RunId, before: RunId) -> Result<(u64, u64), StoreError> {
        let connection = self.connect()?;
        connection.execute(
            "UPDATE finding SET is_new = 1 WHERE run = ?1 AND fingerprint NOT IN
                (SELECT fingerprint FROM finding WHERE run = ?2)",
            params![run, before],
        )?;
        let new = "SELECT count(*) FROM finding WHERE run = ?1 AND is_new = 1";
        let gone = "SELECT count(*) FROM finding WHERE run = ?2 AND fingerprint NOT IN
            (SELECT fingerprint FROM finding WHERE run = ?1)";
        Ok((
            connection.query_row(new, params![run], |row| row.get(0))?,
            connection.query_row(gone, params![run, before], |row| row.get(0))?,
        ))
    }

    /// How many findings each file of a run has, by severity.
    pub fn counts_by_file(&self, run: RunId) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreError> {
        let connection = self.connect()?;
        let mut statement = connection
            .prepare("SELECT path, severity, count(*) FROM finding WHERE run = ?1 GROUP BY path, severity")?;
        let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let mut rows = statement.query([run])?;
        while let Some(row) = rows.next()? {
            counts.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get(2)?);
        }
        Ok(counts)
    }
}

fn values_of(
    connection: &Connection,
    run: RunId,
    filter: &FindingFilter,
    facet: Facet,
) -> Result<FacetValues, StoreError> {
    let (condition, values) = filter.condition(run, Some(facet));
    let column = facet.column();
    let sql = format!(
        "SELECT CAST({column} AS TEXT), count(*) FROM finding WHERE {condition} AND {column} IS NOT NULL
         GROUP BY {column} ORDER BY count(*) DESC, {column}"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(&values))?;
    let mut found = FacetValues::default();
    while let Some(row) = rows.next()? {
        if found.values.len() >= MOST_VALUES {
            found.more += 1;
            continue;
        }
        let value: String = row.get(0)?;
        let value = match (facet, value.as_str()) {
            (Facet::New, "1") => "true".to_owned(),
            (Facet::New, _) => "false".to_owned(),
            _ => value,
        };
        found.values.push(FacetValue { value, count: row.get(1)? });
    }
    Ok(found)
}

/// Writes the findings of a run as they come.
#[derive(Debug)]
pub struct FindingWriter {
    connection: Connection,
    run: RunId,
    waiting: Vec<ShownFinding>,
    problems: u64,
}

/// Findings that wait to be written together.
const BATCH: usize = 500;

impl FindingWriter {
    /// A writer for a run.
    pub fn new(store: &Store, run: RunId) -> Result<Self, StoreError> {
        Ok(Self { connection: store.connect()?, run, waiting: Vec::new(), problems: 0 })
    }

    /// Takes a finding; it can be read after the next [`Self::flush`] at the latest.
    pub fn finding(&mut self, finding: ShownFinding) -> Result<(), StoreError> {
        self.waiting.push(finding);
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Takes a problem.
    pub fn problem(&mut self, problem: &ShownProblem) -> Result<(), StoreError> {
        let detail = serde_json::to_string(problem).unwrap_or_default();
        let sql = "INSERT INTO problem (run, n, detail) VALUES (?1, ?2, ?3)";
        self.connection.execute(sql, params![self.run, self.problems, detail])?;
        self.problems += 1;
        Ok(())
    }

    /// What became of a file that is not just checked.
    pub fn looked_at(&mut self, path: &str, state: LookedState, reason: Option<&Text>) -> Result<(), StoreError> {
        let reason = reason.map(|reason| serde_json::to_string(reason).unwrap_or_default());
        let sql = "INSERT OR REPLACE INTO looked_at (run, path, state, reason) VALUES (?1, ?2, ?3, ?4)";
        self.connection.execute(sql, params![self.run, path, name_of(state), reason])?;
        Ok(())
    }

    /// Writes what waits.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let change = self.connection.transaction()?;
        {
            let mut statement = change.prepare_cached(
                "INSERT INTO finding (run, n, severity, confidence, rule_group, rule, path, sheet, line, shop, fixable,
                    is_new, fingerprint, words, detail, picture)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?;
            for finding in self.waiting.drain(..) {
                let detail = serde_json::to_string(&finding).unwrap_or_default();
                let head = &finding.head;
                statement.execute(params![
                    self.run,
                    head.n,
                    name_of(head.severity),
                    name_of(head.confidence),
                    head.group,
                    head.rule,
                    head.place.path,
                    head.place.sheet,
                    head.place.row.or(head.place.line),
                    head.record.id,
                    head.fixable.map(name_of),
                    head.new,
                    head.fingerprint,
                    searched(head),
                    detail,
                    finding.r#box.as_ref().map(|shown| &shown.path),
                ])?;
            }
        }
        change.commit()?;
        Ok(())
    }
}

/// What a search looks at, in lower case.
fn searched(head: &FindingHead) -> String {
    let id = head.record.id.as_deref().unwrap_or_default();
    [&head.rule, &head.message.zh, &head.message.en, &head.place.path, id].map(|text| text.to_lowercase()).join("\n")
}
