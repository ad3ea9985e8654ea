//! Where in a document the records of a mapping stand.

use dianjian_base::FieldPath;
use dianjian_document::tree::Node;

use super::field_value::gather;
use super::{Mapping, WHOLE, Yields};
use crate::record::value::Value;

impl Mapping {
    /// The paths at which the records of a document are, if those are parts of it.
    pub(in crate::record) fn parts(&self, document: Node<'_>) -> Vec<&str> {
        let records = matches!(self.yields, Yields::Records(_)) && (self.recognise.asks() || self.item.asks());
        let places = if records { self.places(&Value::Node(document)) } else { Vec::new() };
        let paths: Vec<&str> = places.into_iter().map(|(path, _)| path).collect();
        if paths.first() == Some(&WHOLE) { Vec::new() } else { paths }
    }

    /// The paths at which there are records, and the records: the first that is there, and every other that lies neither
    /// in it nor around it.
    pub(super) fn places<'a>(&self, document: &Value<'a>) -> Vec<(&str, Vec<Value<'a>>)> {
        let Some(first) = self.place(document) else { return Vec::new() };
        let begin = first.0;
        let mut places = vec![first];
        for path in self.each.iter().skip_while(|path| *path != begin).skip(1) {
            let is_within = |inner: &str, outer: &str| FieldPath::new(inner).below(outer).is_some();
            let is_apart = places.iter().all(|(read, _)| !is_within(read, path) && !is_within(path, read));
            // A document without a condition on it is no record beside those that it holds.
            if if path == WHOLE { self.item.asks() } else { is_apart } {
                places.extend(self.at(document, path).map(|items| (path.as_str(), items)));
            }
        }
        places
    }

    /// The path at which the records are, and the records.
    pub(super) fn place<'a>(&self, document: &Value<'a>) -> Option<(&str, Vec<Value<'a>>)> {
        self.each.iter().find_map(|path| Some((path.as_str(), self.at(document, path)?)))
    }

    /// The records at a path, if those there are records.
    fn at<'a>(&self, document: &Value<'a>, path: &str) -> Option<Vec<Value<'a>>> {
        let found = if path == WHOLE { document.clone() } else { gather(document, path)? };
        let items = if found.is_list() { found.items() } else { vec![found] };
        let is_known = !self.item.asks() || items.first().is_some_and(|first| self.item.holds(first));
        is_known.then_some(items)
    }
}
