//! `presumes`: where a record may say the value that a rule presumes, and the words for where it does not.

use dianjian_base::lang::{Lang, Text};
use dianjian_document::tree::Spanned;

use super::Compiler;
use crate::error::RuleError;
use crate::language::RuleFile;
use crate::presumption::Presumption;
use crate::record::{Field, FieldType, nearest};

impl Compiler<'_> {
    pub(super) fn presumptions(&mut self, file: &RuleFile) -> Vec<Presumption> {
        file.presumes.iter().filter_map(|(name, values)| self.presumption(name, values)).collect()
    }

    fn presumption(&mut self, name: &str, values: &Spanned<Vec<String>>) -> Option<Presumption> {
        let references =
            self.current.kind.map(|kind| kind.fields.iter().filter(|field| field.ty == FieldType::Reference));
        let names: Vec<String> =
            references.into_iter().flatten().map(|field| format!("{}.{name}", field.path)).collect();
        let own = self.path(name);
        // A record that this one never lies in, or that has no such field, says nothing of it.
        let others: Vec<_> = names.iter().filter_map(|name| self.path(name).ok()).collect();
        let own_slot = own.as_ref().ok().and_then(|path| path.own_slot());
        let places: Vec<_> = match own {
            Err(error) if others.is_empty() => {
                self.error(values.span, error);
                return None;
            }
            own => own.into_iter().chain(others).collect(),
        };
        let field = places.first().and_then(|place| self.field_at(place)).filter(|field| !field.values.is_empty());
        let Some(field) = field else {
            let expected = "a field with a list of values";
            self.error(values.span, RuleError::Expected { expected, found: name.to_owned() });
            return None;
        };
        for found in values.value.iter().filter(|found| field.display(found).is_none()) {
            let suggestion = nearest(found, field.choices())
                .map_or_else(|| field.choices().collect::<Vec<_>>().join(", "), str::to_owned);
            let (field, found) = (name.to_owned(), found.clone());
            self.error(values.span, RuleError::UnknownChoice { field, found, suggestion });
        }
        let known = field.choices().map(str::to_owned).collect();
        let clause = clause(&field, &values.value);
        Some(Presumption { places, own: own_slot, values: values.value.clone(), known, clause })
    }
}

/// `若商品体系是视频号小店（2022）或微信小店（2024）：`
fn clause(field: &Field, values: &[String]) -> Text {
    let names = |lang: Lang| {
        let names = values.iter().filter_map(|value| Some(field.display(value)?.get(lang)));
        names.collect::<Vec<_>>().join(lang.pick("或", " or "))
    };
    let (zh, en) = (names(Lang::Zh), names(Lang::En));
    Text { zh: format!("若{}是{zh}：", field.title.zh), en: format!("If the {} is {en}: ", field.title.en) }
}
