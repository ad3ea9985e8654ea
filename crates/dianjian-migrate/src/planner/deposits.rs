//! Deposits: what is paid, due, missing and refundable, exact and in fen.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dianjian_rules::record::{Kinds, Record, Value, parse_number};
use dianjian_rules::{DatedRows, Pack};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::decide::DecidedShop;
use super::read::{number_at, text_at};
use crate::plan::{Deposit, LicenceDeposit, ShopOutcome};

/// The rows of the pack's table `deposits` on a day.
#[derive(Debug, Default)]
pub(crate) struct DepositTable {
    /// The rows, and the columns of category, subject and amount.
    rows: Option<(DatedRows, usize, usize, usize)>,
    day: NaiveDate,
}

impl DepositTable {
    pub(crate) fn new(pack: &Pack, day: NaiveDate) -> Self {
        let rows = pack.tables.get("deposits").and_then(|table| {
            let column = |name: &str| table.column(name).ok();
            let (category, subject, amount) = (column("category")?, column("subject")?, column("amount")?);
            let mut rows = table.at(day);
            rows.index_by(category);
            Some((rows, category, subject, amount))
        });
        Self { rows, day }
    }

    /// The deposit of a shop with an outcome.
    pub(crate) fn of(&self, record: &Record<'_>, kinds: &Kinds, system: &str, outcome: ShopOutcome) -> Deposit {
        let yuan = |path: &str| number_at(record, kinds, path).and_then(fen);
        // Mini stores never had a deposit: nothing is paid for certain.
        let paid = yuan("deposit.paid").or_else(|| (system == "mini-store").then_some(0));
        let stated = yuan("deposit.refundable");
        let due = match outcome {
            ShopOutcome::Ends => Some(0),
            ShopOutcome::Stays | ShopOutcome::Blocked | ShopOutcome::Outside => None,
            ShopOutcome::Migrate | ShopOutcome::Nothing => self.due(record, kinds),
        };
        let missing = due.zip(paid).map(|(due, paid)| due.saturating_sub(paid).max(0));
        let surplus = due.zip(paid).map(|(due, paid)| paid.saturating_sub(due).max(0));
        Deposit { paid, due, top_up: missing, refundable: stated.or(surplus) }
    }

    /// What is due: the platform's answer for the shop, else the highest amount of its categories, if all are known.
    /// A shop that says that it is exempt is believed where no known amount speaks against it.
    fn due(&self, record: &Record<'_>, kinds: &Kinds) -> Option<i64> {
        let is = |path: &str| text_at(record, kinds, path).is_some_and(|text| text == "true");
        let trial_ended = text_at(record, kinds, "deposit.trial_until")
            .and_then(|text| dianjian_rules::record::parse_date(&text))
            .is_some_and(|until| until < self.day);
        if is("deposit.trial") && !trial_ended {
            return Some(0);
        }
        if let Some(required) = number_at(record, kinds, "deposit.required") {
            return fen(required);
        }
        let categories = kinds.get(record.kind_index).field("categories").and_then(|(slot, _)| record.slot(slot));
        let subject = text_at(record, kinds, "subject.type").unwrap_or_default();
        let amounts =
            categories.into_iter().flat_map(Value::each).map(|category| self.of_category(&category, &subject));
        if is("deposit.exempt") {
            return Some(amounts.flatten().max().unwrap_or_default());
        }
        let amounts: Option<Vec<i64>> = amounts.collect();
        amounts?.into_iter().max()
    }

    fn of_category(&self, category: &Value<'_>, subject: &str) -> Option<i64> {
        if let Some(amount) = category.get("deposit").and_then(|value| value.number()) {
            return fen(amount);
        }
        let (rows, by, who, take) = self.rows.as_ref()?;
        let named = |key: &str| if category.is_scalar() { category.text() } else { category.get(key)?.text() };
        let amount = ["id", "name"].iter().find_map(|key| {
            let name = named(key)?;
            rows.look_up((*by, name.as_ref()), [Some((*who, subject))].into_iter(), *take).and_then(parse_number)
        })?;
        fen(amount)
    }
}

/// Yuan as fen, rounded; `None`: beyond 64 bits.
fn fen(yuan: Decimal) -> Option<i64> {
    yuan.checked_mul(Decimal::ONE_HUNDRED)?.round().to_i64()
}

/// Whether a shop has to pay an amount that is not known.
pub(crate) fn is_unknown(shop: &DecidedShop<'_>) -> bool {
    shop.outcome.ends_in_new_system() && shop.read.deposit.due.is_none()
}

/// The deposits of each licence added up, sorted by licence.
pub(crate) fn by_licence(shops: &[DecidedShop<'_>]) -> Vec<LicenceDeposit> {
    let mut licences: BTreeMap<&str, LicenceDeposit> = BTreeMap::new();
    for shop in shops.iter().filter(|shop| shop.outcome != ShopOutcome::Outside) {
        let licence = licences
            .entry(&shop.read.licence)
            .or_insert_with(|| LicenceDeposit { licence: shop.read.licence.clone(), ..LicenceDeposit::default() });
        licence.shops += 1;
        licence.unknown += usize::from(is_unknown(shop));
        licence.money.add(&shop.read.deposit);
    }
    licences.into_values().collect()
}
