//! A plan as one HTML file that opens without a network: summary, timeline, a section a shop with its diff, tasks.
//!
//! `plan.html` is the page; here is what it asks for.

use std::fmt::{self, Write};
use std::path::Path;

use crate::PlanFiles;
use crate::plan::{Deposit, EffectKind, Plan, PlannedChange, PlannedShop, PlannedTask, ShopOutcome};
use askama::Template;
use dianjian_base::lang::{Lang, Text};
use dianjian_report::words;
use dianjian_rules::language::Severity;

use super::PlanView;
use super::pieces::{PlanIndex, change, dates, deposit, effect, outcome_word, outcomes, tasks, unwritten};
use super::timeline::timeline;

/// Shops with a section of their own; the others are rows of the table only, as more sections make browsers slow.
const SECTIONS: usize = 2_000;

/// The digest of the page's script, the only one that a browser may run: what a fleet's files say never is one.
const SCRIPT_HASH: &str = "sha256-4vsCABktkkImZVBeWB+M7VPkEnBCbXMt2TeNg8BaHn4=";

/// The page.
pub fn html(view: &PlanView<'_>, root: &Path, lang: Lang) -> String {
    let mut files = PlanFiles::new(root, view.plan);
    let section = |shop: &&'_ PlannedShop| files.diff(shop).diff;
    let diffs: Vec<String> = view.shops.iter().take(SECTIONS).map(section).collect();
    let sections = view.shops.iter().zip(diffs).map(|(shop, diff)| ShopSection { shop, diff }).collect();
    let timeline = timeline(view, lang);
    let page = PlanPage { view, plan: view.plan, index: PlanIndex::new(view.plan), timeline, sections, lang };
    // Rendering fails only if writing does, which a string never does. Askama drops a template's last line break.
    page.render().unwrap_or_default() + "\n"
}

#[derive(Template)]
#[template(path = "plan.html", config = "src/show/askama.toml")]
struct PlanPage<'p> {
    view: &'p PlanView<'p>,
    plan: &'p Plan,
    index: PlanIndex<'p>,
    /// SVG.
    timeline: Option<String>,
    sections: Vec<ShopSection<'p>>,
    lang: Lang,
}

struct ShopSection<'p> {
    shop: &'p PlannedShop,
    /// Unified, without its file names; empty where nothing changes.
    diff: String,
}

impl<'p> PlanPage<'p> {
    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.lang)
    }

    fn short_id(&self) -> &str {
        self.plan.id.get(..12).unwrap_or_default()
    }

    fn outcomes(&self) -> Vec<(ShopOutcome, usize)> {
        outcomes(self.view)
    }

    fn outcome_class(&self, outcome: &ShopOutcome) -> &'static str {
        outcome.name()
    }

    fn outcome_word(&self, outcome: &ShopOutcome) -> &'static str {
        outcome_word(*outcome, self.lang)
    }

    fn overdue(&self) -> usize {
        self.view.shops.iter().filter(|shop| shop.overdue).count()
    }

    fn late(&self) -> usize {
        self.view.shops.iter().filter(|shop| shop.late).count()
    }

    fn unwritten(&self, change: &PlannedChange) -> &'static str {
        unwritten(change, self.lang)
    }

    fn severity(&self, severity: &Severity) -> &'static str {
        words::severity(self.lang, *severity)
    }

    fn deposit(&self, money: &Deposit) -> Vec<(&'static str, String)> {
        deposit(money, self.lang)
    }

    fn dates(&self, shop: &PlannedShop) -> String {
        dates(shop, self.lang)
    }

    fn change(&self, one: &PlannedChange) -> (String, String) {
        change(one, self.lang)
    }

    /// An effect's sign, class and word.
    fn effect(&self, kind: &EffectKind) -> (&'static str, &'static str, &'static str) {
        let (sign, word) = effect(*kind, self.lang);
        let class = match kind {
            EffectKind::Gain => "gain",
            EffectKind::Loss => "loss",
            EffectKind::Choice => "choice",
        };
        (sign, class, word)
    }

    /// The shop's new name, if it changes.
    fn new_name<'s>(&self, shop: &'s PlannedShop) -> Option<&'s str> {
        shop.name.picked.as_deref().filter(|name| *name != shop.name.old)
    }

    fn tasks(&self) -> Vec<&'p PlannedTask> {
        tasks(self.view)
    }

    fn diff_class(&self, line: &str) -> &'static str {
        match line.as_bytes().first() {
            Some(b'-') => "del",
            Some(b'+') => "add",
            Some(b'@') => "at",
            _ => "",
        }
    }

    /// A key as a fragment of an address: characters other than letters, digits and `-` become their code points.
    fn anchor(&self, key: &str) -> String {
        let mut out = String::new();
        for character in key.chars() {
            if character.is_ascii_alphanumeric() || character == '-' {
                out.push(character);
            } else {
                let _ = write!(out, "_{:x}_", u32::from(character));
            }
        }
        out
    }
}

/// Escapes text for elements and attributes, and drops control characters, which HTML does not allow.
#[derive(Debug, Clone, Copy)]
pub struct HtmlEscaper;

impl askama::filters::Escaper for HtmlEscaper {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => dest.write_str("&amp;")?,
                '<' => dest.write_str("&lt;")?,
                '>' => dest.write_str("&gt;")?,
                '"' => dest.write_str("&quot;")?,
                '\'' => dest.write_str("&#39;")?,
                character if character.is_control() && character != '\n' && character != '\t' => {}
                character => dest.write_char(character)?,
            }
        }
        Ok(())
    }
}
