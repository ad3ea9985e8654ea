//! Records that say how much there is of something: in one of several places, or in all of them together.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::view::Record;

/// Of what the amount in a record is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WholeOrPart {
    /// Of one place, such as a warehouse; of anything where a kind has no places.
    #[default]
    Part,
    /// Of all places together.
    Whole,
    /// Of one place if it is not what the others add up to, else of all together: a warehouse called 总仓.
    PartUnlessSum,
}

/// What amounts come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeAmount {
    /// All together; `None`: there are none.
    pub sum: Option<Decimal>,
    /// Which of the amounts it is made of.
    pub counted: Vec<bool>,
}

impl Kind {
    /// Of what the amount in a record of the kind is.
    pub fn whole_or_part(&self, record: &Record<'_>) -> WholeOrPart {
        let field = self.fields.iter().enumerate().find_map(|(at, field)| Some((at, field.places.as_ref()?)));
        let Some((at, places)) = field else { return WholeOrPart::Part };
        let value = u16::try_from(at).ok().and_then(|slot| record.slot(slot));
        let Some(text) = value.and_then(|value| value.text()) else { return WholeOrPart::Whole };
        let is_one_of = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
        if text.trim().is_empty() || is_one_of(&places.all) {
            WholeOrPart::Whole
        } else if is_one_of(&places.all_if_sum) {
            WholeOrPart::PartUnlessSum
        } else {
            WholeOrPart::Part
        }
    }
}

impl WholeAmount {
    /// What is said of all places is not added to what is said of each. Where the two disagree the larger goes: a list of
    /// places may lack one, and the list of all may be older.
    pub fn of(amounts: &[(WholeOrPart, Decimal)]) -> Self {
        let sum_of = |is_meant: &dyn Fn(&(WholeOrPart, Decimal)) -> bool| {
            let amounts = amounts.iter().filter(|amount| is_meant(amount)).map(|(_, amount)| *amount);
            amounts.reduce(Decimal::saturating_add)
        };
        // Of one place nobody writes a sum.
        let has_several = amounts.iter().filter(|(of, _)| *of == WholeOrPart::Part).nth(1).is_some();
        let named = sum_of(&|(of, _)| has_several && *of == WholeOrPart::Part);
        let is_part = |(of, amount): &(WholeOrPart, Decimal)| match of {
            WholeOrPart::Part => true,
            WholeOrPart::Whole => false,
            WholeOrPart::PartUnlessSum => named != Some(*amount),
        };
        let parts = sum_of(&is_part);
        let whole = sum_of(&|(of, _)| *of == WholeOrPart::Whole);
        let is_whole = whole > parts;
        let counted = amounts.iter().map(|amount| match is_whole {
            true => amount.0 == WholeOrPart::Whole,
            false => is_part(amount),
        });
        Self { counted: counted.collect(), sum: parts.max(whole) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_all_places_is_not_added() {
        use WholeOrPart::{Part, PartUnlessSum, Whole};
        let of = |amounts: &[(WholeOrPart, i64)]| {
            let amounts: Vec<_> = amounts.iter().map(|(of, amount)| (*of, Decimal::from(*amount))).collect();
            let WholeAmount { sum, counted } = WholeAmount::of(&amounts);
            (sum.map(|sum| sum.to_string().parse::<i64>().unwrap()), counted)
        };
        assert_eq!(of(&[]), (None, vec![]));
        assert_eq!(of(&[(Part, 3), (Part, 4)]), (Some(7), vec![true, true]));
        assert_eq!(of(&[(Whole, 3), (Whole, 4)]), (Some(7), vec![true, true]));
        assert_eq!(of(&[(Part, 3), (Whole, 7), (Part, 4)]), (Some(7), vec![true, false, true]));
        assert_eq!(of(&[(Part, 3), (Whole, 9), (Part, 4)]), (Some(9), vec![false, true, false]));
        assert_eq!(of(&[(Part, 3), (Whole, 5), (Part, 4)]), (Some(7), vec![true, false, true]));
        assert_eq!(of(&[(PartUnlessSum, 7), (Part, 3), (Part, 4)]), (Some(7), vec![false, true, true]));
        assert_eq!(of(&[(PartUnlessSum, 8), (Part, 3), (Part, 4)]), (Some(15), vec![true; 3]));
        assert_eq!(of(&[(PartUnlessSum, 8)]), (Some(8), vec![true]));
        assert_eq!(of(&[(PartUnlessSum, 8), (Part, 8)]), (Some(16), vec![true; 2]));
        assert_eq!(of(&[(Part, 0), (Whole, 0)]), (Some(0), vec![true, false]));
    }

    #[test]
    fn a_stock_record_is_of_the_warehouse_that_it_names() {
        let kinds = crate::PackBuilder::default().shipped().build().0.kinds;
        let stock = kinds.get(kinds.find("Stock").unwrap());
        assert!(stock.field("warehouse").is_some_and(|(_, field)| field.places.is_some()));
    }
}
