//! Records that are themselves the one item of one of their lists: a row of a table is one SKU of a product, where other
//! files have a list of SKUs. `itself` in a kind's file says which fields are the same.

use dianjian_base::{FieldPath, PathSegment};

use super::kind::Kind;

impl Kind {
    /// The field of a list's items that says the same as a field of the record: `skus[].code` for `sku`.
    pub fn in_items(&self, path: &str) -> Option<String> {
        self.fields.iter().find_map(|list| {
            let (item, _) = list.itself.iter().find(|(_, own)| own == path)?;
            Some(format!("{}[].{item}", list.path))
        })
    }

    /// The field of the record that says the same as one of a list's items: `sku` for `skus[].code`.
    pub fn in_record(&self, path: &str) -> Option<&str> {
        let Some((list, PathSegment::Each, item)) = FieldPath::new(path).split_list() else { return None };
        let (_, list) = self.field(list.as_str())?;
        list.itself.iter().find(|(known, _)| known == item.as_str()).map(|(_, own)| own.as_str())
    }
}

/// Which of a record and an item of its list say a field.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "named by their types")]
pub struct SaidBy {
    pub item: bool,
    pub record: bool,
    /// Any item of the list, this one included.
    pub any_item: bool,
}

/// What a field is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemFieldUse {
    /// It names the item.
    Key,
    /// It is added up, so that what the record says of all items must not be said of each.
    Amount,
    /// Anything else, such as a price.
    Value,
}

impl SaidBy {
    /// Whether the record's field is read for an item. What the item says itself goes first, but for a key: the code of a row
    /// is that of its only item. Of several items the record says what none of them says itself: they share its key if they
    /// have none, and its price where they lack one.
    pub const fn is_read_of_record(self, of: ItemFieldUse, is_only: bool) -> bool {
        let is_read = match of {
            ItemFieldUse::Key => is_only || !self.any_item,
            ItemFieldUse::Amount => is_only && !self.item,
            ItemFieldUse::Value => !self.item,
        };
        self.record && is_read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_product_are_those_of_its_skus() {
        let kinds = crate::PackBuilder::default().shipped().build().0.kinds;
        let product = kinds.get(kinds.find("Product").unwrap());
        assert_eq!(product.in_items("sku").as_deref(), Some("skus[].code"));
        assert_eq!(product.in_record("skus[].code"), Some("sku"));
        assert_eq!(product.in_record("skus[].id"), None);
        assert_eq!((product.in_items("title"), product.in_record("sku")), (None, None));
    }

    #[test]
    fn several_items_share_a_key_and_no_amount() {
        let record = SaidBy { record: true, ..SaidBy::default() };
        let said = SaidBy { item: true, record: true, any_item: true };
        let other = SaidBy { item: false, ..said };
        let read = |said: SaidBy, is_only| {
            [ItemFieldUse::Key, ItemFieldUse::Amount, ItemFieldUse::Value].map(|of| said.is_read_of_record(of, is_only))
        };
        assert_eq!(read(record, true), [true; 3]);
        assert_eq!(read(said, true), [true, false, false]);
        assert_eq!(read(record, false), [true, false, true]);
        assert_eq!(read(other, false), [false, false, true]);
        assert_eq!(read(said, false), [false; 3]);
        assert_eq!(read(SaidBy { record: false, ..said }, true), [false; 3]);
    }
}
