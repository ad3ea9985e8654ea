//! What things are called in Chinese: titles, headings of tables, words for values.

use std::collections::BTreeSet;

use dianjian_rules::Pack;
use dianjian_rules::record::{FieldType, nearest};

/// Names with the ids that they stand for.
pub struct Names(Vec<(String, String)>);

impl Names {
    pub fn new(pack: &Pack) -> Self {
        let mut names = Vec::new();
        let mut add = |name: &str, id: &str| names.push((plain(name), id.to_owned()));
        for rule in &pack.rules {
            add(&rule.info.title.zh, &rule.info.id);
        }
        for (id, table) in pack.tables.iter() {
            add(&table.title.zh, id);
        }
        for kind in pack.kinds.iter() {
            add(&kind.title.zh, &kind.name);
            for field in &kind.fields {
                let id = format!("{}.{}", kind.name, field.path);
                add(&field.title.zh, &id);
                for (_, title) in field.values.iter().filter(|_| field.ty == FieldType::Enum) {
                    add(&title.zh, &id);
                    // `微信小店（2024）` is called 微信小店.
                    add(title.zh.split('（').next().unwrap_or_default(), &id);
                }
            }
        }
        for (kind, headings) in pack.mappings.iter().filter_map(|mapping| mapping.headings()) {
            let kind = pack.kinds.get(kind);
            headings.for_each(|(path, heading)| add(heading, &format!("{}.{path}", kind.name)));
        }
        Self(names)
    }

    /// The ids that a name stands for, in the order of rules, tables, kinds and fields.
    pub fn find(&self, name: &str) -> Vec<&str> {
        let name = plain(name);
        let mut seen = BTreeSet::new();
        let named = self.0.iter().filter(|(known, _)| *known == name).map(|(_, id)| id.as_str());
        named.filter(|id| seen.insert(*id)).collect()
    }

    /// The name most like one that is not known.
    pub fn suggest(&self, name: &str) -> Option<&str> {
        // A name that others contain is likelier meant than one that is spelt alike.
        let found = plain(name);
        let containing = self.0.iter().map(|(known, _)| known.as_str()).filter(|known| known.contains(&found));
        let shortest = containing.min_by_key(|known| known.chars().count());
        let is_telling = found.chars().count() >= 2;
        shortest.filter(|_| is_telling).or_else(|| nearest(&found, self.0.iter().map(|(known, _)| known.as_str())))
    }
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}
