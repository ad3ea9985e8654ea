//! Names that a shop could have: made of its brand, its owner's trade name, its category and its old name, and tried
//! by the rules of the cut-over.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::fleet::{LostBrand, Shop, in_order};
use super::target::{CutoverRules, NameTrial};
use crate::plan::{SharedText, ShopOutcome};
use dianjian_base::lang::Text;
use dianjian_document::tree::Tree;
use dianjian_rules::language::Severity;
use dianjian_text::{Fold, Omitted, fold};

/// Legal names that are kept of a shop.
const KEPT: usize = 8;

/// Names turned down that are kept of a shop.
const TURNED_DOWN: usize = 6;

/// How a name is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameSource {
    /// Chosen in the decisions file.
    Pinned,
    /// The old name.
    Old,
    /// The old name without what the rules forbid.
    Stripped,
    /// The brand and what is left of the old name.
    BrandRest,
    /// The brand.
    Brand,
    /// The brand and the category.
    BrandCategory,
    /// The brand and the owner's trade name.
    BrandTrade,
    /// The brand, the trade name and the category.
    BrandTradeCategory,
    /// The trade name and what is left of the old name.
    TradeRest,
    /// The trade name and the category.
    TradeCategory,
    /// The trade name.
    Trade,
    /// Another one with the place of the owner.
    Place,
    /// Another one that says it is a small shop.
    Small,
    /// Another one with a number.
    Numbered,
}

impl NameSource {
    /// Every way.
    pub const ALL: [Self; 14] = [
        Self::Pinned,
        Self::Old,
        Self::Stripped,
        Self::BrandRest,
        Self::Brand,
        Self::BrandCategory,
        Self::BrandTrade,
        Self::BrandTradeCategory,
        Self::TradeRest,
        Self::TradeCategory,
        Self::Trade,
        Self::Place,
        Self::Small,
        Self::Numbered,
    ];

    /// The way in words.
    #[must_use]
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Pinned => ("按决定文件", "pinned in the decisions file"),
            Self::Old => ("原名", "the old name"),
            Self::Stripped => ("原名去掉不能用的部分", "the old name without what is forbidden"),
            Self::BrandRest => ("品牌名+原名其余部分", "brand and the rest of the old name"),
            Self::Brand => ("品牌名", "the brand"),
            Self::BrandCategory => ("品牌名+类目", "brand and category"),
            Self::BrandTrade => ("品牌名+企业字号", "brand and trade name"),
            Self::BrandTradeCategory => ("品牌名+企业字号+类目", "brand, trade name and category"),
            Self::TradeRest => ("企业字号+原名其余部分", "trade name and the rest of the old name"),
            Self::TradeCategory => ("企业字号+类目", "trade name and category"),
            Self::Trade => ("企业字号", "the trade name"),
            Self::Place => ("加上所在地", "with the owner's place"),
            Self::Small => ("加上“小店”", "with 小店"),
            Self::Numbered => ("加上序号", "with a number"),
        };
        Text { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// The ways in words, each once.
#[derive(Debug)]
pub struct NameSourceTexts([SharedText; NameSource::ALL.len()]);

impl Default for NameSourceTexts {
    fn default() -> Self {
        Self(NameSource::ALL.map(|made| Arc::new(made.text())))
    }
}

impl NameSourceTexts {
    /// The way in words.
    #[must_use]
    pub fn text(&self, made: NameSource) -> SharedText {
        let at = NameSource::ALL.iter().position(|known| *known == made).unwrap_or_default();
        Arc::clone(&self.0[at])
    }
}

/// Names of one shop.
#[derive(Debug, Clone, Default)]
pub struct NameChoices {
    /// Legal ones, the best first.
    pub legal: Vec<(String, NameSource)>,
    /// Those that rules object to, with the rules' numbers.
    pub rejected: Vec<(String, Vec<usize>)>,
}

/// What names are compared by: two that fold to the same are the same name.
#[must_use]
pub fn folded(name: &str) -> String {
    fold(name.trim(), Fold::Name).as_str().to_owned()
}

/// The parts of subjects' names that are no trade names, longest first, and the places among them.
#[derive(Debug)]
pub struct TradeNames {
    parts: Omitted,
    places: FxHashSet<String>,
    /// The lengths of places, longest first.
    place_bytes: Vec<usize>,
}

impl TradeNames {
    /// From the pack's table `trade-name-fillers`.
    #[must_use]
    pub fn new(targets: &CutoverRules<'_>) -> Self {
        let mut parts: Vec<String> = targets.pack.tables.get("trade-name-fillers").map_or_else(Vec::new, |table| {
            let column = table.key.first().and_then(|key| table.column(key).ok()).unwrap_or_default();
            table.at(targets.day).pairs(column, None, &[]).into_iter().map(|(part, _)| part.to_owned()).collect()
        });
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        let places: FxHashSet<String> = parts.iter().filter(|part| is_place(part)).cloned().collect();
        let lengths: BTreeSet<usize> = places.iter().map(String::len).collect();
        Self { parts: Omitted::new(parts), places, place_bytes: lengths.into_iter().rev().collect() }
    }

    /// The owner's trade name (企业字号), as it stands in the subject's name: what is left without place, trade and
    /// legal form; empty where nothing of two characters is.
    #[must_use]
    pub fn trade_name(&self, subject: &str) -> String {
        let bare: String =
            subject.chars().filter(|character| !matches!(character, '(' | ')' | '（' | '）' | ' ')).collect();
        let (rest, _) = self.without_place(&bare);
        let left = self.parts.marked(rest);
        let run = left.split(Omitted::MARK).find(|run| run.chars().count() >= 2).unwrap_or_default();
        run.to_owned()
    }

    /// The place at the beginning of a subject's name, without 省, 市 or the like; empty where there is none.
    #[must_use]
    pub fn place(&self, subject: &str) -> String {
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

/// What names of places end with.
const DIVISIONS: [char; 7] = ['省', '市', '区', '县', '镇', '州', '乡'];

/// A filler of two or three characters that names no trade and no legal form stands for a place; where the table has
/// it before a legal form it does no harm to take it for one at the beginning of a name.
fn is_place(part: &str) -> bool {
    !part.ends_with(['司', '团', '户', '室', '部', '行', '店', '社', '厂', '园'])
}

/// A division at the beginning that no table knows: two to four characters and 省, 市, 区, 县 or the like.
fn division(text: &str) -> Option<(&str, &str)> {
    let mut characters = text.char_indices().skip(2).take(3);
    let (at, end) = characters.find(|(_, character)| DIVISIONS.contains(character))?;
    let after = text.get(at + end.len_utf8()..)?;
    (after.chars().count() >= 3).then(|| (&text[..at], after))
}

impl LostBrand {
    /// Does a name carry one of the words?
    fn is_in(&self, name: &str) -> bool {
        let name = folded(name);
        self.words.iter().any(|word| name.contains(word.as_str()))
    }

    /// The name without the words, however they are written.
    fn out_of(&self, name: &str) -> String {
        let folded = fold(name, Fold::Name);
        let found = self.words.iter().flat_map(|word| folded.as_str().match_indices(word.as_str()));
        let mut ranges: Vec<_> = found.map(|(at, word)| folded.original(at..at + word.len())).collect();
        ranges.sort_by_key(|range| (range.start, range.end));
        without(name, &ranges)
    }
}

/// Tries names of shops.
#[derive(Debug)]
pub struct Namer<'t, 'p> {
    /// The rules.
    pub targets: &'t CutoverRules<'p>,
    /// What is no trade name.
    pub fillers: &'t TradeNames,
}

/// What names are made of.
struct NameParts {
    brand: String,
    trade: String,
    place: String,
    category: String,
    grant: BrandGrant,
    /// Was there a brand that the name may not carry any more?
    has_lost_brand: bool,
}

/// What the brand grant allows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BrandGrant {
    /// The brand with any suffix.
    Own,
    /// The brand, the trade name and a suffix.
    First,
    /// That, or a name of one's own.
    Lower,
    /// A name of one's own.
    None,
}

impl Namer<'_, '_> {
    /// Is the name legal: do no rules object, but for what is only worth knowing?
    #[must_use]
    pub fn is_legal(trial: &NameTrial<'_, '_, '_>, name: &str) -> bool {
        !name.trim().is_empty() && Self::against(trial, name).is_empty()
    }

    /// The rules that object to a name.
    #[must_use]
    pub fn against(trial: &NameTrial<'_, '_, '_>, name: &str) -> Vec<usize> {
        let objections = trial.objections(name);
        let rules: BTreeSet<usize> = objections
            .iter()
            .filter(|objection| objection.severity > Severity::Info)
            .map(|objection| objection.rule)
            .collect();
        rules.into_iter().collect()
    }

    /// Tries the names of all shops that are or will be in the new system: whether each may keep its own, and
    /// where it may not, which it could have.
    pub fn try_all(&self, shops: &mut [Shop], threads: usize) {
        const AT_ONCE: usize = 256;
        let wanted: Vec<usize> = (0..shops.len())
            .filter(|at| matches!(shops[*at].outcome, ShopOutcome::Migrate | ShopOutcome::Nothing))
            .collect();
        let mut tried: Vec<(bool, NameChoices)> = Vec::with_capacity(wanted.len());
        {
            let (shops, parts) = (&*shops, wanted.chunks(AT_ONCE).collect::<Vec<_>>());
            let one = |shop: &Shop, tree: &mut Tree| {
                let tried = self.targets.trying(&shop.gist, tree, |trial| {
                    let keeps = Self::may_keep(shop) && Self::is_legal(trial, &shop.name);
                    (
                        keeps,
                        if keeps { NameChoices::default() } else { self.names(trial, &shop.name, shop.avoid.as_ref()) },
                    )
                });
                tried.unwrap_or((true, NameChoices::default()))
            };
            let work = |tree: &mut Tree, part: &&[usize]| -> Vec<(bool, NameChoices)> {
                part.iter().map(|at| one(&shops[*at], tree)).collect()
            };
            in_order(&parts, threads, &work, &mut |_, part| tried.extend(part));
        }
        for (at, (keeps, names)) in wanted.into_iter().zip(tried) {
            (shops[at].keeps_name, shops[at].names) = (keeps, names);
        }
    }

    /// Has the old name none of the words that the shop has to avoid?
    fn may_keep(shop: &Shop) -> bool {
        shop.avoid.as_ref().is_none_or(|avoid| !avoid.is_in(&shop.name))
    }

    /// The old name without what rules point at in it.
    fn stripped(trial: &NameTrial<'_, '_, '_>, old: &str) -> String {
        /// What is left may be found wrong in its turn, but not for ever.
        const ROUNDS: usize = 8;
        let mut name = old.to_owned();
        for _ in 0..ROUNDS {
            let objections = trial.objections(&name);
            let found = objections.iter().filter(|objection| objection.severity > Severity::Info);
            let mut ranges: Vec<_> = found.filter_map(|objection| objection.range.clone()).collect();
            if ranges.is_empty() {
                break;
            }
            ranges.sort_by_key(|range| (range.start, range.end));
            name = without(&name, &ranges);
        }
        tidy(&name)
    }

    /// Legal names, the best first, and those that were turned down.
    #[must_use]
    pub fn names(&self, trial: &NameTrial<'_, '_, '_>, old: &str, avoid: Option<&LostBrand>) -> NameChoices {
        let mut stripped = Self::stripped(trial, old);
        if let Some(avoid) = avoid {
            stripped = tidy(&avoid.out_of(&stripped));
        }
        let stuff = NameParts { has_lost_brand: avoid.is_some(), ..self.stuff(trial) };
        let mut names = NameChoices::default();
        let mut seen = BTreeSet::new();
        for (name, made) in thought_of(old, &stripped, &stuff) {
            if names.legal.len() >= KEPT {
                break;
            }
            if name.trim().is_empty() || !seen.insert(name.clone()) {
                continue;
            }
            let forbidden = avoid.filter(|avoid| avoid.is_in(&name)).map(|avoid| vec![avoid.rule]);
            let against = forbidden.unwrap_or_else(|| Self::against(trial, &name));
            if against.is_empty() {
                names.legal.push((name, made));
            } else if names.rejected.len() < TURNED_DOWN {
                names.rejected.push((name, against));
            }
        }
        names
    }

    /// Names with a number, for when all others are taken: what `number` is put behind.
    #[must_use]
    pub fn numbered(base: &str, number: usize) -> String {
        if base.ends_with('店') { format!("{base}{number}号") } else { format!("{base}{number}号店") }
    }

    fn stuff(&self, trial: &NameTrial<'_, '_, '_>) -> NameParts {
        let brand = trial.text(&["brand", "name"]).or_else(|| trial.text(&["brand"])).unwrap_or_default();
        let subject = trial.text(&["subject", "name"]).or_else(|| trial.text(&["subject"])).unwrap_or_default();
        let first_category = || {
            let first = trial.first("categories")?;
            first.get("name").unwrap_or(first).text().map(std::borrow::Cow::into_owned)
        };
        let grant = match trial.text(&["brand", "grant"]).as_deref() {
            _ if brand.is_empty() => BrandGrant::None,
            Some("owner" | "exclusive") => BrandGrant::Own,
            Some("first") => BrandGrant::First,
            Some("second" | "third") => BrandGrant::Lower,
            _ => BrandGrant::None,
        };
        NameParts {
            brand,
            trade: self.fillers.trade_name(&subject),
            place: self.fillers.place(&subject),
            category: trial.text(&["main_category"]).or_else(first_category).unwrap_or_default(),
            grant,
            has_lost_brand: false,
        }
    }
}

/// Names in the order in which they are thought of.
fn thought_of(old: &str, stripped: &str, stuff: &NameParts) -> Vec<(String, NameSource)> {
    let NameParts { brand, trade, place, category, grant, has_lost_brand } = stuff;
    let short: String = trade.chars().take(if trade.chars().count() > 4 { 2 } else { 4 }).collect();
    let mut names = vec![(old.to_owned(), NameSource::Old)];
    if *has_lost_brand && !short.is_empty() && !stripped.is_empty() {
        // What the brand stood before says little by itself: 茶叶 of 云山茶叶.
        names.push((joined(&[&short, stripped]), NameSource::TradeRest));
    }
    names.push((stripped.to_owned(), NameSource::Stripped));
    let mut add = |parts: &[&str], made: NameSource| {
        if parts.iter().all(|part| !part.is_empty()) {
            names.push((joined(parts), made));
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
            for trade in [trade, &short] {
                add(&[brand, trade], NameSource::BrandTrade);
                add(&[brand, trade, category], NameSource::BrandTradeCategory);
            }
            add(&[brand, &short, place, "店"], NameSource::Place);
            add(&[brand, &short, "小店"], NameSource::Small);
            if *grant == BrandGrant::Lower {
                own_names(trade, &short, place, category, &mut add);
            }
        }
        BrandGrant::None => own_names(trade, &short, place, category, &mut add),
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

/// Parts one after another; one that begins with what stands there already adds only the rest.
fn joined(parts: &[&str]) -> String {
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
fn without(text: &str, ranges: &[std::ops::Range<usize>]) -> String {
    let mut out = String::new();
    let mut done = 0;
    for range in ranges {
        out.push_str(text.get(done..range.start).unwrap_or_default());
        done = done.max(range.end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Without what joins parts at either end, without gaps, and without brackets that have lost what stood in them.
fn tidy(name: &str) -> String {
    let mut name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    for empty in ["()", "（）", "[]", "【】", "《》", "“”", "\"\""] {
        name = name.replace(empty, "");
    }
    let joins = |character: char| character.is_whitespace() || "-_·•・|/\\.,，。、&+~—:：".contains(character);
    name.trim_matches(joins).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dianjian_document::tree::Tree;
    use dianjian_engine::AsWritten;
    use dianjian_rules::PackBuilder;

    fn with(f: impl FnOnce(&Namer<'_, '_>)) {
        let (pack, problems) = PackBuilder::default().shipped().build();
        assert!(problems.is_empty());
        let day = "2026-11-22".parse().unwrap();
        let targets = CutoverRules::new(&pack, &AsWritten, day, pack.kinds.find("Shop").unwrap());
        let fillers = TradeNames::new(&targets);
        f(&Namer { targets: &targets, fillers: &fillers });
    }

    fn gist(grant: &str, brand: &str, subject: &str, category: &str) -> String {
        let mut shop =
            serde_json::json!({"system": "weixin-store", "subject": {"type": "enterprise", "name": subject}});
        if !brand.is_empty() {
            shop["brand"] = serde_json::json!({"name": brand});
            if !grant.is_empty() {
                shop["brand"]["grant"] = grant.into();
            }
        }
        if !category.is_empty() {
            shop["main_category"] = category.into();
        }
        shop.to_string()
    }

    #[test]
    fn trade_names_are_found_in_names_of_subjects() {
        with(|namer| {
            for (subject, trade, place) in [
                ("深圳云山茶业有限公司", "云山茶业", "深圳"),
                ("深圳市云山茶业有限公司", "云山茶业", "深圳"),
                ("杭州青禾商贸有限公司", "青禾", "杭州"),
                ("昆明市盘龙区老街茶铺", "老街茶铺", "昆明"),
                ("招远市陈记粉丝坊", "陈记粉丝坊", "招远"),
                ("成都花源母婴用品有限公司", "花源母婴用品", "成都"),
                ("深圳一二五有限公司", "一二五", "深圳"),
                ("云山（深圳）茶业有限公司", "云山", ""),
                ("有限公司", "", ""),
                ("", "", ""),
            ] {
                assert_eq!(namer.fillers.trade_name(subject), trade, "{subject}");
                assert_eq!(namer.fillers.place(subject), place, "{subject}");
            }
        });
    }

    #[test]
    fn the_best_legal_name_of_a_table_of_shops() {
        with(|namer| {
            for (old, grant, brand, subject, category, best) in [
                ("云山旗舰店", "owner", "云山", "深圳云山茶业有限公司", "茶", "云山"),
                ("云山官方旗舰店", "owner", "云山", "深圳云山茶业有限公司", "茶", "云山"),
                ("云山茶旗舰店", "exclusive", "云山", "深圳云山茶业有限公司", "茶", "云山茶"),
                ("云山青禾专卖店", "first", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾"),
                ("云山专卖店", "first", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾"),
                ("云山专卖店", "first", "云山", "深圳云山茶业有限公司", "茶", "云山"),
                ("云山青禾茶叶专卖店", "second", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾茶叶"),
                ("青禾茶叶专营店", "", "", "杭州青禾商贸有限公司", "茶", "青禾茶叶"),
                ("专营店", "", "", "杭州青禾商贸有限公司", "茶", "青禾"),
                ("老街茶铺", "", "", "昆明市盘龙区老街茶铺", "茶", "老街茶铺"),
                ("花源安全座椅官方旗艦店", "", "", "成都花源母婴用品有限公司", "", "花源安全座椅"),
                ("花源旗见店", "", "", "成都花源母婴用品有限公司", "", "花源"),
                ("花源 旗 舰 店", "", "", "成都花源母婴用品有限公司", "", "花源"),
                ("云\u{200b}山茶业", "", "", "深圳云山茶业有限公司", "", "云山茶业"),
                ("云山(旗舰店)", "owner", "云山", "深圳云山茶业有限公司", "", "云山"),
                ("一二五直营店", "", "", "深圳一二五有限公司", "", "一二五店"),
                ("安澜 Flagship Store", "owner", "安澜", "泉州安澜瓷业有限公司", "", "安澜"),
                ("白瓷旗舰店", "owner", "安澜", "泉州安澜瓷业有限公司", "茶具", "安澜白瓷"),
            ] {
                let gist = gist(grant, brand, subject, category);
                namer.targets.trying(&gist, &mut Tree::new(), |trial| {
                    let names = namer.names(trial, old, None);
                    assert_eq!(names.legal.first().map(|(name, _)| name.as_str()), Some(best), "{old}: {names:?}");
                    for (name, _) in &names.legal {
                        assert!(Namer::is_legal(trial, name), "{name}");
                    }
                });
            }
        });
    }

    #[test]
    fn a_brand_that_was_lost_is_in_no_name() {
        with(|namer| {
            let avoid = LostBrand { words: vec!["云山".to_owned(), "yunshan".to_owned()], rule: 7 };
            for (old, subject, category, best) in [
                ("云山青禾专卖店", "杭州青禾商贸有限公司", "茶", Some("青禾")),
                ("云山茶叶", "杭州青禾商贸有限公司", "茶", Some("青禾茶叶")),
                ("雲山·青禾茶铺", "杭州青禾商贸有限公司", "", Some("青禾茶铺")),
                ("Yunshan专卖店", "杭州青禾商贸有限公司", "茶具", Some("青禾")),
                ("云山", "深圳云山茶业有限公司", "", None),
            ] {
                let gist = gist("", "", subject, category);
                namer.targets.trying(&gist, &mut Tree::new(), |trial| {
                    let names = namer.names(trial, old, Some(&avoid));
                    assert_eq!(names.legal.first().map(|(name, _)| name.as_str()), best, "{old}: {names:?}");
                    assert!(names.legal.iter().all(|(name, _)| !avoid.is_in(name)), "{names:?}");
                    assert!(names.rejected.iter().any(|(_, rules)| *rules == [7]), "{names:?}");
                });
            }
        });
    }

    #[test]
    fn parts_grow_together() {
        assert_eq!(joined(&["云山", "云山茶业"]), "云山茶业");
        assert_eq!(joined(&["青禾茶", "茶叶"]), "青禾茶叶");
        assert_eq!(joined(&["云山茶", "茶"]), "云山茶");
        assert_eq!(joined(&["云山", "茶", "小店"]), "云山茶小店");
        assert_eq!(Namer::numbered("云山小店", 3), "云山小店3号");
    }

    #[test]
    fn names_are_the_same_when_they_fold_to_the_same() {
        assert_eq!(folded("雲山 茶業"), folded("云山 茶业"));
        assert_eq!(folded("雾里春茶"), folded("霧里春茶"));
    }
}
