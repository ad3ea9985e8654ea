//! Trade names and places in the names of companies: 深圳云山茶业有限公司 is 云山茶业 of 深圳.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use dianjian_rules::Pack;
use dianjian_text::Omitted;
use rustc_hash::FxHashSet;

/// Finds trade names (企业字号) and places in the names of subjects.
#[derive(Debug)]
pub(crate) struct TradeNames {
    /// The parts of subjects' names that are no trade names, longest first.
    parts: Omitted,
    places: FxHashSet<String>,
    /// The lengths of places, longest first.
    place_bytes: Vec<usize>,
}

impl TradeNames {
    /// From the pack's table `trade-name-fillers` on a day.
    pub(crate) fn new(pack: &Pack, day: NaiveDate) -> Self {
        let mut parts: Vec<String> = pack.tables.get("trade-name-fillers").map_or_else(Vec::new, |table| {
            let column = table.key.first().and_then(|key| table.column(key).ok()).unwrap_or_default();
            table.at(day).pairs(column, None, &[]).into_iter().map(|(part, _)| part.to_owned()).collect()
        });
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        let places: FxHashSet<String> = parts.iter().filter(|part| is_place(part)).cloned().collect();
        let lengths: BTreeSet<usize> = places.iter().map(String::len).collect();
        Self { parts: Omitted::new(parts), places, place_bytes: lengths.into_iter().rev().collect() }
    }

    /// The owner's trade name: what is left of the subject's name without place, trade and legal form; empty where
    /// no two characters are left.
    pub(crate) fn trade_name(&self, subject: &str) -> String {
        let bare: String =
            subject.chars().filter(|character| !matches!(character, '(' | ')' | '（' | '）' | ' ')).collect();
        let (rest, _) = self.without_place(&bare);
        let left = self.parts.marked(rest);
        let run = left.split(Omitted::MARK).find(|run| run.chars().count() >= 2).unwrap_or_default();
        run.to_owned()
    }

    /// The place at the beginning of a subject's name, without 省, 市 or the like; empty where there is none.
    pub(crate) fn place(&self, subject: &str) -> String {
        self.without_place(subject).1
    }

    fn without_place<'s>(&self, subject: &'s str) -> (&'s str, String) {
        let mut rest = subject;
        let mut place = String::new();
        loop {
            let begins = |bytes: &usize| rest.get(..*bytes).filter(|part| self.places.contains(*part));
            if let Some(part) = self.place_bytes.iter().find_map(begins) {
                part.clone_into(&mut place);
                rest = &rest[part.len()..];
                rest = rest.strip_prefix(DIVISIONS).filter(|after| after.chars().count() >= 2).unwrap_or(rest);
                continue;
            }
            match division(rest) {
                Some((name, after)) => {
                    if place.is_empty() {
                        name.clone_into(&mut place);
                    }
                    rest = after;
                }
                None => return (rest, place),
            }
        }
    }
}

/// What names of places may end with.
const DIVISIONS: [char; 7] = ['省', '市', '区', '县', '镇', '州', '乡'];

/// Whether a filler is taken for a place: it does not end as trades and legal forms do. The table does not say, and a
/// word that is none does no harm, because places are only looked for at the beginning of a name.
fn is_place(part: &str) -> bool {
    !part.ends_with(['司', '团', '户', '室', '部', '行', '店', '社', '厂', '园'])
}

/// A division at the beginning that the table does not know: two to four characters and 省, 市, 区, 县 or the like.
fn division(text: &str) -> Option<(&str, &str)> {
    let mut characters = text.char_indices().skip(2).take(3);
    let (at, end) = characters.find(|(_, character)| DIVISIONS.contains(character))?;
    let after = text.get(at + end.len_utf8()..)?;
    (after.chars().count() >= 3).then(|| (&text[..at], after))
}
