//! What rules on names and limits read of a shop as it will be.
//!
//! It is little, and is kept as one JSON text, so that names can be tried without the file: a fleet's files may be
//! larger than memory would allow as trees. It is dropped once names are assigned.

use dianjian_base::FieldPath;
use dianjian_document::tree::Tree;
use dianjian_rules::record::Record;
use serde_json::{Map, Value as Json};

use super::cutover::{CutoverRules, LimitShare};
use crate::migrations::FieldChange;

/// The facts of one shop.
#[derive(Debug, Clone)]
pub(crate) struct ShopFacts {
    /// Everything but the name, as JSON.
    pub(crate) json: String,
    /// What it adds to limits over several shops.
    pub(crate) shares: Vec<LimitShare>,
}

impl ShopFacts {
    /// The facts of a record after the changes of its migrations; `value` gives a change's new value.
    pub(crate) fn new(
        rules: &CutoverRules<'_>,
        record: &Record<'_>,
        changes: &[&FieldChange],
        value: &dyn Fn(&FieldChange) -> Option<Option<String>>,
        name: &str,
        scratch: &mut Tree,
    ) -> Self {
        let mut facts = rules.facts(record);
        for change in changes.iter().filter(|change| rules.reads(&change.field)) {
            if let Some(value) = value(change) {
                set(&mut facts, FieldPath::new(&change.field), value);
            }
        }
        let json = Json::Object(facts).to_string();
        let shares = rules.with_facts(&json, scratch, |trial| trial.limit_shares(name)).unwrap_or_default();
        Self { json, shares }
    }

    /// The facts as a tree of values, for those that are looked at by name.
    pub(crate) fn values(&self) -> Json {
        serde_json::from_str(&self.json).unwrap_or_default()
    }
}

/// The text of a part of a fact, such as the `name` of `brand`; a fact that is a text itself is its own name.
pub(crate) fn fact_text<'f>(facts: &'f Json, fact: &str, part: &str) -> Option<&'f str> {
    let fact = facts.get(fact)?;
    fact.get(part).or_else(|| (part == "name").then_some(fact))?.as_str()
}

/// Sets or removes a field; one whose map does not exist is left alone.
fn set(facts: &mut Map<String, Json>, field: FieldPath<'_>, value: Option<String>) {
    let (above, key) = field.split_last();
    let mut above = above.into_iter().flat_map(FieldPath::names);
    let Some(map) = above.try_fold(facts, |map, name| map.get_mut(name)?.as_object_mut()) else { return };
    match value {
        Some(value) => drop(map.insert(key.to_owned(), Json::String(value))),
        None => drop(map.remove(key)),
    }
}
