//! The words of table cells and headings: the lexicon `table-cells`.

use std::collections::BTreeMap;

use dianjian_text::{Fold, FoldedWords, WrittenWords, fold};

use super::schema::FieldType;

dianjian_text::lexicon! {
    /// What people write in the cells and headings of tables; `rules/lexicons/table-cells.yaml`.
    pub struct TableCells = "table-cells" {
        /// What a cell holds in which there is nothing; case does not matter.
        nothing: WrittenWords,
        /// What spreadsheet programs write in the place of a value that they cannot compute.
        errors: WrittenWords,
        /// What points at the cell above; case does not matter.
        ditto: WrittenWords,
        /// What says in a cell for a day or an amount that there is none.
        nothing_of_the_kind: WrittenWords,
        /// What an id or a licence code is not known by yet; case does not matter.
        not_yet: WrittenWords,
        /// Yes.
        yes: FoldedWords,
        /// No.
        no: FoldedWords,
        /// Names of the currency before an amount.
        currencies: FoldedWords,
        /// Names of other currencies, before or behind an amount.
        foreign_currencies: FoldedWords,
        /// Words that end an amount, with the power of ten that they stand for.
        units: BTreeMap<String, i8>,
        /// Words behind a number of things.
        measures: FoldedWords,
        /// What rows of sums begin with; case does not matter.
        sums: WrittenWords,
        /// What rows of sums have in the place of a key; case does not matter.
        everything: WrittenWords,
        /// Characters that are taken for each other in headings, a group a word.
        alike: WrittenWords,
        /// What headings end with that are about something and do not name it.
        aspects: FoldedWords,
        /// What headings begin with that name another thing of the sort.
        others: FoldedWords,
        /// Words beside a heading that say whether it must be filled in, in the order in which they are taken off.
        duties: FoldedWords,
        /// Names of columns that every table may have and no record needs.
        numbering: WrittenWords,
        /// What headings of ids end with, as opposed to those of names.
        identifying: FoldedWords,
    }
}

impl TableCells {
    /// Does a text say yes (`true`) or no (`false`)?
    pub(super) fn yes_or_no(&self, plain: &str) -> Option<&'static str> {
        if self.yes.has(plain) { Some("true") } else { self.no.has(plain).then_some("false") }
    }

    /// Does the text of an id or a licence code say that there is none?
    pub(super) fn is_placeholder(&self, text: &str, ty: FieldType) -> bool {
        let text = text.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | '【' | '】')
        });
        let is_repeated = || {
            let mut chars = text.chars();
            let first = chars.next().unwrap_or('0');
            (first == '0' || text.len() > 2) && chars.all(|c| c == first)
        };
        self.nothing.has(text)
            || self.nothing_of_the_kind.has(text)
            || self.not_yet.has(text)
            || (ty == FieldType::LicenceCode && is_repeated())
    }

    /// Whether a row that begins with this text adds up others: `合计：`, `本页小计`, `合计（3 家）`.
    pub(super) fn is_sum(&self, text: &str) -> bool {
        /// The most characters of such a text; a longer one is a name with the word in it.
        const LONGEST: usize = 8;
        let bare = text.trim().split(['(', '（', ':', '：']).next().unwrap_or_default().trim();
        let length = bare.chars().count();
        let ends = |word: &str| word.chars().count() > 1 && bare.ends_with(word);
        let is_sum = self.sums.has(bare) || length <= LONGEST && !bare.is_ascii() && self.sums.iter().any(ends);
        is_sum || self.is_count(bare)
    }

    /// Whether a text in the place of a key says that the row adds up others: `合计`, `全部仓库`.
    pub(super) fn is_total_key(&self, text: &str) -> bool {
        !text.starts_with(|first: char| first.is_ascii_digit()) && (self.is_sum(text) || self.everything.has(text))
    }

    /// Whether a text is a word of sums with a number and a measure: `共 3 家`, `合计12店`.
    fn is_count(&self, text: &str) -> bool {
        let word = text.trim_end_matches(|c: char| !c.is_ascii_digit()).trim_end_matches(|c: char| c.is_ascii_digit());
        let measure =
            text.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_start_matches(|c: char| c.is_ascii_digit());
        let is_measure = measure.trim().chars().count() <= 2 && !measure.contains(|c: char| c.is_ascii_alphanumeric());
        word.len() < text.len() && is_measure && self.sums.has(word.trim())
    }

    /// Whether a folded text names another currency than yuan.
    pub(crate) fn names_foreign_currency(&self, text: &str) -> bool {
        let folded = fold(text, Fold::Name);
        self.foreign_currencies.are_in(folded.as_str())
    }

    /// Whether a cell holds something else than a value: an error, or a word for the cell above.
    pub(super) fn holds_no_value(&self, text: &str) -> bool {
        let text = text.trim();
        self.errors.has(text) || self.ditto.has(text.trim_matches(['(', ')', '（', '）', '。', '.']))
    }

    /// A folded number without the word for the things that it counts: `320件`. Of a price it is what each of them costs:
    /// `9.9元/件`; there a bare word may be a unit of money (5分).
    pub(super) fn without_measure<'t>(&self, folded: &'t str, ty: FieldType) -> Option<&'t str> {
        let text = folded.trim();
        let number = self.measures.iter().filter_map(|word| text.strip_suffix(word)).min_by_key(|rest| rest.len())?;
        let number = number.trim_end();
        if ty == FieldType::Money { number.strip_suffix('/') } else { Some(number) }
    }

    /// An amount without the word that ends it, and the power of ten of that word.
    pub(super) fn split_unit<'t>(&self, amount: &'t str) -> Option<(&'t str, i8)> {
        let units = self.units.iter().filter_map(|(unit, power)| Some((amount.strip_suffix(unit.as_str())?, *power)));
        // The longest unit leaves least: 万元 before 元.
        units.min_by_key(|(rest, _)| rest.len()).map(|(rest, power)| (rest.trim(), power))
    }
}

/// The shipped words, for tests.
#[cfg(test)]
pub(super) fn shipped() -> TableCells {
    let text = include_str!("../../../../rules/lexicons/table-cells.yaml");
    let source = dianjian_document::source::SourceFile::new("table-cells.yaml", text);
    crate::pack::parse_one(&std::sync::Arc::new(source)).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_sums_are_known_by_their_first_words() {
        let words = shipped();
        for text in ["合计", "小计：", "本页小计", "合计（3 家）", "共 3 家", "合计12店", "平均", "Average"]
        {
            assert!(words.is_sum(text), "{text}");
        }
        for text in ["云山茶业", "公共", "共和国茶业", "共3家茶业公司", "3 家", ""] {
            assert!(!words.is_sum(text), "{text}");
        }
    }
}
