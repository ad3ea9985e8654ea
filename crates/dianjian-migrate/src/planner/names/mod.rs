//! Names that a shop could have: made of its brand, its owner's trade name, its category and its old name, and tried
//! by the rules of the cut-over.

mod brand_terms;
mod compose;
mod lost_brand;
mod trade;

use std::collections::BTreeSet;
use std::sync::Arc;

use brand_terms::BrandTerms;
pub(crate) use compose::numbered;
use compose::{NameParts, compose, tidy, without};
use dianjian_base::lang::Text;
use dianjian_document::tree::Tree;
use dianjian_rules::language::Severity;
use dianjian_text::{Fold, fold};
pub(crate) use lost_brand::LostBrand;
use rustc_hash::FxHashMap;
pub(crate) use trade::TradeNames;

use super::PlanningContext;
use super::cutover::NameTrial;
use super::decide::{DecidedFleet, DecidedShop};
use super::scan::in_order;
use crate::plan::SharedText;

/// Legal names that are kept of a shop.
const KEPT: usize = 8;

/// Rejected names that are kept of a shop.
const REJECTED_KEPT: usize = 6;

/// How a name is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NameSource {
    Pinned,
    Old,
    /// The old name without what the rules forbid.
    Stripped,
    /// The brand and the rest of the old name.
    BrandRest,
    Brand,
    BrandCategory,
    BrandTrade,
    BrandTradeCategory,
    /// The trade name and the rest of the old name.
    TradeRest,
    TradeCategory,
    Trade,
    /// With the owner's place.
    Place,
    /// Any of the others with 小店 behind it.
    Small,
    /// Any of the others with a number behind it, because all are taken.
    Numbered,
}

impl NameSource {
    fn text(self) -> Text {
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
        Text::new(zh, en)
    }

    /// Its text out of those that a whole plan shares.
    pub(crate) fn shared_text(self, texts: &mut NameSourceTexts) -> SharedText {
        Arc::clone(texts.entry(self).or_insert_with(|| Arc::new(self.text())))
    }
}

/// Each text once: large plans have ten candidates for each of a hundred thousand shops.
pub(crate) type NameSourceTexts = FxHashMap<NameSource, SharedText>;

/// Names that a shop could have.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameChoices {
    pub(crate) legal: Vec<(String, NameSource)>,
    /// With the numbers of the rules that forbid them.
    pub(crate) rejected: Vec<(String, Vec<usize>)>,
}

/// The names of a shop after the rules have been asked.
#[derive(Debug, Clone)]
pub(crate) struct TriedNames {
    /// Whether it may keep its name.
    pub(crate) keeps: bool,
    /// Names that it could have; empty as long as it may keep its own.
    pub(crate) choices: NameChoices,
}

/// What names are compared by: two that fold to the same are the same name.
pub(crate) fn folded(name: &str) -> String {
    fold(name.trim(), Fold::Name).as_str().to_owned()
}

impl NameTrial<'_, '_, '_> {
    /// Whether no rule forbids a name; rules that only inform do not count.
    pub(crate) fn is_legal(&self, name: &str) -> bool {
        !name.trim().is_empty() && self.forbidden_by(name).is_empty()
    }

    /// The rules that forbid a name.
    pub(crate) fn forbidden_by(&self, name: &str) -> Vec<usize> {
        let problems = self.problems(name).into_iter().filter(|problem| problem.severity > Severity::Info);
        let rules: BTreeSet<usize> = problems.map(|problem| problem.rule).collect();
        rules.into_iter().collect()
    }

    /// A name without what rules point at in it.
    pub(super) fn stripped(&self, name: &str) -> String {
        /// What is left may violate rules in its turn, but not forever.
        const ROUNDS: usize = 8;
        let mut name = name.to_owned();
        for _ in 0..ROUNDS {
            let problems = self.problems(&name).into_iter().filter(|problem| problem.severity > Severity::Info);
            let mut ranges: Vec<_> = problems.filter_map(|problem| problem.range).collect();
            if ranges.is_empty() {
                break;
            }
            ranges.sort_by_key(|range| (range.start, range.end));
            name = without(&name, &ranges);
        }
        tidy(&name)
    }

    /// Legal names, the best first, and those that were rejected.
    fn choices(&self, names: &TradeNames, old: &str, terms: &BrandTerms) -> NameChoices {
        let mut stripped = self.stripped(old);
        if terms.bars_words() {
            stripped = tidy(&terms.removed_from(&stripped));
        }
        let parts = NameParts::of(self, names, old, terms);
        let mut choices = NameChoices::default();
        let mut seen = BTreeSet::new();
        for (name, source) in compose(old, &stripped, &parts) {
            if choices.legal.len() >= KEPT {
                break;
            }
            if name.trim().is_empty() || !seen.insert(name.clone()) {
                continue;
            }
            // The old name is proposed only where the shop may keep it, which has been asked before.
            let is_barred = if name == old { terms.forbid_old(&name) } else { terms.forbid(&name) };
            let rules = if is_barred || !parts.has_claimed_trade(&name, source) {
                vec![terms.rule()]
            } else {
                self.forbidden_by(&name)
            };
            if rules.is_empty() {
                choices.legal.push((name, source));
            } else if choices.rejected.len() < REJECTED_KEPT {
                choices.rejected.push((name, rules));
            }
        }
        choices
    }
}

impl PlanningContext<'_> {
    /// Tries the names of all shops that are or will be in the new system: whether each may keep its own, and if not,
    /// which it could have.
    pub(crate) fn try_names(&self, fleet: &DecidedFleet<'_>) -> Vec<TriedNames> {
        /// Shops that a thread takes at a time.
        const BATCH: usize = 256;
        let mut tried = vec![TriedNames { keeps: true, choices: NameChoices::default() }; fleet.shops.len()];
        let wanted: Vec<usize> =
            (0..fleet.shops.len()).filter(|at| fleet.shops[*at].outcome.ends_in_new_system()).collect();
        let batches: Vec<&[usize]> = wanted.chunks(BATCH).collect();
        let work = |tree: &mut Tree, batch: &&[usize]| -> Vec<Option<TriedNames>> {
            batch.iter().map(|at| self.try_name(&fleet.shops[*at], &fleet.facts[*at].json, tree)).collect()
        };
        let mut results = Vec::with_capacity(wanted.len());
        in_order(&batches, self.request.threads, &work, &mut |_, batch| results.extend(batch));
        for (at, result) in wanted.into_iter().zip(results) {
            if let Some(result) = result {
                tried[at] = result;
            }
        }
        tried
    }

    fn try_name(&self, shop: &DecidedShop<'_>, facts: &str, tree: &mut Tree) -> Option<TriedNames> {
        let name = &shop.read.name;
        self.rules.with_facts(facts, tree, |trial| {
            // A shop that does not move is judged by the rules alone.
            let is_legal = trial.is_legal(name);
            if is_legal && !shop.moves() {
                return TriedNames { keeps: true, choices: NameChoices::default() };
            }
            let terms = self.brand_terms(shop, trial);
            let keeps = is_legal && !terms.forbid_old(name);
            let choices = if keeps { NameChoices::default() } else { trial.choices(&self.trade_names, name, &terms) };
            TriedNames { keeps, choices }
        })
    }

    pub(super) fn brand_terms(&self, shop: &DecidedShop<'_>, trial: &NameTrial<'_, '_, '_>) -> BrandTerms {
        let now = (shop.read.store_type.as_str(), shop.read.name.as_str());
        BrandTerms::of(trial, &self.trade_names, now, shop.lost_brand())
    }

    /// The names that a shop could have, the best first.
    pub(crate) fn name_choices(&self, shop: &DecidedShop<'_>, facts: &str, tree: &mut Tree) -> NameChoices {
        let choices = self.rules.with_facts(facts, tree, |trial| {
            trial.choices(&self.trade_names, &shop.read.name, &self.brand_terms(shop, trial))
        });
        choices.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use dianjian_engine::AsWritten;
    use dianjian_rules::PackBuilder;

    use super::compose::{joined, numbered};
    use super::*;
    use crate::planner::cutover::CutoverRules;

    fn with(f: impl FnOnce(&CutoverRules<'_>, &TradeNames)) {
        let (pack, problems) = PackBuilder::default().shipped().build();
        assert!(problems.is_empty());
        let day = "2026-11-22".parse().unwrap();
        let rules = CutoverRules::new(
            &pack,
            &AsWritten,
            day,
            pack.kinds.with_role(dianjian_rules::record::KindRole::Shop).unwrap(),
        );
        f(&rules, &TradeNames::new(&pack, day));
    }

    fn facts(grant: &str, brand: &str, subject: &str, category: &str) -> String {
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
        with(|_, names| {
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
                assert_eq!(names.trade_name(subject), trade, "{subject}");
                assert_eq!(names.place(subject), place, "{subject}");
            }
        });
    }

    #[test]
    fn a_trade_name_is_proposed_as_the_shop_has_used_it() {
        with(|_, names| {
            for (subject, old, used) in [
                ("海南航空控股股份有限公司", "佰草集海南航空旗舰店", "海南航空"),
                ("海南航空控股股份有限公司", "佰草集海航旗舰店", "海南航空"),
                ("海南\u{3000}航空控股股份有限公司", "佰草集旗舰店", "海南航空"),
                ("上海（ＡＢ）茶业有限公司", "佰草集旗舰店", "AB茶业"),
                ("青岛啤酒股份有限公司", "青島啤酒专卖店", "青岛啤酒"),
                ("厦门国贸集团股份有限公司", "国贸旗舰店", "国贸"),
                ("深圳云山茶业有限公司", "深圳云山茶业有限公司旗舰店", "深圳云山茶业"),
                ("深圳云山茶业有限公司", "云山茶旗舰店", "云山茶业"),
                ("云山（深圳）茶业有限公司", "云山深圳茶业专卖店", "云山深圳茶业"),
                ("有限公司", "旗舰店", ""),
                ("", "旗舰店", ""),
            ] {
                assert_eq!(names.trade_name_as_used(subject, old), used, "{subject}: {old}");
            }
        });
    }

    #[test]
    fn the_best_legal_name_of_a_table_of_shops() {
        with(|rules, names| {
            for (old, grant, brand, subject, category, best) in [
                ("云山旗舰店", "owner", "云山", "深圳云山茶业有限公司", "茶", "云山"),
                ("云山官方旗舰店", "owner", "云山", "深圳云山茶业有限公司", "茶", "云山"),
                ("云山茶旗舰店", "exclusive", "云山", "深圳云山茶业有限公司", "茶", "云山茶"),
                ("云山青禾专卖店", "first", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾"),
                ("云山专卖店", "first", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾"),
                ("云山专卖店", "first", "云山", "深圳云山茶业有限公司", "茶", "云山茶业"),
                ("云山专卖店", "second", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾"),
                ("云山茶专卖店", "third", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾"),
                ("西仓旗舰店", "", "", "深圳西仓商贸有限公司", "茶", "西仓茶"),
                ("云山青禾茶叶专卖店", "second", "云山", "杭州青禾商贸有限公司", "茶", "云山青禾茶叶"),
                ("青禾茶叶专营店", "", "", "杭州青禾商贸有限公司", "茶", "青禾茶叶"),
                ("专营店", "", "", "杭州青禾商贸有限公司", "茶", "青禾"),
                ("老街茶铺", "", "", "昆明市盘龙区老街茶铺", "茶", "老街茶铺"),
                ("花源安全座椅官方旗艦店", "", "", "成都花源母婴用品有限公司", "", "花源安全座椅"),
                ("花源旗见店", "", "", "成都花源母婴用品有限公司", "", "花源母婴用品"),
                ("花源 旗 舰 店", "", "", "成都花源母婴用品有限公司", "", "花源母婴用品"),
                ("云\u{200b}山茶业", "", "", "深圳云山茶业有限公司", "", "云山茶业"),
                ("云山(旗舰店)", "owner", "云山", "深圳云山茶业有限公司", "", "云山"),
                ("一二五直营店", "", "", "深圳一二五有限公司", "", "一二五店"),
                ("安澜 Flagship Store", "owner", "安澜", "泉州安澜瓷业有限公司", "", "安澜"),
                ("佰草集海南航空旗舰店", "first", "佰草集", "海南航空控股股份有限公司", "", "佰草集海南航空"),
                ("海南航空·佰草集旗舰店", "first", "佰草集", "海南航空控股股份有限公司", "", "佰草集海南航空"),
                ("青岛啤酒西仓专卖店", "first", "西仓", "青岛啤酒股份有限公司", "", "西仓青岛啤酒"),
                ("西仓广州酒家官方旗舰店", "first", "西仓", "广州酒家集团股份有限公司", "", "西仓广州酒家"),
                ("云山青禾商貿专卖店", "first", "云峰", "杭州青禾商贸有限公司", "", "云峰青禾商贸"),
                ("白瓷旗舰店", "owner", "安澜", "泉州安澜瓷业有限公司", "茶具", "安澜白瓷"),
            ] {
                let facts = facts(grant, brand, subject, category);
                rules.with_facts(&facts, &mut Tree::new(), |trial| {
                    let terms = BrandTerms::of(trial, names, ("", old), None);
                    let choices = trial.choices(names, old, &terms);
                    assert_eq!(choices.legal.first().map(|(name, _)| name.as_str()), Some(best), "{old}: {choices:?}");
                    for (name, _) in &choices.legal {
                        assert!(trial.is_legal(name), "{name}");
                    }
                });
            }
        });
    }

    #[test]
    fn a_brand_that_was_lost_is_in_no_name() {
        with(|rules, names| {
            let brand = LostBrand { words: vec!["云山".to_owned(), "yunshan".to_owned()], rule: 7 };
            for (old, subject, category, best) in [
                ("云山青禾专卖店", "杭州青禾商贸有限公司", "茶", Some("青禾")),
                ("云山茶叶", "杭州青禾商贸有限公司", "茶", Some("青禾茶叶")),
                ("雲山·青禾茶铺", "杭州青禾商贸有限公司", "", Some("青禾茶铺")),
                ("Yunshan专卖店", "杭州青禾商贸有限公司", "茶具", Some("青禾")),
                ("云山", "深圳云山茶业有限公司", "", None),
            ] {
                let facts = facts("", "", subject, category);
                rules.with_facts(&facts, &mut Tree::new(), |trial| {
                    let terms = BrandTerms::of(trial, names, ("", old), Some(&brand));
                    let choices = trial.choices(names, old, &terms);
                    assert_eq!(choices.legal.first().map(|(name, _)| name.as_str()), best, "{old}: {choices:?}");
                    assert!(choices.legal.iter().all(|(name, _)| !terms.forbid(name)), "{choices:?}");
                    assert!(choices.rejected.iter().any(|(_, rules)| *rules == [7]), "{choices:?}");
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
        assert_eq!(numbered("云山小店", 3), "云山小店3号");
    }

    #[test]
    fn names_are_the_same_when_they_fold_to_the_same() {
        assert_eq!(folded("雲山 茶業"), folded("云山 茶业"));
        assert_eq!(folded("雾里春茶"), folded("霧里春茶"));
    }
}
