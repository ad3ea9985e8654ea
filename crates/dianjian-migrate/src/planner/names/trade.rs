//! Trade names and places in the names of companies: 深圳云山茶业有限公司 is 云山茶业 of 深圳.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use dianjian_rules::Pack;
use dianjian_text::Omitted;
use rustc_hash::FxHashSet;

use super::folded;

/// Finds trade names (企业字号) and places in the names of subjects.
#[derive(Debug)]
pub(crate) struct TradeNames {
    /// The parts of subjects' names that are no trade names, longest first.
    parts: Omitted,
    /// Those that say how a company is constituted: no name goes beyond them.
    forms: Vec<String>,
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
        let forms = parts.iter().filter(|part| is_form(part)).cloned().collect();
        let lengths: BTreeSet<usize> = places.iter().map(String::len).collect();
        Self { parts: Omitted::new(parts), forms, places, place_bytes: lengths.into_iter().rev().collect() }
    }

    /// The owner's trade name: what is left of the subject's name without place, trade and legal form; empty where
    /// no two characters are left.
    pub(crate) fn trade_name(&self, subject: &str) -> String {
        let bare = bare(subject);
        let (rest, _) = self.without_place(&bare);
        let left = self.parts.marked(rest);
        let run = left.split(Omitted::MARK).find(|run| run.chars().count() >= 2).unwrap_or_default();
        run.to_owned()
    }

    /// The trade name as a shop has used it: the longest part of the subject's name around the trade name that the shop's
    /// name has. For some owners the place or the trade belongs to it: 海南航空 of 海南航空控股股份有限公司.
    pub(crate) fn trade_name_as_used(&self, subject: &str, shop_name: &str) -> String {
        let trade = self.trade_name(subject);
        let (bare, used) = (bare(subject), folded(shop_name));
        let Some(start) = bare.find(&trade).filter(|_| !trade.is_empty() && used.contains(&folded(&trade))) else {
            return trade;
        };
        let end = start + trade.len();
        let form = self.forms.iter().filter_map(|form| bare[end..].find(form.as_str())).min();
        let last = form.map_or(bare.len(), |form| end + form);
        let parts = (0..=start).flat_map(|from| (end..=last).map(move |to| from..to));
        let parts = parts.filter_map(|range| bare.get(range)).filter(|part| used.contains(&folded(part)));
        parts.max_by_key(|part| part.len()).map_or(trade, str::to_owned)
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

/// A subject's name without brackets and spaces.
fn bare(subject: &str) -> String {
    subject.chars().filter(|character| !matches!(character, '(' | ')' | '（' | '）' | ' ')).collect()
}

/// Whether a filler says how a company is constituted (有限责任公司, 集团, 个体工商户) rather than what it does.
fn is_form(part: &str) -> bool {
    part.starts_with("有限") || part.ends_with(['司', '团', '户'])
}

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
