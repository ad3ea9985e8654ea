//! What stands under the cursor, explained with the texts of `dianjian explain`.

use std::fmt::Write as _;

use dianjian_base::lang::Lang;
use dianjian_document::source::Format;
use dianjian_engine::{CheckedItem, Finding};
use dianjian_report::words;
use dianjian_rules::RuleInfo;
use dianjian_text::safe::one_line;
use gen_lsp_types::{Position, Range};
use serde_json::{Value, json};

use crate::LanguageServer;
use crate::actions::touches;
use crate::diagnostics::DiagnosticMaker;
use crate::documents::OpenDocument;
use crate::outline::{YamlPlace, rule_id_at};
use crate::session::Session;

/// The findings at a position, else the rule or the field that is written there.
pub(crate) fn hover(
    server: &LanguageServer,
    session: &Session<'_>,
    maker: &DiagnosticMaker<'_>,
    (document, position): (&OpenDocument, Position),
) -> Option<Value> {
    let here = Range { start: position, end: position };
    let shown = maker.shown(&document.path, session);
    let found = shown.iter().filter(|shown| touches(shown.range, here));
    let findings: Vec<String> = found
        .filter_map(|shown| match shown.item {
            CheckedItem::Finding(finding) => Some(of_finding(finding, maker.lang)),
            CheckedItem::Problem(_) => None,
        })
        .collect();
    if !findings.is_empty() {
        return Some(markdown(&findings.join("\n\n---\n\n")));
    }
    let unit = maker.places.unit;
    let number = position.line as usize;
    let line = document.lines.line(number);
    let at = document.lines.offset(position, unit) - document.lines.start(number);
    let pack = &session.basis.project.pack;
    let explained = |id: &str| {
        let (project, day) = (&session.basis.project, session.basis.options.policy.as_of);
        let text = (server.explainer)(id, project, day, maker.lang)?;
        Some(markdown(&format!("```text\n{}\n```", text.trim_end().replace("```", "'''"))))
    };
    if let Some(rule) = rule_id_at(line, at).and_then(|(_, id)| pack.rule(id)) {
        return explained(&rule.info.id);
    }
    if Format::of_path(&document.path) != Some(Format::Yaml) {
        return None;
    }
    let place = YamlPlace::at(&document.lines, number, 0);
    if place.key.as_deref() == Some("kind") {
        return explained(place.kind.as_deref()?);
    }
    place.field(&pack.kinds)?;
    explained(&place.field_id()?)
}

fn of_finding(finding: &Finding, lang: Lang) -> String {
    let rule: &RuleInfo = &finding.rule;
    let mut out = format!("**{}** `{}`\n\n", escaped(rule.title.get(lang)), rule.id);
    let _ = writeln!(out, "{}", escaped(&finding.message.render(lang)));
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "\n{}", escaped(&help.render(lang)));
    }
    let _ = writeln!(out, "\n{}", escaped(rule.why.get(lang)));
    let authority = escaped(&words::authority(lang, rule, finding.as_of));
    match words::best_evidence(rule, finding.as_of).and_then(words::address) {
        Some(address) if !address.contains([')', ' ']) => {
            let _ = writeln!(out, "\n[{authority}]({address})");
        }
        _ => {
            let _ = writeln!(out, "\n{authority}");
        }
    }
    out
}

/// A text without what Markdown or a terminal would make something of.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if !out.is_empty() {
            out.push('\n');
        }
        for one in one_line(line).chars() {
            if matches!(one, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&') {
                out.push('\\');
            }
            out.push(one);
        }
    }
    out
}

fn markdown(text: &str) -> Value {
    json!({"contents": {"kind": "markdown", "value": text}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_file_becomes_markup() {
        assert_eq!(escaped("[a](b) <img> `x` 店\n*y*"), "\\[a\\](b) \\<img\\> \\`x\\` 店\n\\*y\\*");
    }
}
