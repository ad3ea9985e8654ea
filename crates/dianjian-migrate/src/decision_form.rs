//! A decisions file to fill in: every choice that a plan leaves open, as comments that become decisions when their `#`
//! goes.
//!
//! As it is written it decides what the plan's own decisions file decided, so that a plan made with it is the same.

use std::fmt::Write as _;

use dianjian_base::lang::{Lang, Text};
use dianjian_base::text;
use dianjian_text::safe::one_line;

use crate::decisions::{DecisionsFile, OptionDecision};
use crate::plan::{EffectKind, Plan, PlannedLimit, PlannedShop, ShopOutcome};

/// Shops that are listed of one choice or limit.
const MOST_SHOPS: usize = 200;

/// The file for a plan; `decided` is what the plan was made with.
pub fn decision_form(plan: &Plan, decided: Option<&DecisionsFile>, lang: Lang) -> String {
    let mut form = DecisionForm { plan, lang, out: String::new() };
    form.head();
    form.names(decided);
    form.leave_out(decided);
    form.stay(decided);
    form.options(decided);
    form.out
}

struct DecisionForm<'f> {
    plan: &'f Plan,
    lang: Lang,
    out: String,
}

impl DecisionForm<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    fn comment(&mut self, indent: usize, text: &Text) {
        for line in text.get(self.lang).lines() {
            let _ = writeln!(self.out, "{:indent$}# {line}", "");
        }
    }

    fn head(&mut self) {
        let Plan { as_of, cutover, .. } = self.plan;
        self.comment(
            0,
            &text! {
                zh: "迁移计划（计划日 {as_of}，割接日 {cutover}）留给人来定的事。\n\
                     删掉一行开头的“# ”，这一行就成了决定；然后用 dianjian migrate plan … --decisions 这个文件 重新制定计划。\n\
                     店铺用计划里的编号（key）来写。",
                en: "What the migration plan as of {as_of}, cut-over {cutover}, leaves to people.\n\
                     Remove the “# ” of a line to make it a decision, then plan again with\n\
                     dianjian migrate plan … --decisions THIS_FILE. Shops are named by their keys in the plan.",
            },
        );
    }

    fn section(&mut self, key: &str, about: &Text) {
        self.line("");
        self.comment(0, about);
        let _ = writeln!(self.out, "{key}:");
    }

    fn names(&mut self, decided: Option<&DecisionsFile>) {
        self.section(
            "names",
            &text! {
                zh: "names：店铺得到的名称，写成 店铺: 名称。每家店的候选从好到差，第一个是计划选的。",
                en: "names: the names that shops get, as SHOP: NAME. The candidates of each shop, the best first; the first \
                     is the plan's own choice.",
            },
        );
        let mut pinned: Vec<(&str, &str)> = decided
            .iter()
            .flat_map(|file| &file.names)
            .map(|(shop, name)| (shop.value.as_str(), name.value.as_str()))
            .collect();
        pinned.sort_unstable();
        for (shop, name) in &pinned {
            let _ = writeln!(self.out, "  {}: {}", scalar(shop), scalar(name));
        }
        let plan = self.plan;
        let is_open = |shop: &&PlannedShop| {
            let name = &shop.name;
            shop.outcome == ShopOutcome::Migrate
                && (name.picked.as_ref() != Some(&name.old) || name.candidates.len() > 1)
                && pinned.iter().all(|(key, _)| *key != shop.key)
        };
        for shop in plan.shops.iter().filter(is_open) {
            self.names_of(shop);
        }
    }

    fn names_of(&mut self, shop: &PlannedShop) {
        let (old, file, line) = (one_line(&shop.name.old), one_line(&shop.file), shop.line);
        let open = match shop.name.picked {
            Some(_) => Text::default(),
            None => text! { zh: "，没有找到能用的名称", en: ", no legal name was found" },
        };
        let (open_zh, open_en) = (&open.zh, &open.en);
        self.comment(2, &text! { zh: "== {old}（{file}:{line}{open_zh}）", en: "== {old} ({file}:{line}{open_en})" });
        let picked = shop.name.picked.as_ref();
        let is_picked = |name: &String| Some(name) == picked;
        let mut candidates: Vec<_> = shop.name.candidates.iter().collect();
        candidates.sort_by_key(|candidate| !is_picked(&candidate.name));
        for candidate in candidates {
            let made_of = candidate.made_of.get(self.lang);
            let _ = writeln!(self.out, "  # {}: {}  # {made_of}", scalar(&shop.key), scalar(&candidate.name));
        }
        if shop.name.candidates.is_empty() {
            let name = self.lang.pick("店铺名称", "a name");
            let _ = writeln!(self.out, "  # {}: {name}", scalar(&shop.key));
        }
    }

    fn leave_out(&mut self, decided: Option<&DecisionsFile>) {
        self.section(
            "leave_out",
            &text! { zh: "leave_out：这一次不迁移的店铺。", en: "leave_out: shops that do not move this time." },
        );
        let decided: Vec<&str> =
            decided.iter().flat_map(|file| &file.leave_out).map(|shop| shop.value.as_str()).collect();
        self.items(&decided);
        let plan = self.plan;
        let moving = plan.shops.iter().filter(|shop| shop.outcome == ShopOutcome::Migrate);
        let moving: Vec<&PlannedShop> = moving.filter(|shop| !decided.contains(&shop.key.as_str())).collect();
        for shop in moving.iter().take(MOST_SHOPS) {
            let late = if shop.late { self.lang.pick("，赶不上期限", ", late") } else { "" };
            let _ = writeln!(self.out, "  # - {}  # {}{late}", scalar(&shop.key), one_line(&shop.name.old));
        }
        self.more(moving.len());
    }

    fn stay(&mut self, decided: Option<&DecisionsFile>) {
        self.section(
            "stay",
            &text! {
                zh: "stay：一张执照或一个品牌的店铺超出上限时，先留下的店铺。",
                en: "stay: shops that come first where a licence or a brand has too many.",
            },
        );
        let decided: Vec<&str> = decided.iter().flat_map(|file| &file.stay).map(|shop| shop.value.as_str()).collect();
        self.items(&decided);
        let plan = self.plan;
        for PlannedLimit { rule, subject, limit, count, fit, excess, .. } in &plan.fleet.limits {
            let subject = one_line(subject);
            self.comment(
                2,
                &text! {
                    zh: "{subject}：{count} 家，最多 {limit} 家（{rule}）",
                    en: "{subject}: {count} shops, at most {limit} ({rule})",
                },
            );
            let within = fit.iter().map(|shop| (shop, self.lang.pick("计划留下", "stays in the plan")));
            let beyond = excess.iter().map(|shop| (shop, self.lang.pick("超出", "beyond")));
            let shops: Vec<_> = within.chain(beyond).filter(|(shop, _)| !decided.contains(&shop.as_str())).collect();
            for (shop, word) in shops.iter().take(MOST_SHOPS) {
                let _ = writeln!(self.out, "  # - {}  # {word}", scalar(shop));
            }
            self.more(shops.len());
        }
    }

    fn options(&mut self, decided: Option<&DecisionsFile>) {
        self.section(
            "options",
            &text! {
                zh: "options：可以选的事。choice 是选择项，option 是选项，shops 是哪些店铺；不写 shops 就是全部。",
                en: "options: what is left to choose: the choice, the option, and for which shops; without `shops` for all.",
            },
        );
        for decision in decided.iter().flat_map(|file| &file.options) {
            self.option(decision);
        }
        let plan = self.plan;
        for effect in plan.effects.iter().filter(|effect| effect.kind == EffectKind::Choice) {
            self.comment(2, &effect.what);
            let shops: Vec<&str> = plan
                .shops
                .iter()
                .filter(|shop| shop.outcome == ShopOutcome::Migrate && shop.effects.contains(&effect.id))
                .map(|shop| shop.key.as_str())
                .collect();
            let listed: Vec<String> = shops.iter().take(MOST_SHOPS).map(|shop| scalar(shop)).collect();
            for (option, what) in &effect.options {
                let what = what.get(self.lang);
                let _ = writeln!(self.out, "  # - choice: {}", scalar(&effect.id));
                let _ = writeln!(self.out, "  #   option: {}  # {what}", scalar(option));
                let _ = writeln!(self.out, "  #   shops: [{}]", listed.join(", "));
            }
        }
    }

    fn option(&mut self, decision: &OptionDecision) {
        let _ = writeln!(self.out, "  - choice: {}", scalar(&decision.choice.value));
        let _ = writeln!(self.out, "    option: {}", scalar(&decision.option.value));
        if let Some(shops) = &decision.shops {
            let shops: Vec<String> = shops.iter().map(|shop| scalar(&shop.value)).collect();
            let _ = writeln!(self.out, "    shops: [{}]", shops.join(", "));
        }
    }

    fn items(&mut self, items: &[&str]) {
        for item in items {
            let _ = writeln!(self.out, "  - {}", scalar(item));
        }
    }

    fn more(&mut self, all: usize) {
        let more = all.saturating_sub(MOST_SHOPS);
        if more > 0 {
            self.comment(
                2,
                &text! { zh: "… 还有 {more} 家，编号见计划", en: "… {more} more: their keys are in the plan" },
            );
        }
    }
}

/// Words that some readers of YAML take for no texts.
const RESERVED: [&str; 11] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];

/// A text as a YAML scalar on one line: plain where it cannot be taken for anything else.
fn scalar(text: &str) -> String {
    let is_chinese = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    let is_word = |character: char| character.is_ascii_alphanumeric() || "-_/".contains(character);
    let begins = text.chars().next().is_some_and(|first| is_chinese(first) || first.is_ascii_alphabetic());
    let is_text = !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text));
    if begins && is_text && text.chars().all(|character| is_chinese(character) || is_word(character)) {
        return text.to_owned();
    }
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_plain_where_nothing_else_could_be_meant() {
        for (text, written) in [
            ("云山茶业", "云山茶业"),
            ("yunshan-flagship", "yunshan-flagship"),
            ("weixin-store-gains/search", "weixin-store-gains/search"),
            ("null", "\"null\""),
            ("No", "\"No\""),
            ("s12", "s12"),
            ("12", "\"12\""),
            ("云山 #1", "\"云山 #1\""),
            ("a: b", "\"a: b\""),
            ("shops.yaml:11", "\"shops.yaml:11\""),
            ("", "\"\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
