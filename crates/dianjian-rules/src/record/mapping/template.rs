//! What a table has to look like that a mapping reads: for templates, and for finding a field by its heading.

use dianjian_base::lang::{Lang, Text};

use super::Mapping;
use crate::record::kind::{Field, KindIndex, Kinds};
use crate::record::mapping_file::{FieldSourceDetail, OneOrMany};
use crate::record::schema::FieldType;

/// The id in the example row of a template, in Chinese and in English.
pub const EXAMPLE_ID: (&str, &str) = ("示例1", "example-1");

/// A text in the example row of a template, in Chinese and in English.
pub const EXAMPLE_TEXT: (&str, &str) = ("请改成您的内容", "replace this");

/// A column of a table with its field.
#[derive(Debug)]
pub struct TemplateColumn<'k> {
    /// The heading, which the mapping reads as this field.
    pub heading: String,
    /// What the column holds.
    pub field: &'k Field,
    /// What a cell may hold, where the field has few values, as people write it.
    pub choices: Vec<String>,
}

impl Mapping {
    /// The names that the mapping has for the fields of a table's rows: path and heading.
    pub fn headings(&self) -> Option<(KindIndex, impl Iterator<Item = (&str, &str)>)> {
        let kind = self.table_kind().filter(|_| self.reads_tables())?;
        Some((
            kind,
            self.fields.iter().flat_map(|(path, source)| {
                source.from.iter().flat_map(OneOrMany::paths).map(move |name| (path.as_str(), name.as_str()))
            }),
        ))
    }

    /// Whether one of its headings alone says what a table is of: of several mappings for a kind the plainest.
    pub fn has_headings_of_its_own(&self) -> bool {
        self.recognised_headings().next().is_some()
    }

    /// The columns of an empty table in a language: one a field that a cell can hold, in the order of the mapping.
    pub fn template<'k>(&self, kinds: &'k Kinds, lang: Lang) -> Vec<TemplateColumn<'k>> {
        let Some(kind) = self.table_kind().map(|index| kinds.get(index)) else { return Vec::new() };
        let column = |(number, (path, source)): (usize, &(String, FieldSourceDetail))| {
            let (_, field) = kind.field(path)?;
            let is_plain = !matches!(field.ty, FieldType::Map | FieldType::Record | FieldType::Any);
            let heading = self.heading(number, source, field, lang)?;
            is_plain.then(|| TemplateColumn { heading, field, choices: self.choices(field, lang) })
        };
        self.fields.iter().enumerate().filter_map(column).collect()
    }

    /// The best heading in a language that leads to the field.
    fn heading(&self, number: usize, source: &FieldSourceDetail, field: &Field, lang: Lang) -> Option<String> {
        let is_wanted = |name: &&String| name.is_ascii() == (lang == Lang::En) && !name.contains('.');
        let names = source.from.iter().flat_map(OneOrMany::paths).filter(is_wanted).cloned();
        let others = [field.title.get(lang).to_owned(), field.path.clone()];
        let mut known = names.chain(others);
        known.find(|name| self.columns.field(name).is_some_and(|(found, _)| found == number))
    }

    fn choices(&self, field: &Field, lang: Lang) -> Vec<String> {
        if field.ty == FieldType::Bool {
            return [
                Text { zh: "是".to_owned(), en: "yes".to_owned() },
                Text { zh: "否".to_owned(), en: "no".to_owned() },
            ]
            .map(|word| word.take(lang))
            .to_vec();
        }
        field.values.iter().map(|(_, title)| title.get(lang).to_owned()).collect()
    }
}
