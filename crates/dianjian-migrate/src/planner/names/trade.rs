//! Trade names and places in the names of companies: 深圳云山茶业有限公司 is 云山茶业 of 深圳.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use dianjian_rules::Pack;
use dianjian_text::{Omitted, compact};
use rustc_hash::FxHashSet;

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
    /// Words of trades that tell an owner apart only together with the place before them.
    trades: FxHashSet<String>,
}

impl TradeNames {
    /// From the pack's tables `trade-name-fillers` and `trades-with-places` on a day.
    pub(crate) fn new(pack: &Pack, day: NaiveDate) -> Self {
        let first_column = |name: &str| -> Vec<String> {
            pack.tables.get(name).map_or_else(Vec::new, |table| {
                let column = table.key.first().and_then(|key| table.column(key).ok()).unwrap_or_default();
                table.at(day).pairs(column, None, &[]).into_iter().map(|(part, _)| part.to_owned()).collect()
            })
        };
        let mut parts = first_column("trade-name-fillers");
        let trades = first_column("trades-with-places").into_iter().collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        let places: FxHashSet<String> = parts.iter().filter(|part| is_place(part)).cloned().collect();
        let forms = parts.iter().filter(|part| is_form(part)).cloned().collect();
        let lengths: BTreeSet<usize> = places.iter().map(String::len).collect();
        Self { parts: Omitted::new(parts), forms, places, place_bytes: lengths.into_iter().rev().collect(), trades }
    }

    /// The owner's trade name: what is left of the subject's name without place, trade and legal form, or a place and a
    /// trade that are one only together (海南航空); empty where no two characters are left.
    pub(crate) fn trade_name(&self, subject: &str) -> String {
        let bare = bare(subject);
        let run = self.distinctive(&bare);
        if self.trades.contains(&run) {
            let with_place = self.without_place(&bare).1 + &run;
            if bare.contains(&with_place) {
                return with_place;
            }
        }
        run
    }

    /// What is left of a bare name without place, trade and legal form.
    fn distinctive(&self, bare: &str) -> String {
        let left = self.parts.marked(self.without_place(bare).0);
        left.split(Omitted::MARK).find(|run| run.chars().count() >= 2).unwrap_or_default().to_owned()
    }

    /// The trade name as a shop has used it: the longest part of the subject's name around the trade name that the shop's
    /// name has. For some owners the place or the trade belongs to it: 海南航空 of 海南航空控股股份有限公司.
    pub(crate) fn trade_name_as_used(&self, subject: &str, shop_name: &str) -> String {
        let (bare, used) = (bare(subject), compact(shop_name));
        let run = self.distinctive(&bare);
        let Some(start) = bare.find(&run).filter(|_| !run.is_empty() && used.contains(&compact(&run))) else {
            return self.trade_name(subject);
        };
        let end = start + run.len();
        let form = self.forms.iter().filter_map(|form| bare[end..].find(form.as_str())).min();
        let last = form.map_or(bare.len(), |form| end + form);
        let parts = (0..=start).flat_map(|from| (end..=last).map(move |to| from..to));
        let parts = parts.filter_map(|range| bare.get(range)).filter(|part| used.contains(&compact(part)));
        parts.max_by_key(|part| part.len()).map_or(run, str::to_owned)
    }

    /// The place at the beginning of a subject's name, without 省, 市 or the like; empty where there is none.
    pub(crate) fn place(&self, subject: &str) -> String {
        self.without_place(&bare(subject)).1
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

/// A subject's name without brackets, blanks and dots, and with full-width letters and digits as common ones.
fn bare(subject: &str) -> String {
    /// From the full-width forms to ASCII.
    const FULL_WIDTH: u32 = 0xfee0;
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - FULL_WIDTH).unwrap_or(character),
        _ => character,
    };
    subject.chars().map(narrow).filter(|character| character.is_alphanumeric()).collect()
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
