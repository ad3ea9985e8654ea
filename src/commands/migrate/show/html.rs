//! A plan as one HTML file that opens without a network: summary, timeline, a section a shop with its diff, tasks.
//!
//! `plan.html` is the page; here is what it asks for.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::path::Path;

use askama::Template;
use dianjian_base::lang::{Lang, Text};
use dianjian_document::edit::diff;
use dianjian_migrate::apply_to_text;
use dianjian_migrate::plan::{
    Deposit, EffectKind, FileDigest, Plan, PlannedChange, PlannedShop, PlannedTask, ShopOutcome,
};
use dianjian_report::words;
use dianjian_rules::language::Severity;

use super::PlanView;
use super::pieces::{PlanIndex, change, dates, deposit, effect, say, tasks};
use super::timeline::timeline;
use crate::commands::migrate::summary::outcome_word;

/// Sections beyond this make a browser slow: the others are told as a row of the table only.
const SECTIONS: usize = 2_000;

pub fn html(view: &PlanView<'_>, root: &Path, lang: Lang) -> String {
    let mut files = PlanFiles { root, view, texts: HashMap::new() };
    let section = |shop: &&'_ PlannedShop| files.diff(shop);
    let diffs: Vec<String> = view.shops.iter().take(SECTIONS).map(section).collect();
    let sections = view.shops.iter().zip(diffs).map(|(shop, diff)| ShopSection { shop, diff }).collect();
    let timeline = timeline(view, lang);
    let page = PlanPage { view, plan: view.plan, index: PlanIndex::new(view.plan), timeline, sections, lang };
    // Rendering fails where writing does, and a string takes everything. The last line break of a template is dropped.
    page.render().unwrap_or_default() + "\n"
}

#[derive(Template)]
#[template(path = "plan.html", config = "src/commands/migrate/show/askama.toml")]
struct PlanPage<'p> {
    view: &'p PlanView<'p>,
    plan: &'p Plan,
    index: PlanIndex<'p>,
    /// As SVG.
    timeline: Option<String>,
    /// Of the first shops.
    sections: Vec<ShopSection<'p>>,
    lang: Lang,
}

struct ShopSection<'p> {
    shop: &'p PlannedShop,
    /// Unified, without its file names; empty where nothing changes.
    diff: String,
}

impl<'p> PlanPage<'p> {
    const fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        say(self.lang, zh, en)
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.lang)
    }

    fn short_id(&self) -> &str {
        self.plan.id.get(..12).unwrap_or_default()
    }

    /// How many of the shops come to what, without what none comes to.
    fn outcomes(&self) -> Vec<(ShopOutcome, usize)> {
        let number = |wanted| self.view.shops.iter().filter(|shop| shop.outcome == wanted).count();
        let all =
            [ShopOutcome::Migrate, ShopOutcome::Blocked, ShopOutcome::Stays, ShopOutcome::Nothing, ShopOutcome::Ends];
        all.into_iter().map(|outcome| (outcome, number(outcome))).filter(|(_, number)| *number > 0).collect()
    }

    fn outcome_class(&self, outcome: &ShopOutcome) -> &'static str {
        outcome.name()
    }

    fn outcome_word(&self, outcome: &ShopOutcome) -> &'static str {
        outcome_word(*outcome, self.lang).2
    }

    fn overdue(&self) -> usize {
        self.view.shops.iter().filter(|shop| shop.overdue).count()
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

    /// The name that a shop gets, where it is another one.
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

    /// A key as it can stand in an address: everything but letters and digits by its code.
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

/// The files of the plan, as far as they are still what they were.
struct PlanFiles<'f, 's> {
    root: &'f Path,
    view: &'f PlanView<'s>,
    texts: HashMap<String, Option<String>>,
}

impl PlanFiles<'_, '_> {
    /// The difference that a shop's changes make: with the lines around them where the file is as it was.
    fn diff(&mut self, shop: &PlannedShop) -> String {
        let edits = || shop.changes.iter().flat_map(|change| &change.edits);
        let (root, plan) = (self.root, self.view.plan);
        let text = self.texts.entry(shop.file.clone()).or_insert_with(|| {
            let planned = plan.files.iter().find(|file| file.path == shop.file)?;
            let bytes = std::fs::read(root.join(&shop.file)).ok()?;
            if FileDigest::of(&bytes) != planned.before {
                return None;
            }
            String::from_utf8(bytes).ok()
        });
        let around = text.as_ref().and_then(|text| lines_around(text, shop));
        let diff = match around {
            Some((before, start)) => {
                let moved: Vec<_> = edits()
                    .map(|edit| {
                        let mut edit = edit.clone();
                        (edit.start, edit.end) = (edit.start.saturating_sub(start), edit.end.saturating_sub(start));
                        edit
                    })
                    .collect();
                apply_to_text(&before, &moved).map(|after| diff(&shop.file, &before, &after))
            }
            None => None,
        };
        diff.unwrap_or_else(|| {
            edits()
                .map(|edit| {
                    let cell = edit.cell.as_ref().map(|cell| format!("@@ {} {} @@\n", cell.sheet, cell.cell));
                    let (old, new) = (edit.old.trim_matches('\n'), edit.new.trim_matches('\n'));
                    format!("{}-{old}\n+{new}\n", cell.unwrap_or_default())
                })
                .collect()
        })
    }
}

/// The lines of a shop, and where they begin: a diff of a whole large file for each of its shops would take for ever.
fn lines_around(text: &str, shop: &PlannedShop) -> Option<(String, u64)> {
    let start = usize::try_from(shop.offset).ok()?;
    let last =
        shop.changes.iter().flat_map(|change| &change.edits).map(|edit| edit.end).max()?.max(shop.offset + shop.bytes);
    let end = usize::try_from(last).ok()?;
    let from = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let to = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at + 1);
    Some((text.get(from..to)?.to_owned(), from as u64))
}

/// Makes texts safe within HTML: beside what marks up, control characters are left out.
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
