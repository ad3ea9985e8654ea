//! Candidates for names, composed of a shop's brand, trade name, place, category and old name.

use dianjian_text::{compact, leading_run};

use super::{BrandTerms, NameSource, TradeNames, folded};
use crate::planner::cutover::NameTrial;

/// What a shop's names are made of; each part may be empty.
pub(super) struct NameParts {
    brand: String,
    /// The owner's whole name, compact.
    subject: String,
    trade: String,
    /// The trade name in two to four characters.
    short: String,
    place: String,
    category: String,
    grant: BrandGrant,
    /// Whether there is a brand that the name may not carry.
    has_barred_brand: bool,
}

/// What the brand grant allows in names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BrandGrant {
    /// The brand with any suffix.
    Own,
    /// The brand, the trade name and a suffix.
    First,
    /// As `First`, or without the brand.
    Lower,
    /// There is none, or the grant does not allow it.
    None,
}

impl NameParts {
    pub(super) fn of(trial: &NameTrial<'_, '_, '_>, names: &TradeNames, old: &str, terms: &BrandTerms) -> Self {
        let brand = trial.text(&["brand", "name"]).or_else(|| trial.text(&["brand"])).unwrap_or_default();
        let subject = trial.subject_name();
        let grant = match trial.text(&["brand", "grant"]).as_deref() {
            _ if brand.is_empty() || !terms.is_certified => BrandGrant::None,
            Some("owner" | "exclusive") => BrandGrant::Own,
            Some("first") => BrandGrant::First,
            Some("second" | "third") => BrandGrant::Lower,
            _ => BrandGrant::None,
        };
        let trade = names.trade_name_as_used(&subject, old);
        // Of a long one that the shop has not used whole, the part that tells the owner apart comes first.
        let bare = names.trade_name(&subject);
        let short = match (trade.chars().count(), bare.chars().count()) {
            (0..=4, _) => trade.clone(),
            (_, 0..=4) => bare,
            _ => bare.chars().take(2).collect(),
        };
        // 海南航空 has its place already.
        let place = names.place(&subject);
        let place = if short.contains(&place) { String::new() } else { place };
        Self {
            brand,
            subject: compact(&subject),
            trade,
            short,
            place,
            category: trial.categories().into_iter().next().unwrap_or_default(),
            grant,
            has_barred_brand: terms.bars_words(),
        }
    }
}

impl NameParts {
    /// Whether a name that is said to have the owner's trade name behind the brand has it, as rules on names see it: where
    /// the end of the brand is the beginning of the trade name, not enough of it may be left.
    pub(super) fn has_claimed_trade(&self, name: &str, source: NameSource) -> bool {
        const FEWEST: usize = 2;
        if !matches!(source, NameSource::BrandTrade | NameSource::BrandTradeCategory) || self.grant == BrandGrant::Own {
            return true;
        }
        let name = compact(name);
        let rest = name.strip_prefix(compact(&self.brand).as_str()).unwrap_or(&name);
        leading_run(rest, &self.subject).chars().count() >= FEWEST
    }
}

/// Names that a shop could have, the best first; `stripped` is the old name without what rules point at.
pub(super) fn compose(old: &str, stripped: &str, parts: &NameParts) -> Vec<(String, NameSource)> {
    let NameParts { brand, trade, short, place, category, grant, has_barred_brand, .. } = parts;
    let mut names = vec![(old.to_owned(), NameSource::Old)];
    if *has_barred_brand && !short.is_empty() && !stripped.is_empty() {
        // What the brand stood before says little by itself: 茶叶 of 云山茶叶.
        names.push((joined(&[short, stripped]), NameSource::TradeRest));
    }
    // A lower grant allows any name, but one with the brand and without the owner would pass for the brand's own shop.
    let passes_for_owner = *grant == BrandGrant::Lower
        && folded(stripped).starts_with(folded(brand).as_str())
        && own_part(&folded(stripped), &folded(trade)).is_none();
    if !passes_for_owner {
        names.push((stripped.to_owned(), NameSource::Stripped));
    }
    let mut add = |parts: &[&str], source: NameSource| {
        if parts.iter().all(|part| !part.is_empty()) {
            names.push((joined(parts), source));
        }
    };
    let rest = tidy(stripped.strip_prefix(brand.as_str()).unwrap_or(stripped));
    let rest = rest.replace(brand.as_str(), "");
    match grant {
        BrandGrant::Own => {
            add(&[brand, &rest], NameSource::BrandRest);
            add(&[brand], NameSource::Brand);
            add(&[brand, category], NameSource::BrandCategory);
            add(&[brand, trade], NameSource::BrandTrade);
            add(&[brand, place, "店"], NameSource::Place);
            add(&[brand, category, "小店"], NameSource::Small);
            add(&[brand, "小店"], NameSource::Small);
        }
        BrandGrant::First | BrandGrant::Lower => {
            for trade in [trade, short] {
                add(&[brand, trade], NameSource::BrandTrade);
                add(&[brand, trade, category], NameSource::BrandTradeCategory);
            }
            add(&[brand, short, place, "店"], NameSource::Place);
            add(&[brand, short, "小店"], NameSource::Small);
            if *grant == BrandGrant::Lower {
                own_names(trade, short, place, category, &mut add);
            }
        }
        BrandGrant::None => own_names(trade, short, place, category, &mut add),
    }
    if passes_for_owner {
        add(&[stripped], NameSource::Stripped);
    }
    if *grant == BrandGrant::None {
        add(&[stripped, category], NameSource::BrandRest);
        add(&[stripped, "小店"], NameSource::Small);
    }
    names
}

/// Names without a brand.
fn own_names(trade: &str, short: &str, place: &str, category: &str, add: &mut dyn FnMut(&[&str], NameSource)) {
    add(&[trade], NameSource::Trade);
    for trade in [trade, short] {
        add(&[trade, category], NameSource::TradeCategory);
    }
    add(&[short, place, "店"], NameSource::Place);
    add(&[short, category, "小店"], NameSource::Small);
    add(&[short, "小店"], NameSource::Small);
}

/// Where in a name the owner's trade name begins: at least two characters of it in a row.
pub(super) fn own_part(name: &str, trade: &str) -> Option<usize> {
    let characters: Vec<char> = trade.chars().collect();
    characters.windows(2).filter_map(|pair| name.find(&pair.iter().collect::<String>())).min()
}

/// Parts one after another; one that begins as the name ends adds only its rest.
pub(super) fn joined(parts: &[&str]) -> String {
    let mut name = String::new();
    for part in parts {
        if name.ends_with(part) {
            continue;
        }
        // 青禾茶 and 茶叶 make 青禾茶叶; 云山 and 云山茶业 make 云山茶业.
        let shared = part
            .char_indices()
            .map(|(at, character)| at + character.len_utf8())
            .rev()
            .find(|end| name.ends_with(&part[..*end]))
            .unwrap_or_default();
        name.push_str(&part[shared..]);
    }
    name
}

/// A text without some ranges, which are sorted and may overlap.
pub(super) fn without(text: &str, ranges: &[std::ops::Range<usize>]) -> String {
    let mut out = String::new();
    let mut done = 0;
    for range in ranges {
        out.push_str(text.get(done..range.start).unwrap_or_default());
        done = done.max(range.end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A name without separators at either end, runs of spaces, and brackets that have lost their content.
pub(super) fn tidy(name: &str) -> String {
    let mut name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    for empty in ["()", "（）", "[]", "【】", "《》", "“”", "\"\""] {
        name = name.replace(empty, "");
    }
    let joins = |character: char| character.is_whitespace() || "-_·•・|/\\.,，。、&+~—:：".contains(character);
    name.trim_matches(joins).to_owned()
}

/// A name with a number, for when all others are taken.
pub(crate) fn numbered(base: &str, number: usize) -> String {
    if base.ends_with('店') { format!("{base}{number}号") } else { format!("{base}{number}号店") }
}
