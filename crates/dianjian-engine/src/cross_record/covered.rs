//! The values that keys of a `covers` rule should have all of: each is kept once, with its text.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::io::{self, Read};

use dianjian_base::localized;
use rustc_hash::FxHashMap;

use super::external_sort::{SortItem, read_bytes};
use crate::check_record::group_member::{GroupMember, MemberValue};

/// A rule with more values than this says nothing: a list of what is missing would help nobody, and memory is bounded.
const MAX_VALUES: usize = 100_000;

/// The values by rule, as far as they are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct CoveredValues(BTreeMap<u32, FxHashMap<u64, String>>);

/// A rule's number, the hash of a value, and its text.
pub(crate) type CoveredValue = (u32, u64, String);

impl CoveredValues {
    /// Adds the value of a member of a group, where keys should have all of them.
    pub(crate) fn note(&mut self, member: &GroupMember, text: Option<String>) {
        if let (MemberValue::Distinct(value), Some(text)) = (member.value, text) {
            self.add((member.rule, value, text));
        }
    }

    /// Adds a value. Of several spellings the first in the order of texts is kept, whatever order they come in.
    pub(crate) fn add(&mut self, (rule, value, text): CoveredValue) {
        let values = self.0.entry(rule).or_default();
        // One more than there may be says that there are too many.
        let is_full = values.len() > MAX_VALUES;
        match values.entry(value) {
            Entry::Occupied(mut known) if text < *known.get() => *known.get_mut() = text,
            Entry::Occupied(_) => {}
            Entry::Vacant(place) if !is_full => _ = place.insert(text),
            Entry::Vacant(_) => {}
        }
    }

    /// The values of a rule; `None` where there are none or too many.
    pub(crate) fn of_rule(&self, rule: u32) -> Option<&FxHashMap<u64, String>> {
        self.0.get(&rule).filter(|values| values.len() <= MAX_VALUES)
    }

    /// The rules that have too many.
    pub(crate) fn too_many(&self) -> impl Iterator<Item = u32> {
        self.0.iter().filter(|(_, values)| values.len() > MAX_VALUES).map(|(rule, _)| *rule)
    }

    /// All that is kept, sorted.
    pub(crate) fn into_values(self) -> Vec<CoveredValue> {
        let of_rule = |(rule, values): (u32, FxHashMap<u64, String>)| {
            values.into_iter().map(move |(value, text)| (rule, value, text))
        };
        let mut all: Vec<CoveredValue> = self.0.into_iter().flat_map(of_rule).collect();
        all.sort_unstable();
        all
    }
}

/// A rule that says nothing because its records have too many different values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) struct TooManyValues {
    pub rule: String,
}

localized! { TooManyValues {
    Self { rule } => {
        zh: "规则 {rule} 没有检查：`covers` 的字段有超过 {MAX_VALUES} 个不同的值",
        en: "the rule {rule} was not checked: the field of its `covers` has more than {MAX_VALUES} different values",
        help zh: "换一个值较少的字段（例如店铺），或用 when 缩小范围。",
        help en: "take a field of fewer values, such as the shop, or narrow the rule with `when`",
    }
} }

impl SortItem for String {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u64).write(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let length = u64::from_le_bytes(read_bytes(from)?);
        let mut bytes = Vec::new();
        from.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Self::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_values_makes_no_difference() {
        let values = [(1, 5, "杭州"), (1, 5, "北京"), (2, 5, "上海"), (1, 7, "广州")];
        let collect = |values: &mut dyn Iterator<Item = &(u32, u64, &str)>| {
            let mut covered = CoveredValues::default();
            values.for_each(|(rule, value, text)| covered.add((*rule, *value, (*text).to_owned())));
            covered.into_values()
        };
        let sorted = collect(&mut values.iter());
        assert_eq!(sorted, collect(&mut values.iter().rev()));
        assert_eq!(sorted.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(), ["北京", "广州", "上海"]);
    }

    #[test]
    fn too_many_values_are_noticed_and_not_kept() {
        let mut covered = CoveredValues::default();
        (0..MAX_VALUES as u64 + 10).for_each(|value| covered.add((3, value, String::new())));
        covered.add((4, 0, String::new()));
        assert_eq!(covered.too_many().collect::<Vec<_>>(), [3]);
        assert!(covered.of_rule(3).is_none());
        assert_eq!(covered.of_rule(4).map(|values| values.len()), Some(1));
        assert_eq!(covered.into_values().len(), MAX_VALUES + 2);
    }
}
