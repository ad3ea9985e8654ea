//! A brand that a shop moves without, whose words its name may not have any more.

use super::{TradeNames, folded};
use crate::planner::facts::{ShopFacts, fact_text};

/// Words that a name may not have, because the shop moves without their brand.
#[derive(Debug, Clone)]
pub(crate) struct LostBrand {
    pub(super) words: Vec<String>,
    /// The number of the rule for which the brand went.
    pub(super) rule: usize,
}

impl LostBrand {
    /// The brand that a shop has lost between two states of its facts. `None`: it has none or keeps it, or it owns the
    /// brand and its trade name has the words, so that its names may have them, too.
    pub(crate) fn new(rule: usize, before: &ShopFacts, after: &ShopFacts, names: &TradeNames) -> Option<Self> {
        let (before, after) = (before.values(), after.values());
        if fact_text(&after, "brand", "name").is_some() {
            return None;
        }
        let words = ["name", "en_name"].iter().filter_map(|key| fact_text(&before, "brand", key));
        let words: Vec<String> = words.map(folded).filter(|word| !word.is_empty()).collect();
        let trade = folded(&names.trade_name(fact_text(&before, "subject", "name").unwrap_or_default()));
        let is_own = fact_text(&before, "brand", "grant") == Some("owner")
            && words.iter().any(|word| trade.contains(word.as_str()));
        (!words.is_empty() && !is_own).then_some(Self { words, rule })
    }
}
