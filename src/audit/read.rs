//! Rejections in the platform's events and in product answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Place, Time};
use crate::document::{self, Format, Limits, Node, Tree};
use crate::engine::Engine;
use crate::problem::Problem;
use crate::record::mapping::scaled;
use crate::record::mapping_file::Scale;
use crate::record::value::{parse_date, parse_time};
use crate::record::{Seen, Value};
use crate::source::{Input, SourceFile};

/// What the platform decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The product was turned down.
    Rejected,
    /// It passed, and is shown less, for a reason.
    Restricted,
}

/// One reason that the platform gave.
#[derive(Debug, Clone)]
pub struct Audited {
    /// When.
    pub time: Option<Time>,
    /// Which product; an application for a category has none.
    pub product: Option<String>,
    /// What was decided.
    pub outcome: Outcome,
    /// The field of the platform's interface.
    pub field: Option<String>,
    /// The reason.
    pub reason: String,
    /// Where it stands.
    pub place: Place,
}

/// What the inputs hold.
#[derive(Debug, Default)]
pub struct Found {
    /// The reasons, in the order of the inputs.
    pub audited: Vec<Audited>,
    /// Titles of products by id.
    pub titles: BTreeMap<String, String>,
    /// Events that say that a product passed or was withdrawn.
    pub passed: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Where each event keeps what it is about, and its statuses: rejected, passed.
const EVENTS: [(&str, &str, &str); 5] = [
    ("ProductSpuAudit", "2", "3"),
    ("OpenProductSpuAudit", "3", "4"),
    ("ProductCategoryAudit", "2", "3"),
    ("QualificationAuditResult", "9", "1"),
    ("EcSupplierProductAudit", "2", "3"),
];

/// Reads events, and products that carry the reason of their rejection.
pub fn read(engine: &Engine<'_>, inputs: &[Input]) -> Found {
    let mut found = Found::default();
    let problems = engine.each_document(inputs, &mut |source, root| {
        let items = if root.kind() == document::Kind::Sequence { root.items().collect() } else { vec![root] };
        items.into_iter().for_each(|item| event(source, item, &mut found));
    });
    found.problems = problems;
    engine.each_record(inputs, &mut |source, seen| {
        let Seen::Record(record, _) = seen else { return };
        let kind = engine.pack.kinds.get(record.kind_index);
        if &*kind.name != "Product" {
            return;
        }
        let text = |field: &str| record.value.get(field).and_then(|value| Some(value.text()?.into_owned()));
        let Some(id) = text("id") else { return };
        if let Some(reason) = record.value.get("audit_reason").filter(|reason| !reason.is_empty()) {
            found.audited.push(Audited {
                time: text("submitted_on").and_then(|time| at(&time)),
                product: Some(id.clone()),
                outcome: Outcome::Rejected,
                field: None,
                reason: reason.text().unwrap_or_default().trim().to_owned(),
                place: (Arc::clone(source), reason.node().span()),
            });
        }
        let title = text("title").unwrap_or_default();
        found.titles.entry(id).or_insert(title);
    });
    found
}

fn event(source: &Arc<SourceFile>, root: Node<'_>, found: &mut Found) {
    let value = Value::Node(root);
    let known = EVENTS.iter().find_map(|(name, rejected, passed)| Some((value.get(name)?, *rejected, *passed)));
    let Some((body, rejected, passed)) = known else { return };
    let text = |value: &Value<'_>, key: &str| value.get(key).and_then(|found| Some(found.text()?.trim().to_owned()));
    let status = text(&body, "status").unwrap_or_default();
    let time = text(&value, "CreateTime").and_then(|time| at(&time));
    let product = text(&body, "product_id").filter(|id| !id.is_empty() && id != "0");
    let details = body.get("audit_info").map(|info| details(&info)).unwrap_or_default();
    let outcome = match (status == rejected, status == passed && !details.is_empty()) {
        (true, _) => Outcome::Rejected,
        (false, true) => Outcome::Restricted,
        (false, false) => {
            found.passed += 1;
            return;
        }
    };
    let given = ["reason", "reject_reason"].iter().find_map(|key| body.get(key)).filter(|reason| !reason.is_empty());
    let place = body.get("audit_info").filter(|_| !details.is_empty()).or(given.clone()).unwrap_or(body);
    let whole = || vec![(None, given.as_ref().and_then(Value::text).unwrap_or_default().trim().to_owned())];
    let reasons = if details.is_empty() { whole() } else { details };
    for (field, reason) in reasons {
        let place = (Arc::clone(source), first_line(place.node()));
        found.audited.push(Audited { time, product: product.clone(), outcome, field, reason, place });
    }
}

/// What to show of a place: a map by its beginning.
fn first_line(node: Node<'_>) -> crate::source::Span {
    if node.kind() == document::Kind::Mapping { node.head_span() } else { node.span() }
}

/// The fields and reasons in `audit_info`, which is JSON in a text; in some answers it is an object as well.
fn details(info: &Value<'_>) -> Vec<(Option<String>, String)> {
    let mut reasons = Vec::new();
    let Some(text) = info.text() else {
        reasons_below(info, &mut reasons);
        return reasons;
    };
    let source = SourceFile::new("audit_info", text.as_ref());
    document::parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |root| {
        reasons_below(&Value::Node(root), &mut reasons);
    });
    reasons
}

fn reasons_below(info: &Value<'_>, reasons: &mut Vec<(Option<String>, String)>) {
    let items = info.get("busi_audit_info").and_then(|info| info.get("item_list"));
    for item in items.into_iter().flat_map(|list| list.items()) {
        let field = item.get("busi_show_field_api").and_then(|field| Some(field.text()?.trim().to_owned()));
        let field = field.filter(|field| !field.is_empty());
        for reason in item.get("multi_failed_reasons").into_iter().flat_map(|list| list.items()) {
            if let Some(reason) = reason.get("audit_reason").and_then(|reason| Some(reason.text()?.trim().to_owned())) {
                reasons.push((field.clone(), reason));
            }
        }
    }
}

/// A time as the platform writes it: seconds, or a day and a time in Shanghai.
fn at(text: &str) -> Option<Time> {
    let text = scaled(text, Scale::Seconds).unwrap_or_else(|| text.to_owned());
    parse_time(&text).or_else(|| parse_time(&format!("{}T00:00:00+08:00", parse_date(&text)?)))
}
