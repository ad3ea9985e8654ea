//! Rejections in the platform's events and in product answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_base::text;
use dianjian_document::problem::Problem;
use dianjian_document::source::{Input, SourceFile, Span};
use dianjian_document::tree::{self, Format, Limits, Node, Tree};
use dianjian_rules::record::{KindRole, ReaderEvent, Scale, Value, parse_date, parse_time, scaled};

use super::{ReasonPlace, ShanghaiTime};
use crate::Engine;
use crate::read_records::text_at;

/// What the platform decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It was turned down.
    Rejected,
    /// It passed, and is shown less, for a reason.
    Restricted,
    /// It was taken down, revoked or has run out.
    TakenDown,
}

/// One reason that the platform gave.
#[derive(Debug, Clone)]
pub struct AuditDecision {
    /// When the platform decided; `None`: it does not say.
    pub time: Option<ShanghaiTime>,
    /// Which product, by the platform's id, else by the merchant's own.
    pub product: Option<String>,
    /// The merchant's own id of the product.
    pub own_id: Option<String>,
    /// What else it is about: a brand, an application.
    pub other: Option<Text>,
    /// Whether the product is rejected, shown less, or taken down.
    pub outcome: AuditOutcome,
    /// The field of the platform's interface.
    pub field: Option<String>,
    /// The reason in the platform's own words; may be empty.
    pub reason: String,
    /// The place of the reason; without one, that of the event.
    pub place: ReasonPlace,
}

/// A product among the inputs.
#[derive(Debug, Clone)]
pub(super) struct AuditedProduct {
    pub(super) id: String,
    pub(super) title: String,
}

/// What the inputs hold.
#[derive(Debug, Default)]
pub(super) struct AuditInputs {
    /// In the order of the inputs.
    pub(super) audited: Vec<AuditDecision>,
    /// By the platform's id and by the merchant's own.
    pub(super) products: BTreeMap<String, AuditedProduct>,
    /// Events that say that something passed or was withdrawn.
    pub(super) passed: usize,
    pub(super) problems: Vec<Problem>,
}

/// An event about an audit, or about a listing that ended: the key of its body, and what the statuses in it mean.
struct AuditEvent {
    body: &'static str,
    rejected: &'static [&'static str],
    down: &'static [&'static str],
    passed: &'static [&'static str],
    withdrawn: &'static [&'static str],
}

/// An event whose statuses decide nothing.
const UNDECIDED: AuditEvent = AuditEvent { body: "", rejected: &[], down: &[], passed: &[], withdrawn: &[] };

/// Statuses of products that the platform itself has taken down.
const DOWN: &[&str] = &["13", "14", "15", "20"];

/// What is not among a body's statuses decides nothing: it is under way, or was the merchant's own doing.
const EVENTS: [AuditEvent; 9] = [
    AuditEvent { body: "ProductSpuAudit", rejected: &["2"], passed: &["3"], withdrawn: &["4"], ..UNDECIDED },
    // The notice that a product was taken down has come in the body of the audit as well as in its own.
    AuditEvent { body: "OpenProductSpuAudit", rejected: &["3"], down: &["13"], passed: &["4"], ..UNDECIDED },
    AuditEvent { body: "OpenProductSpuStatusUpdate", down: &["13"], ..UNDECIDED },
    AuditEvent { body: "ProductSpuListing", down: DOWN, ..UNDECIDED },
    AuditEvent { body: "EcSupplierProductAudit", rejected: &["2"], passed: &["3"], withdrawn: &["4"], ..UNDECIDED },
    AuditEvent { body: "EcSupplierProductListing", down: DOWN, ..UNDECIDED },
    AuditEvent { body: "ProductCategoryAudit", rejected: &["2"], passed: &["3"], withdrawn: &["12"], ..UNDECIDED },
    AuditEvent { body: "QualificationAuditResult", rejected: &["9"], passed: &["1"], ..UNDECIDED },
    AuditEvent { body: "BrandEvent", rejected: &["5"], down: &["7", "8"], passed: &["4"], withdrawn: &["3"] },
];

/// Reads events, and products that carry the reason of their rejection.
pub(super) fn read(engine: &Engine<'_>, inputs: &[Input]) -> AuditInputs {
    let mut found = AuditInputs::default();
    // What cannot be read is the same both times.
    drop(engine.each_document(inputs, &mut |source, document| event(source, document, &mut found)));
    let mut refused = Vec::new();
    found.problems = engine.each_record(inputs, &mut |source, seen| match seen {
        ReaderEvent::Record(record, _) if engine.pack.kinds.get(record.kind_index).role == Some(KindRole::Product) => {
            product(source, &record.value, &mut found);
        }
        ReaderEvent::Refused(node, text) => {
            refused.push(Problem::with_message(source, node.head_span(), text, None));
        }
        _ => {}
    });
    found.problems.append(&mut refused);
    found
}

fn product(source: &Arc<SourceFile>, value: &Value<'_>, found: &mut AuditInputs) {
    let (Some(id), own_id) = (text_at(value, "id"), text_at(value, "out_id")) else { return };
    if let Some(reason) = value.get("audit_reason").filter(|reason| !reason.is_empty()) {
        found.audited.push(AuditDecision {
            time: text_at(value, "submitted_on").and_then(|time| at(&time)),
            product: Some(id.clone()),
            own_id: own_id.clone(),
            other: None,
            outcome: AuditOutcome::Rejected,
            field: None,
            reason: reason.text().unwrap_or_default().trim().to_owned(),
            place: (Arc::clone(source), reason.node().span()),
        });
    }
    let product = AuditedProduct { title: text_at(value, "title").unwrap_or_default(), id: id.clone() };
    own_id.into_iter().chain([id]).for_each(|id| {
        found.products.entry(id).or_insert_with(|| product.clone());
    });
}

fn event(source: &Arc<SourceFile>, document: Node<'_>, found: &mut AuditInputs) {
    let value = Value::Node(document);
    let Some((known, body)) = EVENTS.iter().find_map(|known| Some((known, value.get(known.body)?))) else { return };
    let status = text_at(&body, "status").unwrap_or_default();
    let is = |statuses: &[&str]| statuses.contains(&status.as_str());
    let info = body.get("audit_info").filter(|info| !info.is_empty());
    let details = info.as_ref().map(details).unwrap_or_default();
    let outcome = match (is(known.rejected), is(known.down), is(known.passed) && !details.is_empty()) {
        (true, _, _) => AuditOutcome::Rejected,
        (_, true, _) => AuditOutcome::TakenDown,
        (_, _, true) => AuditOutcome::Restricted,
        _ => {
            found.passed += usize::from(is(known.passed) || is(known.withdrawn));
            return;
        }
    };
    let id = |key: &str| text_at(&body, key).filter(|id| id != "0");
    let own_id = id("out_product_id");
    let audited = |AuditReason { field, reason, span }| AuditDecision {
        time: text_at(&value, "CreateTime").and_then(|time| at(&time)),
        product: id("product_id").or_else(|| own_id.clone()),
        own_id: own_id.clone(),
        other: other(&body),
        outcome,
        field,
        reason,
        place: (Arc::clone(source), span),
    };
    let details = if details.is_empty() { vec![AuditReason::whole(&body)] } else { details };
    found.audited.extend(details.into_iter().map(audited));
}

/// What an audit is about, where that is no product.
fn other(body: &Value<'_>) -> Option<Text> {
    let name = |key: &str, zh: &str, en: &str| {
        let id = text_at(body, key).filter(|id| id != "0")?;
        Some(text! { zh: "{zh} {id}", en: "{en} {id}" })
    };
    name("brand_id", "品牌", "brand").or_else(|| name("audit_id", "审核单", "application"))
}

/// A reason, the platform's field that it is about, and its place.
struct AuditReason {
    field: Option<String>,
    reason: String,
    span: Span,
}

impl AuditReason {
    /// The reason of the event as a whole.
    fn whole(body: &Value<'_>) -> Self {
        let given = ["reason", "reject_reason"].iter().find_map(|key| body.get(key)).filter(|given| !given.is_empty());
        let span = given.as_ref().map_or_else(|| body.node().head_span(), |given| given.node().span());
        let reason = given.and_then(|given| Some(given.text()?.trim().to_owned())).unwrap_or_default();
        Self { field: None, reason, span }
    }
}

/// The fields and reasons in `audit_info`, which is JSON in a text; in some answers it is an object as well.
fn details(info: &Value<'_>) -> Vec<AuditReason> {
    let mut details = Vec::new();
    let Some(text) = info.text() else {
        details_below(info, &|node| node.span(), &mut details);
        return details;
    };
    let source = SourceFile::new("audit_info", text.as_ref());
    tree::parse(&source, Format::Json, &Limits::default(), &mut Tree::new(), &mut |root| {
        details_below(&Value::Node(root), &|node| info.node().source_span(node.span().range()), &mut details);
    });
    details
}

fn details_below(info: &Value<'_>, place: &dyn Fn(Node<'_>) -> Span, details: &mut Vec<AuditReason>) {
    let items = info.get("busi_audit_info").and_then(|info| info.get("item_list"));
    for item in items.into_iter().flat_map(|list| list.items()) {
        let field = text_at(&item, "busi_show_field_api");
        for failed in item.get("multi_failed_reasons").into_iter().flat_map(|list| list.items()) {
            let Some(given) = failed.get("audit_reason") else { continue };
            let Some(reason) = given.text() else { continue };
            let (field, reason) = (field.clone(), reason.trim().to_owned());
            details.push(AuditReason { field, reason, span: place(given.node()) });
        }
    }
}

/// A time as the platform writes it: seconds, or a day and a time in Shanghai.
fn at(text: &str) -> Option<ShanghaiTime> {
    let text = scaled(text, Scale::Seconds).unwrap_or_else(|| text.to_owned());
    parse_time(&text).or_else(|| parse_time(&format!("{}T00:00:00+08:00", parse_date(&text)?)))
}
