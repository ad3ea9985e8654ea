//! A rule explained: what, why, since when, on whose authority, with what values, and how it looks.

use std::fmt::Write as _;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_document::edit::Applicability;
use dianjian_report::words;
use dianjian_rules::RuleSource;
use dianjian_rules::language::{Confidence, FixSpec, FixTarget, Period};

use super::example::examples;
use super::{heading, paragraph, section, title};
use crate::config::params::display_value;
use crate::terminal::{Grid, GridCell, Terminal, TextStyle};

/// Explains a rule as of a day.
pub fn explain(rule: &RuleSource, as_of: NaiveDate, terminal: &Terminal) -> String {
    let (info, lang) = (&rule.info, terminal.lang);
    let from = if rule.shipped { terminal.say("店检自带", "shipped") } else { rule.source.name() };
    let kind = match info.kind.as_str() {
        "*" => terminal.say("所有记录", "every record").to_owned(),
        kind => kind.to_owned(),
    };
    let facts = [
        (terminal.say("级别", "severity"), words::severity(lang, info.severity).to_owned()),
        (terminal.say("检查", "checks"), kind),
        (terminal.say("生效", "in force"), period(info.effective, as_of, lang)),
        (terminal.say("可信度", "confidence"), words::confidence(lang, info.confidence()).to_owned()),
        (terminal.say("来自", "from"), from.to_owned()),
    ];
    let mut out = title(terminal, &info.id, &terminal.text(&info.title), &facts);
    section(terminal, "为什么", "Why", &terminal.text(&info.why), &mut out);
    let message = &rule.file.message.value;
    section(terminal, "会怎么说", "What it says", &terminal.text(message), &mut out);
    if let Some(help) = &info.help {
        section(terminal, "怎么办", "What to do", &terminal.text(help), &mut out);
    }
    if let Some(fix) = &rule.file.fix {
        section(terminal, "自动修复", "Fix", &fix_text(&fix.value, lang), &mut out);
    }
    params(rule, terminal, &mut out);
    evidence(rule, terminal, &mut out);
    examples(rule, terminal, &mut out);
    suppressing(&info.id, terminal, &mut out);
    out
}

/// Whether it holds on the day, and when else.
fn period(period: Period, as_of: NaiveDate, lang: Lang) -> String {
    let when = words::period(lang, period);
    let holds = period.holds(as_of);
    match (lang, when) {
        (Lang::Zh, None) => "一直".to_owned(),
        (Lang::En, None) => "always".to_owned(),
        (Lang::Zh, Some(when)) if holds => when,
        (Lang::En, Some(when)) if holds => when,
        (Lang::Zh, Some(when)) => format!("{when}（{as_of} 不生效）"),
        (Lang::En, Some(when)) => format!("{when} (not on {as_of})"),
    }
}

fn fix_text(fix: &FixSpec, lang: Lang) -> String {
    let target = |target: FixTarget| match (target, lang) {
        (FixTarget::Found, Lang::Zh) => "发现的文字",
        (FixTarget::Found, Lang::En) => "the characters found",
        (FixTarget::Value, Lang::Zh) => "整个值",
        (FixTarget::Value, Lang::En) => "the whole value",
        (FixTarget::Entry, Lang::Zh) => "整个条目",
        (FixTarget::Entry, Lang::En) => "the whole entry",
    };
    let with = fix.with.as_deref().unwrap_or_default();
    let what = match (fix.remove, fix.replace, &fix.set, lang) {
        (Some(what), _, _, Lang::Zh) => format!("删除{}", target(what)),
        (Some(what), _, _, Lang::En) => format!("removes {}", target(what)),
        (_, Some(what), _, Lang::Zh) => format!("把{}换成“{with}”", target(what)),
        (_, Some(what), _, Lang::En) => format!("replaces {} by “{with}”", target(what)),
        (_, _, Some(field), Lang::Zh) => format!("设置 {field}"),
        (_, _, Some(field), Lang::En) => format!("sets {field}"),
        (None, None, None, Lang::Zh) => "删除".to_owned(),
        (None, None, None, Lang::En) => "removes it".to_owned(),
    };
    let how = match (fix.applicability.unwrap_or(Applicability::Unsafe), lang) {
        (Applicability::Safe, Lang::Zh) => "安全，--fix 就会修",
        (Applicability::Safe, Lang::En) => "safe: --fix makes it",
        (Applicability::Unsafe, Lang::Zh) => "可能改变意思，--fix=unsafe 才会修，请核对",
        (Applicability::Unsafe, Lang::En) => "may change what is said: only --fix=unsafe makes it, to be looked over",
        (Applicability::Manual, Lang::Zh) => "只作提示，要人来改",
        (Applicability::Manual, Lang::En) => "only shown: it takes a person",
    };
    match lang {
        Lang::Zh => format!("{what}。{how}。"),
        Lang::En => format!("It {what}. {}{}.", how[..1].to_uppercase(), &how[1..]),
    }
}

fn params(rule: &RuleSource, terminal: &Terminal, out: &mut String) {
    if rule.file.params.is_empty() {
        return;
    }
    heading(
        terminal,
        "参数（可在 dianjian.yaml 的 params 里改）",
        "Parameters (to be changed under `params` of dianjian.yaml)",
        out,
    );
    let mut grid = Grid::new(2);
    for (name, own) in &rule.file.params {
        let own = display_value(&own.value);
        let text = match rule.overrides.get(name).map(display_value) {
            Some(set) => {
                format!("{set}{}", terminal.say("（本项目；原为 ", " (this project's; shipped "))
                    + &own
                    + terminal.say("）", ")")
            }
            None => own,
        };
        grid.row([GridCell::styled(TextStyle::Bold, name), GridCell::new(text)]);
    }
    out.push_str(&grid.render(terminal));
}

/// The evidence, the surest first.
fn evidence(rule: &RuleSource, terminal: &Terminal, out: &mut String) {
    let lang = terminal.lang;
    heading(terminal, "依据", "Evidence", out);
    let mut all: Vec<_> = rule.info.evidence.iter().collect();
    all.sort_by_key(|evidence| std::cmp::Reverse((evidence.confidence, evidence.source)));
    for evidence in all {
        let style = match evidence.confidence {
            Confidence::High => TextStyle::Green,
            Confidence::Medium => TextStyle::Yellow,
            Confidence::Low => TextStyle::Red,
        };
        let sure = match lang {
            Lang::Zh => format!("可信度{}", words::confidence(lang, evidence.confidence)),
            Lang::En => format!("{} confidence", words::confidence(lang, evidence.confidence)),
        };
        let mut grid = Grid::new(2);
        grid.row([GridCell::styled(style, sure), GridCell::new(words::evidence(lang, evidence))]);
        out.push_str(&grid.render(terminal));
        paragraph(terminal, &terminal.text(&evidence.says), 4, out);
    }
}

/// How a finding is silenced where it is right after all.
fn suppressing(id: &str, terminal: &Terminal, out: &mut String) {
    heading(terminal, "不适用时", "Where it does not apply", out);
    let reason = terminal.say("原因", "reason");
    let _ = writeln!(out, "  # dianjian: ignore[{id}] -- {reason}");
}
