//! Tables of evasions and of harmless texts, and properties over arbitrary text, with the shipped lexicons.

use std::sync::LazyLock;

use serde::de::DeserializeOwned;

use super::{Contact, ContactFinder, ContactLexicon, ContentFlags, LookAlikes, WordMatcherBuilder};

mod contact_lines;
mod contact_tables;
mod properties;
mod text_lines;
mod word_tables;

fn shipped<T: DeserializeOwned>(file: &str) -> T {
    let path = format!("{}/../../rules/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The shipped lexicon.
pub(crate) fn lexicon() -> ContactLexicon {
    ContactLexicon {
        phrases: shipped("lexicons/contact-phrases"),
        context: shipped("lexicons/contact-context"),
        numbers: shipped("lexicons/contact-numbers"),
        ids: shipped("lexicons/contact-ids"),
        links: shipped("lexicons/contact-links"),
    }
}

/// A finder that goes by the shipped lexicon.
static FINDER: LazyLock<ContactFinder> = LazyLock::new(|| ContactFinder::new(lexicon()));

/// Finds contacts by the shipped lexicon; the scan must not miss what the search finds.
fn contacts(text: &str) -> Vec<Contact> {
    let found = FINDER.search(text);
    assert!(found.is_empty() || FINDER.scan().flags_of(text).intersects(ContentFlags::CONTACTS), "missed: {text}");
    found
}

/// A builder that sees through the shipped look-alikes.
fn word_matcher_builder() -> WordMatcherBuilder {
    static LOOK_ALIKES: LazyLock<LookAlikes> = LazyLock::new(|| {
        let table: serde_json::Value = shipped("tables/look-alikes");
        let rows = table["rows"].as_array().unwrap();
        let char = |row: &serde_json::Value| row["char"].as_str().unwrap().chars().next().unwrap();
        let common: String = rows.iter().filter(|row| row["alternatives"].is_null()).map(char).collect();
        let rows = rows.iter().filter_map(|row| Some((char(row), row["alternatives"].as_str()?.split(' '))));
        let table: serde_json::Value = shipped("tables/name-parts");
        let parts = |kind: &str| {
            let row = table["rows"].as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap();
            row["parts"].as_str().unwrap().split_whitespace()
        };
        LookAlikes::from_pairs(rows).with_common(&common).with_name_parts(parts("ending"), parts("surname"))
    });
    let mut builder = WordMatcherBuilder::new();
    builder.look_alikes(LOOK_ALIKES.clone());
    builder
}
