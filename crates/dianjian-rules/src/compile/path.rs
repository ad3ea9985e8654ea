//! Paths: field names to slots, checked against the kind.

use dianjian_base::{FieldPath, PathSegment};

use super::Compiler;
use crate::check::{PathRoot, PathStep, SlotPath};
use crate::error::RuleError;
use crate::record::{Field, FieldType, Kind, Slot, nearest};

/// Every text of a record.
pub(super) const EVERYWHERE: &str = "**";

impl Compiler<'_> {
    /// Compiles a path in the scope of the rule (and of the `each` it stands in).
    pub(super) fn path(&mut self, text: &str) -> Result<SlotPath, RuleError> {
        if let Some(rest) = text.strip_prefix('.') {
            let fields = self.current.items.last().cloned().unwrap_or_default();
            let steps = item_steps(rest, fields.as_deref(), "item")?;
            return Ok(SlotPath {
                text: text.to_owned(),
                root: PathRoot::Item,
                slot: None,
                steps,
                is_licence_code: false,
            });
        }
        if text == EVERYWHERE {
            let (root, steps) = (PathRoot::Everywhere, vec![PathStep::Each]);
            return Ok(SlotPath { text: text.to_owned(), root, slot: None, steps, is_licence_code: false });
        }
        let Some(kind) = self.current.kind else {
            return Err(RuleError::UnknownPath {
                kind: "*".to_owned(),
                found: text.to_owned(),
                suggestion: Some(EVERYWHERE.to_owned()),
            });
        };
        self.record_path(kind, text, PathRoot::Record)
    }

    fn record_path(&self, kind: &Kind, text: &str, root: PathRoot) -> Result<SlotPath, RuleError> {
        let unknown = |found: &str| RuleError::UnknownPath {
            kind: kind.name.to_string(),
            found: found.to_owned(),
            suggestion: kind.suggest(found),
        };
        // `shop.system` of a product: the field `shop` names a record of another kind.
        if root == PathRoot::Record
            && let (name, Some(rest)) = FieldPath::new(text).split_first()
            && let Some((slot, field)) = kind.field(name)
            && field.ty == FieldType::Reference
            && let Some(named) = field.of.as_deref().and_then(|of| self.pack.kinds.find(of))
        {
            let path = self.record_path(self.pack.kinds.get(named), rest.as_str(), PathRoot::Named(slot))?;
            return Ok(SlotPath { text: text.to_owned(), ..path });
        }
        if let Some((list, PathSegment::Each, rest)) = FieldPath::new(text).split_list() {
            let list = list.as_str();
            let (slot, field) = kind.field(list).ok_or_else(|| unknown(list))?;
            if field.ty != FieldType::List {
                return Err(RuleError::Expected { expected: "a list before `[]`", found: list.to_owned() });
            }
            let fields = self.fields_of_items(field);
            let mut steps = vec![PathStep::Each];
            steps.extend(item_steps(rest.as_str(), fields.as_deref(), list)?);
            return Ok(SlotPath { text: text.to_owned(), root, slot: Some(slot), steps, is_licence_code: false });
        }
        if let Some((slot, field)) = kind.field(text) {
            let is_licence_code = field.ty == FieldType::LicenceCode;
            return Ok(SlotPath { text: text.to_owned(), root, slot: Some(slot), steps: Vec::new(), is_licence_code });
        }
        Err(unknown(text))
    }

    /// The fields of a list's items: of its maps, or of the records it holds.
    fn fields_of_items(&self, field: &Field) -> Option<Vec<Field>> {
        if field.items == FieldType::Record {
            let kind = self.pack.kinds.find(field.of.as_deref()?)?;
            return Some(self.pack.kinds.get(kind).fields.clone());
        }
        field.level.as_ref().map(|level| level.item_fields.clone())
    }

    /// The fields of the items of a compiled list path; `None`: items are plain values.
    pub(super) fn item_fields(&self, list: &SlotPath) -> Option<Vec<Field>> {
        match list.root {
            PathRoot::Item => {
                let mut fields = self.current.items.last().cloned().flatten()?;
                for step in &list.steps {
                    if let PathStep::Key(name) = step {
                        let field = fields.iter().find(|field| field.path == *name)?;
                        fields = field.level.as_ref()?.item_fields.clone();
                    }
                }
                Some(fields)
            }
            PathRoot::Record => self.fields_of_items(self.current.kind?.fields.get(usize::from(list.slot?))?),
            PathRoot::Named(reference) => self.fields_of_items(self.named_field(reference, list)?),
            PathRoot::Everywhere => None,
        }
    }

    /// The field of a record that is named, which a path begins with.
    fn named_field(&self, reference: Slot, path: &SlotPath) -> Option<&Field> {
        let named = self.pack.kinds.named_by(self.current.kind_index, reference)?;
        self.pack.kinds.get(named).fields.get(usize::from(path.slot?))
    }

    /// The type of the values at a path, where that is known.
    pub(super) fn type_at(&self, path: &SlotPath) -> Option<FieldType> {
        let (mut field, mut fields) = match path.root {
            PathRoot::Record => (self.current.kind?.fields.get(usize::from(path.slot?)).cloned(), None),
            PathRoot::Item => (None, self.current.items.last().cloned().flatten()),
            PathRoot::Named(reference) => (self.named_field(reference, path).cloned(), None),
            PathRoot::Everywhere => return None,
        };
        let mut ty = field.as_ref().map(|field| field.ty);
        for step in &path.steps {
            match step {
                PathStep::Each => {
                    let list = field.take()?;
                    ty = Some(list.items);
                    fields = self.fields_of_items(&list);
                }
                PathStep::Key(name) => {
                    let known = fields.take()?;
                    let found = known.iter().find(|field| field.path == *name)?;
                    ty = Some(found.ty);
                    fields = below(found, &known);
                    field = Some(found.clone());
                }
            }
        }
        ty
    }
}

/// The steps below a list's item.
fn item_steps(rest: &str, fields: Option<&[Field]>, parent: &str) -> Result<Vec<PathStep>, RuleError> {
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let mut steps = Vec::new();
    let mut fields = fields.map(<[Field]>::to_vec);
    let mut parts = FieldPath::new(rest).names().peekable();
    while let Some(part) = parts.next() {
        let (name, is_list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        // Records' fields are known by their dotted paths, items' by their names.
        let known = fields.as_deref().unwrap_or_default();
        let Some(field) = known.iter().find(|field| field.path == name) else {
            return Err(RuleError::UnknownPath {
                kind: parent.to_owned(),
                found: rest.to_owned(),
                suggestion: nearest(name, known.iter().map(|field| field.path.as_str())).map(str::to_owned),
            });
        };
        steps.push(PathStep::Key(name.to_owned()));
        if is_list {
            steps.push(PathStep::Each);
        }
        if parts.peek().is_some() {
            fields = below(field, known);
        }
    }
    Ok(steps)
}

fn below(field: &Field, siblings: &[Field]) -> Option<Vec<Field>> {
    let level = field.level.as_ref()?;
    if !level.item_fields.is_empty() {
        return Some(level.item_fields.clone());
    }
    // A map of a record inside a list: its fields stand among its siblings with the longer path.
    let prefix = format!("{}.", field.path);
    let inner = siblings.iter().filter_map(|sibling| {
        let name = sibling.path.strip_prefix(&prefix)?;
        (!name.contains('.')).then(|| Field { path: name.to_owned(), ..sibling.clone() })
    });
    Some(inner.collect())
}
