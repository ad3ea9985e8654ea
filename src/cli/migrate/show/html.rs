//! A plan as one HTML file that opens without a network: summary, timeline, a section a shop with its diff, tasks.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use super::Shown;
use super::pieces::{Index, change, dates, deposit, effect, say, tasks};
use super::timeline::timeline;
use crate::cli::migrate::summary::outcome_word;
use dianjian_base::lang::Lang;
use dianjian_document::edit::diff;
use dianjian_migrate::plan::{EffectKind, FileDigest, PlannedShop, ShopOutcome};
use dianjian_migrate::planner::assemble::outcome_name;
use dianjian_migrate::planner::edits::apply;
use dianjian_report::words;

/// Sections beyond this make a browser slow: the others are told as a row of the table only.
const SECTIONS: usize = 2_000;

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1d2129;--dim:#6b7280;--line:#d9dde3;--back:#fff;--card:#f7f8fa;--good:#0f7b4b;--bad:#b42318;--warn:#a15c00;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ec;--dim:#9aa3af;--line:#3a404a;--back:#15181d;--card:#1d2128;--good:#4cc38a;--bad:#ff8a7a;--warn:#f0b35a;--link:#7db7ff}}
body{margin:0 auto;max-width:1080px;padding:24px;font:15px/1.6 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:var(--ink);background:var(--back)}
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 12px;border-bottom:1px solid var(--line);padding-bottom:6px}h3{font-size:16px;margin:0}
.dim{color:var(--dim)}code{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 18px;min-width:120px}.card b{display:block;font-size:24px}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;vertical-align:top;padding:6px 10px;border-bottom:1px solid var(--line)}th{color:var(--dim);font-weight:500}td.n{text-align:right}
.shop{border:1px solid var(--line);border-radius:8px;padding:16px 20px;margin:0 0 16px;break-inside:avoid}
.tag{display:inline-block;border-radius:4px;padding:0 8px;font-size:13px;border:1px solid currentColor;margin-right:8px}
.migrate{color:var(--good)}.blocked{color:var(--bad)}.stays{color:var(--link)}.nothing,.ends{color:var(--dim)}.overdue{color:var(--bad);font-weight:600}
.gain{color:var(--good)}.loss{color:var(--bad)}.choice{color:var(--link)}ul{margin:8px 0;padding-left:20px}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px;overflow:auto;font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace}pre .del{color:var(--bad)}pre .add{color:var(--good)}pre .at{color:var(--dim)}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
svg{width:100%;height:auto}svg text{fill:var(--dim);font-size:12px}svg .tick{text-anchor:middle}svg .axis{stroke:var(--line)}svg .moves{fill:var(--good)}svg .moves.late{fill:var(--warn)}svg .tasks{fill:var(--link);opacity:.45}svg .deadline{stroke:var(--bad);fill:var(--bad)}svg text.key{font-size:13px}
@media print{body{max-width:none}}
";

/// The page.
#[must_use]
pub fn html(shown: &Shown<'_>, root: &Path, lang: Lang) -> String {
    let plan = shown.plan;
    let title = say(lang, "店铺迁移计划", "Migration plan");
    let code = say(lang, "zh-CN", "en");
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    let _ = writeln!(
        out,
        "<p class=\"dim\">{} {} · {} {}{} · <code>{}</code></p>",
        say(lang, "计划日", "made as of"),
        plan.as_of,
        say(lang, "割接日", "cut-over"),
        plan.cutover,
        plan.per_day
            .map(|number| format!(" · {} {number}", say(lang, "每天最多", "a day at most")))
            .unwrap_or_default(),
        escaped(plan.id.get(..12).unwrap_or_default())
    );
    cards(shown, lang, &mut out);
    let picture = timeline(shown, lang);
    if !picture.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>\n{picture}", say(lang, "时间线", "Timeline"));
    }
    if !shown.chosen {
        fleet(shown, lang, &mut out);
    }
    shops(shown, root, lang, &mut out);
    all_tasks(shown, lang, &mut out);
    out.push_str("</body>\n</html>\n");
    out
}

fn cards(shown: &Shown<'_>, lang: Lang, out: &mut String) {
    out.push_str("<div class=\"cards\">\n");
    for outcome in
        [ShopOutcome::Migrate, ShopOutcome::Blocked, ShopOutcome::Stays, ShopOutcome::Nothing, ShopOutcome::Ends]
    {
        let number = shown.shops.iter().filter(|shop| shop.outcome == outcome).count();
        if number > 0 {
            let word = outcome_word(outcome, lang).2;
            let _ =
                writeln!(out, "<div class=\"card\"><b class=\"{}\">{number}</b>{word}</div>", outcome_name(outcome));
        }
    }
    let overdue = shown.shops.iter().filter(|shop| shop.overdue).count();
    if overdue > 0 {
        let _ = writeln!(
            out,
            "<div class=\"card\"><b class=\"overdue\">{overdue}</b>{}</div>",
            say(lang, "已过期限", "overdue")
        );
    }
    if !shown.chosen {
        for (word, amount) in deposit(&shown.plan.fleet.deposit, lang) {
            let _ = writeln!(
                out,
                "<div class=\"card\"><b>{}</b>{}{word}</div>",
                escaped(&amount),
                say(lang, "保证金", "deposit, ")
            );
        }
    }
    out.push_str("</div>\n");
}

fn fleet(shown: &Shown<'_>, lang: Lang, out: &mut String) {
    let plan = shown.plan;
    if !plan.fleet.limits.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>\n<table>", say(lang, "超出上限", "Beyond limits"));
        for limit in &plan.fleet.limits {
            let keys = limit.excess.iter().take(30).map(|key| link(key)).collect::<Vec<_>>().join(", ");
            let _ = writeln!(
                out,
                "<tr><td>{}<br><code>{}</code></td><td class=\"n\">{} / {}</td><td>{keys}{}</td><td>{}</td></tr>",
                escaped(&limit.subject),
                escaped(&limit.rule),
                limit.count,
                limit.limit,
                if limit.excess.len() > 30 { " …" } else { "" },
                limit.proposal.as_ref().map(|text| escaped(text.get(lang))).unwrap_or_default()
            );
        }
        out.push_str("</table>\n");
    }
    if !plan.remaining.is_empty() {
        let _ = writeln!(
            out,
            "<h2>{}</h2>\n<table><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
            say(lang, "割接之后还剩的问题", "What is left after the cut-over"),
            say(lang, "规则", "rule"),
            say(lang, "级别", "severity"),
            say(lang, "数目", "findings"),
            say(lang, "任务", "tasks")
        );
        for left in &plan.remaining {
            let tasks = left
                .tasks
                .iter()
                .map(|id| format!("<a href=\"#{id}\">{id}</a>", id = escaped(id)))
                .collect::<Vec<_>>()
                .join(", ");
            let _ = writeln!(
                out,
                "<tr><td><code>{}</code></td><td>{}</td><td class=\"n\">{}</td><td>{tasks}</td></tr>",
                escaped(&left.rule),
                words::severity(lang, left.severity),
                left.findings
            );
        }
        out.push_str("</table>\n");
    }
}

fn shops(shown: &Shown<'_>, root: &Path, lang: Lang, out: &mut String) {
    let index = Index::new(shown.plan);
    let _ = writeln!(out, "<h2>{}</h2>", say(lang, "店铺", "Shops"));
    if shown.shops.len() > 1 {
        out.push_str("<table>\n");
        for shop in &shown.shops {
            let new = match &shop.name.picked {
                Some(name) if *name != shop.name.old => format!(" → <b>{}</b>", escaped(name)),
                _ => String::new(),
            };
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td class=\"{}\">{}</td><td>{}{new}</td><td>{}</td></tr>",
                link(&shop.key),
                outcome_name(shop.outcome),
                outcome_word(shop.outcome, lang).2,
                escaped(&shop.name.old),
                shop.day.map(|day| day.to_string()).unwrap_or_default()
            );
        }
        out.push_str("</table>\n<p></p>\n");
    }
    let mut files = Files { root, shown, texts: HashMap::new() };
    for shop in shown.shops.iter().take(SECTIONS) {
        section(shop, &index, &mut files, lang, out);
    }
    if shown.shops.len() > SECTIONS {
        let _ = writeln!(
            out,
            "<p class=\"dim\">{}</p>",
            say(lang, "其余店铺用 --shop 单独查看。", "Look at the others with --shop.")
        );
    }
}

fn section(shop: &PlannedShop, index: &Index<'_>, files: &mut Files<'_, '_>, lang: Lang, out: &mut String) {
    let name = outcome_name(shop.outcome);
    let _ = writeln!(
        out,
        "<section class=\"shop\" id=\"shop-{}\"><h3><span class=\"tag {name}\">{}</span>{} <span class=\"dim\">{}:{}</span></h3>",
        anchor(&shop.key),
        outcome_word(shop.outcome, lang).2,
        escaped(&shop.key),
        escaped(&shop.file),
        shop.line
    );
    let _ = writeln!(out, "<p>{}</p>", escaped(shop.why.get(lang)));
    let when = dates(shop, lang);
    if !when.is_empty() {
        let _ = writeln!(out, "<p class=\"{}\">{}</p>", if shop.overdue { "overdue" } else { "dim" }, escaped(&when));
    }
    if !shop.changes.is_empty() {
        out.push_str("<table>\n");
        for one in &shop.changes {
            let (before, after) = change(one, lang);
            let _ = writeln!(
                out,
                "<tr><td><code>{}</code></td><td><del>{}</del></td><td><b>{}</b></td><td class=\"dim\">{}</td></tr>",
                escaped(&one.field),
                escaped(&before),
                escaped(&after),
                escaped(one.why.get(lang))
            );
        }
        out.push_str("</table>\n");
        let _ = writeln!(out, "<pre>{}</pre>", files.diff(shop));
    }
    let candidates: Vec<String> = shop
        .name
        .candidates
        .iter()
        .map(|candidate| {
            format!("{} <span class=\"dim\">{}</span>", escaped(&candidate.name), escaped(candidate.made_of.get(lang)))
        })
        .collect();
    if candidates.len() > 1 {
        let _ = writeln!(out, "<p>{}: {}</p>", say(lang, "可用的名称", "Legal names"), candidates.join(" · "));
    }
    out.push_str("<ul>\n");
    for gained in index.effects(shop) {
        let (sign, word) = effect(gained.kind, lang);
        let class = match gained.kind {
            EffectKind::Gain => "gain",
            EffectKind::Loss => "loss",
            EffectKind::Choice => "choice",
        };
        let _ = writeln!(
            out,
            "<li><span class=\"{class}\" title=\"{word}\">{sign}</span> {}</li>",
            escaped(gained.what.get(lang))
        );
    }
    for task in index.tasks(shop) {
        let id = escaped(&task.id);
        let _ = writeln!(out, "<li><a href=\"#{id}\">{id}</a> {}</li>", escaped(task.title.get(lang)));
    }
    out.push_str("</ul>\n");
    let money = deposit(&shop.deposit, lang);
    if !money.is_empty() {
        let parts: Vec<String> = money.iter().map(|(word, amount)| format!("{word} {}", escaped(amount))).collect();
        let _ = writeln!(out, "<p class=\"dim\">{}: {}</p>", say(lang, "保证金", "Deposit"), parts.join(" · "));
    }
    out.push_str("</section>\n");
}

/// The files of the plan, as far as they are still what they were.
struct Files<'f, 's> {
    root: &'f Path,
    shown: &'f Shown<'s>,
    texts: HashMap<String, Option<String>>,
}

impl Files<'_, '_> {
    /// The difference that a shop's changes make: with the lines around them where the file is as it was.
    fn diff(&mut self, shop: &PlannedShop) -> String {
        let edits = || shop.changes.iter().flat_map(|change| &change.edits);
        let (root, plan) = (self.root, self.shown.plan);
        let text = self.texts.entry(shop.file.clone()).or_insert_with(|| {
            let planned = plan.files.iter().find(|file| file.path == shop.file)?;
            let bytes = std::fs::read(root.join(&shop.file)).ok()?;
            if FileDigest::of(&bytes) != planned.before {
                return None;
            }
            String::from_utf8(bytes).ok()
        });
        let around = text.as_ref().and_then(|text| lines_around(text, shop));
        let shown = match around {
            Some((before, start)) => {
                let moved: Vec<_> = edits()
                    .map(|edit| {
                        let mut edit = edit.clone();
                        (edit.start, edit.end) = (edit.start.saturating_sub(start), edit.end.saturating_sub(start));
                        edit
                    })
                    .collect();
                apply(&before, &moved, &shop.file).ok().map(|after| diff(&shop.file, &before, &after))
            }
            None => None,
        };
        let shown = shown.unwrap_or_else(|| {
            edits()
                .map(|edit| {
                    let cell = edit.cell.as_ref().map(|cell| format!("@@ {} {} @@\n", cell.sheet, cell.cell));
                    let (old, new) = (edit.old.trim_matches('\n'), edit.new.trim_matches('\n'));
                    format!("{}-{old}\n+{new}\n", cell.unwrap_or_default())
                })
                .collect()
        });
        coloured(&shown)
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

fn coloured(diff: &str) -> String {
    let mut out = String::new();
    for line in diff.lines() {
        let class = match line.as_bytes().first() {
            Some(b'-') => "del",
            Some(b'+') => "add",
            Some(b'@') => "at",
            _ => "",
        };
        if class.is_empty() {
            let _ = writeln!(out, "{}", escaped(line));
        } else {
            let _ = writeln!(out, "<span class=\"{class}\">{}</span>", escaped(line));
        }
    }
    out
}

fn all_tasks(shown: &Shown<'_>, lang: Lang, out: &mut String) {
    let _ = writeln!(
        out,
        "<h2>{}</h2>\n<table><tr><th></th><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
        say(lang, "任务", "Tasks"),
        say(lang, "日期", "day"),
        say(lang, "期限", "last day"),
        say(lang, "做什么", "what"),
        say(lang, "谁、在哪里", "who and where"),
        say(lang, "店铺", "shops")
    );
    for task in tasks(shown) {
        let id = escaped(&task.id);
        let due = task.due.map(|day| day.to_string()).unwrap_or_default();
        let due = if task.overdue { format!("<span class=\"overdue\">{due}</span>") } else { due };
        let shops = task.shops.iter().take(20).map(|key| link(key)).collect::<Vec<_>>().join(", ");
        let more = task.shops.len().saturating_sub(20);
        let more = if more > 0 { format!(" … (+{more})") } else { String::new() };
        let after = task
            .after
            .iter()
            .map(|id| format!("<a href=\"#{id}\">{id}</a>", id = escaped(id)))
            .collect::<Vec<_>>()
            .join(", ");
        let after = if after.is_empty() {
            after
        } else {
            format!("<br><span class=\"dim\">{} {after}</span>", say(lang, "在此之后：", "after"))
        };
        let _ = writeln!(
            out,
            "<tr id=\"{id}\"><td>{id}</td><td>{}</td><td>{due}</td><td><b>{}</b><br>{}<br><span class=\"dim\">{}</span>{after}</td><td>{}<br><span class=\"dim\">{}</span></td><td>{shops}{more}</td></tr>",
            task.on.map(|day| day.to_string()).unwrap_or_default(),
            escaped(task.title.get(lang)),
            escaped(task.why.get(lang)),
            escaped(&task.reasons.join(", ")),
            escaped(task.who.get(lang)),
            escaped(task.r#where.get(lang)),
        );
    }
    out.push_str("</table>\n");
}

fn link(key: &str) -> String {
    format!("<a href=\"#shop-{}\">{}</a>", anchor(key), escaped(key))
}

/// A key as it can stand in an address: everything but letters and digits by its code.
fn anchor(key: &str) -> String {
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

/// A text within HTML.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character if character.is_control() && character != '\n' && character != '\t' => {}
            character => out.push(character),
        }
    }
    out
}
