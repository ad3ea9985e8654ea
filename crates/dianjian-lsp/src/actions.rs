//! What can be done about a finding: fixes, silencing it with a reason, an explanation.

use std::collections::BTreeMap;
use std::path::Path;

use dianjian_base::lang::Lang;
use dianjian_base::text;
use dianjian_document::edit::Applicability;
use dianjian_document::source::Format;
use dianjian_engine::{CheckedItem, Finding, Fix};
use gen_lsp_types::{Diagnostic, Range, TextEdit};
use serde_json::{Value, json};

use crate::diagnostics::{DiagnosticMaker, PlacedItem};
use crate::documents::OpenDocument;
use crate::places::EditorPlaces;
use crate::session::Session;
use crate::suppression::{self, SilenceReason};

/// Diagnostics of all files are asked for by this command.
pub(crate) const CHECK_WORKSPACE: &str = "dianjian.checkWorkspace";

/// The answer to this command is what `dianjian explain` says of an id.
pub(crate) const EXPLAIN: &str = "dianjian.explain";

/// Silences a finding with a reason that somebody has been asked for.
pub(crate) const APPLY_SUPPRESSION: &str = "dianjian.suppress";

/// The kind of the action that makes all safe fixes of a file.
const FIX_ALL: &str = "source.fixAll.dianjian";

/// What actions are made from.
pub(crate) struct ActionMaker<'m> {
    pub session: &'m Session<'m>,
    pub maker: &'m DiagnosticMaker<'m>,
    pub document: &'m OpenDocument,
}

impl ActionMaker<'_> {
    /// The actions for a range; `only`: of these kinds, if any are named.
    pub fn actions(&self, range: Range, only: &[String]) -> Vec<Value> {
        let wants = |kind: &str| {
            let holds = |wanted: &String| {
                kind.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            only.is_empty() || only.iter().any(holds)
        };
        let shown = self.maker.shown(&self.document.path, self.session);
        let mut actions = Vec::new();
        if wants("quickfix") {
            for shown in shown.iter().filter(|shown| touches(shown.range, range)) {
                if let CheckedItem::Finding(finding) = shown.item {
                    self.of_finding(shown, finding, &mut actions);
                }
            }
        }
        if wants(FIX_ALL) {
            actions.extend(self.fix_all(&shown));
        }
        actions
    }

    fn of_finding(&self, shown: &PlacedItem<'_>, finding: &Finding, actions: &mut Vec<Value>) {
        let lang = self.maker.lang;
        let diagnostic = self.maker.diagnostic(shown);
        let fixes = finding.fixes.iter().filter(|fix| fix.applicability != Applicability::Manual);
        let mut is_first = true;
        for fix in fixes {
            let Some(edits) = edits_of(self.maker.places, fix) else { continue };
            let is_safe = fix.applicability == Applicability::Safe;
            let look = if is_safe { "" } else { lang.pick("（请核对）", " (look it over)") };
            actions.push(json!({
                "title": format!("{}{look}", fix.title.get(lang)),
                "kind": "quickfix",
                "diagnostics": [diagnostic],
                "isPreferred": is_safe && std::mem::take(&mut is_first),
                "edit": {"changes": edits},
            }));
        }
        let placeholder = lang.pick("理由", "reason");
        let today = self.session.basis.options.policy.as_of;
        let why = SilenceReason::to_be_written(placeholder, today);
        let line = shown.range.start.line as usize;
        if !finding.is_gap
            && let Some(edit) = self.silencing((line, &finding.rule.id), &why)
        {
            let rule = &finding.rule.id;
            let title = text! { zh: "忽略 {rule}，写明理由和期限", en: "Ignore {rule} with a reason and a last day" };
            actions.push(action(&title.take(lang), &diagnostic, edit));
        }
        let title = lang.pick("解释规则", "Explain the rule").to_owned() + " " + &finding.rule.id;
        actions.push(json!({
            "title": title,
            "kind": "quickfix",
            "diagnostics": [diagnostic],
            "command": {"title": title, "command": EXPLAIN, "arguments": [finding.rule.id]},
        }));
    }

    /// The edit that silences a rule on a line: a comment where the format has them, else an entry of the configuration.
    pub fn silencing(&self, (line, rule): (usize, &str), why: &SilenceReason) -> Option<Value> {
        let path = &self.document.path;
        if Format::of_path(path) == Some(Format::Yaml) {
            let (offset, text) = suppression::comment(self.document, (line, rule), why, &self.session.engine)?;
            let range = self.document.lines.range(offset, offset, self.maker.places.unit);
            let edit = TextEdit { range, new_text: text };
            return Some(json!({"changes": {&self.document.uri: [edit]}}));
        }
        self.entry(path, rule, why)
    }

    fn entry(&self, path: &Path, rule: &str, why: &SilenceReason) -> Option<Value> {
        let config = suppression::config_path(self.session.basis);
        let uri = self.maker.places.uri(&config);
        let open = self.maker.places.documents.at(&config).map(|open| open.lines.clone());
        let before = open.or_else(|| std::fs::read_to_string(&config).ok().map(crate::position::LineIndex::new));
        let text = before.as_ref().map_or("", |lines| lines.text());
        let after = suppression::entry(text, (&config, path), rule, why)?;
        let unit = self.maker.places.unit;
        let whole = before.as_ref().map(|lines| lines.range(0, lines.text().len(), unit)).unwrap_or_default();
        let edit = TextEdit { range: whole, new_text: after };
        if before.is_some() {
            return Some(json!({"changes": {uri: [edit]}}));
        }
        let create = json!({"kind": "create", "uri": uri, "options": {"ignoreIfExists": true}});
        let change = json!({"textDocument": {"uri": uri, "version": null}, "edits": [edit]});
        Some(json!({"documentChanges": [create, change]}))
    }

    /// All safe fixes of the file whose edits do not overlap; the others are offered when these are made.
    fn fix_all(&self, shown: &[PlacedItem<'_>]) -> Option<Value> {
        let mut taken: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
        let mut count = 0_usize;
        for shown in shown {
            let CheckedItem::Finding(finding) = shown.item else { continue };
            let safe = finding.fixes.iter().find(|fix| fix.applicability == Applicability::Safe);
            let Some(edits) = safe.and_then(|fix| edits_of(self.maker.places, fix)) else { continue };
            let is_free = |uri: &String, edit: &TextEdit| {
                let taken = taken.get(uri).into_iter().flatten();
                taken.into_iter().all(|taken| edit.range.end < taken.range.start || taken.range.end < edit.range.start)
            };
            let is_here = edits.keys().all(|uri| *uri == self.document.uri);
            if is_here && edits.iter().all(|(uri, edits)| edits.iter().all(|edit| is_free(uri, edit))) {
                count += 1;
                edits.into_iter().for_each(|(uri, edits)| taken.entry(uri).or_default().extend(edits));
            }
        }
        let title =
            text! { zh: "修复全部可安全修复的 {count} 处", en: "Make all {count} safe fixes" }.take(self.maker.lang);
        (count > 0).then(|| json!({"title": title, "kind": FIX_ALL, "edit": {"changes": taken}}))
    }
}

fn action(title: &str, diagnostic: &Diagnostic, edit: Value) -> Value {
    json!({"title": title, "kind": "quickfix", "diagnostics": [diagnostic], "edit": edit})
}

/// Whether ranges have a position in common.
pub(crate) fn touches(one: Range, other: Range) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// The edits of a fix by the addresses of files. `None`: it changes what is no text.
fn edits_of(places: &EditorPlaces<'_>, fix: &Fix) -> Option<BTreeMap<String, Vec<TextEdit>>> {
    let mut edits: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
    for (source, edit) in &fix.edits {
        let path = places.path(source)?;
        if !source.has_lines() || Format::of_path(&path) == Some(Format::Workbook) {
            return None;
        }
        let range = places.range(&path, source, edit.span);
        edits.entry(places.uri(&path)).or_default().push(TextEdit { range, new_text: edit.text.clone() });
    }
    (!edits.is_empty()).then_some(edits)
}

/// What is said where there is nothing to explain.
pub(crate) fn unknown(id: &str, lang: Lang) -> String {
    text! { zh: "不知道 {id} 是什么", en: "nothing is known of {id}" }.take(lang)
}
