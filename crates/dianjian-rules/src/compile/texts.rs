//! Messages: every placeholder must stand for something.

use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_document::source::Span;
use dianjian_document::tree::Spanned;

use super::Compiler;
use crate::check::{ParamText, RuleTexts, SpecialMessage};
use crate::error::RuleError;
use crate::language::{Param, RuleFile};
use crate::placeholder::Placeholder;
use crate::record::{nearest, scalar_text};

impl Compiler<'_> {
    pub(super) fn texts(&mut self, file: &RuleFile) -> RuleTexts {
        let mut texts = RuleTexts {
            ids: Vec::new(),
            templates: Vec::new(),
            help: None,
            fields: Vec::new(),
            params: Vec::new(),
            placeholders: Vec::new(),
        };
        let all =
            std::iter::once(("rule", &file.message)).chain(file.messages.iter().map(|(id, text)| (id.as_str(), text)));
        for (id, text) in all {
            self.placeholders(text, &mut texts);
            texts.ids.push(Arc::from(id));
            texts.templates.push(Arc::new(text.value.clone()));
        }
        if let Some(help) = &file.help {
            self.placeholders(help, &mut texts);
            texts.help =
                Some(Arc::new(if file.disputable { with_suppression(&help.value) } else { help.value.clone() }));
        }
        if file.disputable {
            texts.placeholders.push(Placeholder::Suppression.name().into_owned());
        }
        if let Some(fix) = &file.fix {
            let with = fix.value.with.clone().unwrap_or_default();
            let to = fix.value.to.as_ref().map(scalar_text).unwrap_or_default();
            let text = Spanned { value: Text { zh: with, en: to }, span: fix.span };
            self.placeholders(&text, &mut texts);
        }
        texts
    }

    /// Evidence of single messages names them, and leaves none without.
    pub(super) fn evidence(&mut self, file: &RuleFile) {
        for one in &file.evidence {
            for found in one.value.messages.iter().filter(|id| !self.current.messages.contains(id)).collect::<Vec<_>>()
            {
                self.error(one.span, RuleError::UnknownMessage { found: found.clone() });
            }
        }
        let is_borne_out = |id: &str| {
            let mut all = file.evidence.iter().map(|one| &one.value.messages);
            all.any(|messages| messages.is_empty() || messages.iter().any(|known| known == id))
        };
        for (id, text) in file.messages.iter().filter(|(id, _)| !SpecialMessage::is_one(id)) {
            if !file.evidence.is_empty() && !is_borne_out(id) {
                self.error(text.span, RuleError::NoEvidence);
            }
        }
    }

    fn placeholders(&mut self, text: &Spanned<Text>, texts: &mut RuleTexts) {
        for name in names(&text.value.zh).chain(names(&text.value.en)) {
            if !texts.placeholders.iter().any(|known| known == name) {
                texts.placeholders.push(name.to_owned());
            }
            // `{item.…}` is filled by the `each` it stands in, from whatever the item has.
            let is_meant = |known: &Placeholder| {
                known.built_in_name() == name && !(known.yields_to_params() && self.current.params.contains_key(name))
            };
            if Placeholder::BUILT_IN.iter().any(is_meant)
                || name.starts_with("item.")
                || texts.fields.iter().any(|(known, _)| known == name)
                || texts.params.iter().any(|(known, _)| known == name)
            {
                continue;
            }
            if let Some(path) = name.strip_prefix('.') {
                texts.fields.extend(self.path_at(path, text.span).map(|path| (name.to_owned(), path)));
                continue;
            }
            match self.param_text(name, text.span) {
                Some(param) => texts.params.push((name.to_owned(), param)),
                None => self.unknown_placeholder(name, text.span),
            }
        }
    }

    fn param_text(&mut self, name: &str, span: Span) -> Option<ParamText> {
        Some(match self.current.params.get(name)?.clone() {
            Param::One(value) => ParamText::One(scalar_text(&value)),
            Param::Many(values) => ParamText::Many(values.iter().map(scalar_text).collect()),
            Param::Table(table) => {
                ParamText::Many(self.table_values(&table, span).into_iter().map(|(value, _)| value).collect())
            }
        })
    }

    fn unknown_placeholder(&mut self, name: &str, span: Span) {
        let known = Placeholder::BUILT_IN
            .iter()
            .map(|known| -> &str { known.built_in_name() })
            .chain(self.current.params.keys().map(String::as_str));
        let suggestion = nearest(name, known).map(str::to_owned);
        self.error(span, RuleError::UnknownPlaceholder { found: name.to_owned(), suggestion });
    }
}

/// A help that ends with how a finding is suppressed.
fn with_suppression(help: &Text) -> Text {
    let name = Placeholder::Suppression.name();
    Text {
        zh: format!("{}忽略的写法：{{{name}}}。", help.zh), en: format!("{} To suppress it, {{{name}}}.", help.en)
    }
}

/// The placeholders of a template.
fn names(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = template;
    std::iter::from_fn(move || {
        loop {
            let open = rest.find('{')?;
            let tail = &rest[open + 1..];
            if let Some(after) = tail.strip_prefix('{') {
                rest = after;
                continue;
            }
            let close = tail.find('}')?;
            rest = &tail[close + 1..];
            return Some(&tail[..close]);
        }
    })
}
