//! Compares the platform's rejections with our findings about the same product on the same day.
//!
//! A rejection names a field of the platform's interface or gives only a reason in words; the table `audit-fields` maps
//! both to our fields. A finding matches if it is about that field. A finding elsewhere in the product does not prove
//! that the rejection could have been foreseen.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use dianjian_base::FieldPath;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile, Span};
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;
use dianjian_rules::record::KindRole;
pub use read::{AuditDecision, AuditOutcome};
use regex::Regex;

use crate::{Engine, Finding, Render};

/// The table of the platform's fields and words, and our fields.
const FIELDS: &str = "audit-fields";

/// Rules that only repeat what the platform has decided; they would match every time.
const ECHOES: [&str; 5] =
    ["product/rejected", "product/edit-status", "product/edit-status-known", "product/status", "product/status-known"];

/// Whether our rules foresaw the rejection of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditVerdict {
    /// A finding is about the field that the platform means.
    Caught,
    /// There are findings, but none about that field, or no field is known that the platform may mean.
    Unmatched,
    /// There is no finding.
    Missed,
    /// The product is not among the files, or the rejection is about something else.
    Unknown,
}

/// A finding about a rejected product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFinding {
    /// The rule's id.
    pub rule: String,
    /// The severity under the project's policy.
    pub severity: Severity,
    /// The field's path in the record.
    pub path: String,
    /// What is wrong, in both languages.
    pub message: Text,
    /// Whether it is about the field that the platform means.
    pub matched: bool,
}

/// A rejection and our findings about its product.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// What the platform decided.
    pub audited: AuditDecision,
    /// The product's title, if it is among the files.
    pub title: Option<String>,
    /// Our field that the platform means, if that is known.
    pub field: Option<String>,
    /// The findings as of the day of the rejection.
    pub findings: Vec<AuditFinding>,
    /// Whether the rejection could have been foreseen.
    pub verdict: AuditVerdict,
}

/// The result of an audit.
#[derive(Debug, Default)]
pub struct Audit {
    /// In order of time, then of files.
    pub rejections: Vec<Rejection>,
    /// Events about what passed or was withdrawn.
    pub passed: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Audit {
    /// How many rejections came to a verdict.
    pub fn count(&self, verdict: AuditVerdict) -> usize {
        self.rejections.iter().filter(|rejection| rejection.verdict == verdict).count()
    }
}

/// Reads rejections and products among the inputs, and checks the products as of each rejection's day. `engine_at`
/// makes an engine for a day; without a time a rejection is checked as of `today`.
pub fn audit<'p>(
    engine: &Engine<'p>,
    engine_at: &dyn Fn(NaiveDate) -> Engine<'p>,
    inputs: &[Input],
    today: NaiveDate,
) -> Audit {
    let mut read = read::read(engine, inputs);
    read.audited.sort_by_key(|audited| audited.time);
    // A decision dated in the future is checked as of today.
    let day_of = |audited: &AuditDecision| audited.time.map_or(today, |time| time.date_naive().min(today));
    let product_of = |audited: &AuditDecision| {
        [&audited.product, &audited.own_id].into_iter().flatten().find_map(|id| read.products.get(id))
    };
    let days: BTreeSet<NaiveDate> = read.audited.iter().map(day_of).collect();
    let wanted: BTreeSet<&str> =
        read.audited.iter().filter_map(product_of).map(|product| product.id.as_str()).collect();
    let mut found: BTreeMap<(NaiveDate, String), Vec<AuditFinding>> = BTreeMap::new();
    for day in days.into_iter().filter(|_| !wanted.is_empty()) {
        let engine = engine_at(day);
        engine.run(inputs, &ProductFindings { wanted: &wanted, engine: &engine }, &|_| {}, &mut |finding| {
            if let Some((product, finding)) = finding {
                found.entry((day, product)).or_default().push(finding);
            }
        });
    }
    let fields = AuditFields::of(engine.pack, today);
    let rejections = read.audited.iter().map(|audited| {
        let product = product_of(audited);
        let findings = product.and_then(|product| found.get(&(day_of(audited), product.id.clone())).cloned());
        let title = product.map(|product| product.title.clone());
        rejection(&fields, audited.clone(), title, findings.unwrap_or_default())
    });
    Audit { rejections: rejections.collect(), passed: read.passed, problems: read.problems }
}

fn rejection(
    fields: &AuditFields,
    audited: AuditDecision,
    title: Option<String>,
    mut findings: Vec<AuditFinding>,
) -> Rejection {
    let meant = fields.meant(audited.field.as_deref(), &audited.reason);
    for finding in &mut findings {
        finding.matched = meant.iter().any(|field| is_about(&finding.path, field));
    }
    findings.sort_by(|left, right| {
        (!left.matched, &left.path, &left.rule).cmp(&(!right.matched, &right.path, &right.rule))
    });
    let verdict = match (title.is_some(), findings.first()) {
        (false, _) => AuditVerdict::Unknown,
        (true, Some(first)) if first.matched => AuditVerdict::Caught,
        (true, Some(_)) => AuditVerdict::Unmatched,
        (true, None) => AuditVerdict::Missed,
    };
    Rejection { audited, title, field: meant.first().map(|field| (*field).to_owned()), findings, verdict }
}

/// Whether a path, such as `products[2].skus[0].code`, is the field or lies below it.
fn is_about(path: &str, field: &str) -> bool {
    let own = match path.strip_prefix("products[") {
        Some(rest) => rest.split_once("].").map_or("", |(_, own)| own),
        None => path,
    };
    FieldPath::new(own).below(field).is_some()
}

/// Keeps the findings about the wanted products, without those that only repeat the platform.
struct ProductFindings<'w> {
    wanted: &'w BTreeSet<&'w str>,
    engine: &'w Engine<'w>,
}

impl Render for ProductFindings<'_> {
    type Out = Option<(String, AuditFinding)>;

    fn finding(&self, finding: Finding) -> Self::Out {
        let id = finding.record.id.clone().filter(|id| self.wanted.contains(id.as_str()))?;
        let is_echo = ECHOES.contains(&finding.rule.id.as_str());
        let is_of_product = self.engine.pack.kinds.is_role(&finding.record.kind, KindRole::Product);
        if !is_of_product || is_echo || finding.severity == Severity::Info || self.engine.silences(&finding) {
            return None;
        }
        let message = Text { zh: finding.message.render(Lang::Zh), en: finding.message.render(Lang::En) };
        let Finding { rule, severity, path, .. } = finding;
        Some((id, AuditFinding { rule: rule.id.clone(), severity, path, message, matched: false }))
    }

    fn problem(&self, _problem: Problem) -> Self::Out {
        None
    }
}

/// The platform's field, the words of its reasons, and our field.
type AuditRow = (Option<String>, Option<Regex>, String);

/// The table [`FIELDS`] as of a day.
struct AuditFields(Vec<AuditRow>);

impl AuditFields {
    fn of(pack: &Pack, day: NaiveDate) -> Self {
        let Some(table) = pack.tables.get(FIELDS) else { return Self(Vec::new()) };
        let columns = ["api", "words", "field"].map(|name| table.column(name).ok());
        let [Some(api), Some(words), Some(field)] = columns else { return Self(Vec::new()) };
        let rows = table.rows.iter().filter(|row| row.effective.holds(day)).filter_map(|row| {
            let cell = |at: usize| row.cells.get(at).and_then(Clone::clone);
            let words = cell(words).and_then(|words| Regex::new(&words).ok());
            Some((cell(api), words, cell(field)?))
        });
        Self(rows.collect())
    }

    /// Our fields for a rejection: by the platform's field, else by the words of the reason.
    fn meant(&self, api: Option<&str>, reason: &str) -> Vec<&str> {
        let api = api.filter(|api| !api.is_empty());
        let named = |(row, ..): &&AuditRow| api.is_some() && row.as_deref() == api;
        let described = |(_, words, _): &&AuditRow| words.as_ref().is_some_and(|words| words.is_match(reason));
        let mut rows: Vec<&AuditRow> = self.0.iter().filter(named).collect();
        if rows.is_empty() {
            rows = self.0.iter().filter(described).collect();
        }
        let mut fields: Vec<&str> = rows.into_iter().map(|(_, _, field)| field.as_str()).collect();
        fields.dedup();
        fields
    }
}

/// A time with the offset that it was given in; the platform's own times are in Asia/Shanghai.
pub type ShanghaiTime = DateTime<FixedOffset>;

/// The source and the bytes of a rejection's reason.
pub type ReasonPlace = (Arc<SourceFile>, Span);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_about_its_field_and_what_is_below() {
        assert!(is_about("title", "title"));
        assert!(is_about("products[2].skus[0].code", "skus"));
        assert!(!is_about("products[2].title", "skus"));
        assert!(!is_about("titles", "title"));
        assert!(!is_about("short_title", "title"));
    }

    #[test]
    fn the_field_is_told_by_name_or_else_by_words() {
        let (pack, problems) = dianjian_rules::PackBuilder::default().shipped().build();
        assert!(problems.is_empty());
        let fields = AuditFields::of(&pack, NaiveDate::MAX);
        assert_eq!(fields.meant(Some("product.cat_v2"), "").first(), Some(&"categories"));
        assert_eq!(fields.meant(Some(""), "商品标题包含违规词").first(), Some(&"title"));
        assert!(fields.meant(Some("product.unheard_of"), "抱歉").is_empty());
    }
}
