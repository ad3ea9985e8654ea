//! What names may have of a brand: nothing of one that is not certified, and more than the brand alone where only its
//! owner may be called by it.

use chrono::NaiveDate;
use dianjian_rules::record::parse_date;
use dianjian_text::{Fold, compact, fold};

use super::compose::{own_part, without};
use super::{LostBrand, TradeNames, folded};
use crate::planner::cutover::{CutoverRules, NameTrial};

/// Store types whose names begin with the brand.
const BRANDED: [&str; 5] = ["official-flagship", "flagship", "mall-official-flagship", "mall-flagship", "exclusive"];

/// The store type, and the word for it in names, whose names begin with the trade name and never with a brand.
const FRANCHISE: (&str, &str) = ("franchise", "专营");

/// The rules that forbid the words of store types begin so.
const STORE_TYPE_WORDS: &str = "naming/store-type-words";

/// Subjects that cannot hand in a brand qualification; enterprises alone can.
const WITHOUT_BRANDS: [&str; 4] = ["sole-trader", "individual", "institution", "other"];

/// How a shop stands to the brand that its record names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BrandStanding {
    /// It can be certified: its names may be the brand's.
    Certified,
    /// The qualification is under review, rejected, withdrawn, expired or not valid yet.
    NotInForce { rule: &'static str },
    /// It is not certified at the move: the grant is not known, or the subject or the store type does not allow it.
    Uncertified,
}

/// What of a brand the names of a shop may not have.
#[derive(Debug, Clone, Default)]
pub(crate) struct BrandTerms {
    /// Folded words that no name may have.
    barred: Vec<String>,
    /// Folded words that may not be the whole name.
    alone: Vec<String>,
    /// The rule that says so.
    rule: usize,
    /// Whether the old name has to go, too, if it has such words.
    is_strict: bool,
    /// Whether the brand is certified, so that names may be made with it.
    pub(super) is_certified: bool,
}

impl BrandTerms {
    /// The terms of a shop as it will be; `store_type` and `old` are those it has now.
    pub(crate) fn of(
        trial: &NameTrial<'_, '_, '_>,
        names: &TradeNames,
        (store_type, old): (&str, &str),
        lost: Option<&LostBrand>,
    ) -> Self {
        if let Some(lost) = lost {
            return Self { barred: lost.words.clone(), rule: lost.rule, is_strict: true, ..Self::default() };
        }
        let rules = trial.rules();
        let trade = folded(&names.trade_name(&trial.subject_name()));
        let words: Vec<String> = [&["brand", "name"][..], &["brand", "en_name"], &["brand"]]
            .iter()
            .filter_map(|path| trial.text(path))
            .map(|word| folded(&word))
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Self::of_shape(trial, &trade, store_type, old);
        }
        let grant = trial.text(&["brand", "grant"]);
        let is_branded = BRANDED.contains(&store_type);
        let standing = standing(trial, rules.day);
        let number = |id: &str| rule_number(rules, id);
        match (standing, grant.as_deref()) {
            (BrandStanding::Certified, Some("owner" | "exclusive")) => Self { is_certified: true, ..Self::default() },
            (BrandStanding::Certified, _) => Self {
                alone: words,
                rule: number("naming/brand-and-trade-name"),
                is_strict: true,
                is_certified: true,
                ..Self::default()
            },
            (standing, grant) => {
                let is_own =
                    matches!(grant, None | Some("owner")) && words.iter().any(|word| trade.contains(word.as_str()));
                let (barred, alone) = if is_own { (Vec::new(), words) } else { (words, Vec::new()) };
                let (rule, is_strict) = match standing {
                    BrandStanding::NotInForce { rule } => (rule, true),
                    _ => ("upgrade/brand-ready", is_branded),
                };
                Self { barred, alone, rule: number(rule), is_strict, is_certified: false }
            }
        }
    }

    /// The terms of a shop whose record names no brand, from its old name: what a flagship's name begins with is a brand,
    /// unless it is the owner's trade name.
    fn of_shape(trial: &NameTrial<'_, '_, '_>, trade: &str, store_type: &str, old: &str) -> Self {
        let rules = trial.rules();
        let is_branded = BRANDED.contains(&store_type);
        let has_word = trial.forbidden_by(old).iter().any(|rule| rules.id(*rule).starts_with(STORE_TYPE_WORDS));
        let is_franchise = store_type == FRANCHISE.0 || folded(old).contains(FRANCHISE.1);
        if is_franchise || !(is_branded || has_word) {
            return Self::default();
        }
        let stripped = trial.stripped(old);
        let name = folded(&stripped);
        if name.is_empty() || (!is_branded && !folded(old).starts_with(name.as_str())) {
            return Self::default();
        }
        let terms = Self { rule: rule_number(rules, "upgrade/brand-ready"), ..Self::default() };
        match own_part(&name, trade) {
            // 西仓 of 深圳西仓商贸有限公司: its own name, but as a whole it passes for a brand.
            Some(0) if trade.contains(name.as_str()) => Self { alone: vec![name], ..terms },
            Some(0) => Self::default(),
            // 云山青禾 of 杭州青禾商贸有限公司: the brand stands before the trade name.
            Some(at) if is_branded => Self { barred: vec![name[..at].to_owned()], ..terms },
            None if is_branded => Self { barred: vec![without_category(trial, &name)], ..terms },
            _ if without_category(trial, &name) == name => Self { alone: vec![name], ..terms },
            _ => Self::default(),
        }
    }

    /// Whether a new name may not be this one, for its brand.
    pub(crate) fn forbid(&self, name: &str) -> bool {
        let name = compact(name);
        let words = |words: &[String]| words.iter().map(|word| compact(word)).filter(|word| !word.is_empty()).collect();
        let (alone, barred): (Vec<String>, Vec<String>) = (words(&self.alone), words(&self.barred));
        alone.contains(&name) || barred.iter().any(|word| name.contains(word.as_str()))
    }

    /// Whether the old name has to go for its brand.
    pub(crate) fn forbid_old(&self, name: &str) -> bool {
        self.is_strict && self.forbid(name)
    }

    pub(crate) const fn rule(&self) -> usize {
        self.rule
    }

    /// Whether there are words that no name may have.
    pub(super) fn bars_words(&self) -> bool {
        !self.barred.is_empty()
    }

    /// A name without the words that it may not have.
    pub(super) fn removed_from(&self, name: &str) -> String {
        let folded = fold(name, Fold::Name);
        let found = self.barred.iter().flat_map(|word| folded.as_str().match_indices(word.as_str()));
        let mut ranges: Vec<_> = found.map(|(at, word)| folded.original(at..at + word.len())).collect();
        ranges.sort_by_key(|range| (range.start, range.end));
        without(name, &ranges)
    }
}

/// How a shop stands to its brand on a day.
fn standing(trial: &NameTrial<'_, '_, '_>, day: NaiveDate) -> BrandStanding {
    let text = |path: &[&str]| trial.text(path);
    let date = |field: &str| text(&["brand", field]).and_then(|date| parse_date(&date));
    if matches!(text(&["brand", "status"]).as_deref(), Some("auditing" | "rejected" | "withdrawn" | "expired")) {
        return BrandStanding::NotInForce { rule: "brand/status" };
    }
    let is_permanent = text(&["brand", "permanent"]).as_deref() == Some("true");
    if !is_permanent && date("valid_until").is_some_and(|last| last < day) {
        return BrandStanding::NotInForce { rule: "brand/expired" };
    }
    if date("valid_from").is_some_and(|first| first > day) {
        return BrandStanding::NotInForce { rule: "brand/not-yet-valid" };
    }
    let can_certify = text(&["subject", "type"]).is_none_or(|subject| !WITHOUT_BRANDS.contains(&subject.as_str()));
    let is_marked_none = text(&["brand", "mark"]).as_deref() == Some("none");
    if can_certify && !is_marked_none && text(&["brand", "grant"]).is_some() {
        return BrandStanding::Certified;
    }
    BrandStanding::Uncertified
}

fn rule_number(rules: &CutoverRules<'_>, id: &str) -> usize {
    rules.number(id).or_else(|| rules.first_name_rule()).unwrap_or_default()
}

/// A folded name without the category at its end, unless nothing else would be left.
fn without_category(trial: &NameTrial<'_, '_, '_>, name: &str) -> String {
    let rest = trial.categories().into_iter().filter_map(|category| {
        let rest = name.strip_suffix(folded(&category).as_str())?;
        (!rest.is_empty() && rest.len() < name.len()).then(|| rest.to_owned())
    });
    rest.min_by_key(String::len).unwrap_or_else(|| name.to_owned())
}
