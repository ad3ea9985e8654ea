//! Keys of shops in a plan: their own ids where they have one, else their places.

use std::collections::{BTreeMap, HashMap};

use super::files::FleetFile;
use super::read::ReadShop;

/// The keys of a fleet's shops, each its own.
#[derive(Debug, Default)]
pub(crate) struct ShopKeys {
    /// By shop.
    pub(crate) keys: Vec<String>,
    /// Ids that several shops have: the id, and the keys that tell them apart.
    pub(crate) duplicate_ids: Vec<(String, Vec<String>)>,
}

impl ShopKeys {
    /// A shop's key is its id, else its file and line; of several shops with one id the later ones are numbered.
    pub(crate) fn of(shops: &[ReadShop<'_>], files: &[FleetFile]) -> Self {
        let mut taken: HashMap<String, usize> = HashMap::new();
        for id in shops.iter().filter_map(|shop| shop.id.as_ref()) {
            taken.entry(id.clone()).or_insert(0);
        }
        let mut duplicates: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut keys = Vec::with_capacity(shops.len());
        for shop in shops {
            let place = || format!("{}:{}", files.get(shop.file).map_or("", |file| file.path.as_str()), shop.line);
            let wished = shop.id.clone().unwrap_or_else(place);
            let mut number = taken.get(&wished).copied().unwrap_or(0) + 1;
            let mut key = if number == 1 { wished.clone() } else { format!("{wished}#{number}") };
            while number > 1 && taken.contains_key(&key) {
                number += 1;
                key = format!("{wished}#{number}");
            }
            taken.insert(wished.clone(), number);
            if number > 1 {
                taken.insert(key.clone(), 1);
                if shop.id.is_some() {
                    duplicates.entry(wished.clone()).or_insert_with(|| vec![wished]).push(key.clone());
                }
            }
            keys.push(key);
        }
        Self { keys, duplicate_ids: duplicates.into_iter().collect() }
    }
}
