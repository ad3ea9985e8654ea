//! Record kinds, compiled: every field outside lists has a slot, found by one look-up a level.

use std::borrow::Cow;
use std::sync::Arc;

use dianjian_base::lang::Text;
use dianjian_base::{FieldPath, PathSegment};
use dianjian_document::edit::{FixError, NewScalar};
use dianjian_text::{Fold, fold, id_key, licence_key};
use rustc_hash::FxHashMap;

use super::inheritance::Inheritance;
use super::level::FieldLevel;
use super::schema::{FieldFile, FieldType, KindFile, KindRole, PlacesFile};
use super::table_cells::TableCells;
use super::value::parse_number;
use super::view::choice;

/// Number of a field of its kind, by which a record's values are looked up.
pub type Slot = u16;

/// Number of a kind in [`Kinds`].
pub type KindIndex = usize;

/// The record kinds of a run, as the pack and the project define them.
#[derive(Debug, Default)]
pub struct Kinds {
    kinds: Vec<Kind>,
    by_name: FxHashMap<String, KindIndex>,
    /// Says which texts are no ids.
    pub(super) words: Arc<TableCells>,
}

/// A kind of record, such as `Shop`.
#[derive(Debug)]
pub struct Kind {
    /// As written after `kind:`.
    pub name: Arc<str>,
    /// Its name for people.
    pub title: Text,
    /// What such a record describes.
    pub doc: Text,
    /// What the program does with its records besides checking them.
    pub role: Option<KindRole>,
    /// The slot of the field that names a record.
    pub id: Slot,
    /// Of shops the slots of name, system and licence code: one without an id is the same where all three are.
    pub without_id: Option<[Slot; 3]>,
    /// The slot of the field whose value may put a record outside the platform.
    pub outside: Option<Slot>,
    /// The slot of a field `scheduled`: the day as of which such a record is checked.
    pub scheduled: Option<Slot>,
    /// Fields with a slot; parents before their children.
    pub fields: Vec<Field>,
    /// The fields at the top.
    pub top: FieldLevel,
    /// Required fields, with the slot of the map they stand in.
    pub required: Vec<(Slot, Option<Slot>)>,
    /// Slots of lists of records of another kind, with that kind.
    pub nested: Vec<(Slot, KindIndex)>,
    /// Slots that name a record of another kind, with that kind.
    pub references: Vec<(Slot, KindIndex)>,
    /// The fields by which a record is named where it is not named by its id, the most telling first.
    pub names: Vec<Vec<Slot>>,
    /// What records of the kind take from others.
    pub inherits: Vec<Inheritance>,
    /// What others take from records of the kind: their kind, and the number among what they take.
    pub heirs: Vec<(KindIndex, usize)>,
}

/// A field of a kind, or of the items of a list.
#[derive(Debug, Clone)]
pub struct Field {
    /// Dotted path from the record's top (or the list item's).
    pub path: String,
    /// The type of its value.
    pub ty: FieldType,
    /// Its name for people.
    pub title: Text,
    /// What it means, its unit and its source.
    pub doc: Option<Text>,
    /// Whether every record must have it.
    pub required: bool,
    /// Of an enum: whether every such thing has one of the values, said or not.
    pub always: bool,
    /// The values of an enum, in order, with their names.
    pub values: Vec<(String, Text)>,
    /// The [`choice`]s with which a record is outside the platform.
    pub outside: u32,
    /// The level below a map, or of a list's items.
    pub level: Option<FieldLevel>,
    /// What a list's items are.
    pub items: FieldType,
    /// The kind of nested or referred records.
    pub of: Option<String>,
    /// The field of the map that a plain value stands for.
    pub short: Option<String>,
    /// Whether it may name a text file with one item a line.
    pub lines: bool,
    /// Of an id: whether it is the same in upper and lower case.
    pub any_case: bool,
    /// Of a list: fields of its items, each with the field of the record that says the same.
    pub itself: Vec<(String, String)>,
    /// Of a text that names a place: what is called like one and is none.
    pub places: Option<PlacesFile>,
    /// Of a field with a slot and few values: where a record's [shape](super::view::RecordShape) notes which it has.
    pub choice: Option<u8>,
}

impl Field {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        FieldPath::new(&self.path).name()
    }

    /// An id in the form in which it is compared.
    pub fn key<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.ty {
            FieldType::LicenceCode => licence_key(text).unwrap_or(Cow::Borrowed(text)),
            _ if self.any_case => Cow::Owned(fold(&id_key(text), Fold::Case).as_str().to_owned()),
            _ => id_key(text),
        }
    }

    /// A value as readers see it: of an enum by its name.
    pub fn display(&self, value: &str) -> Option<&Text> {
        self.values.iter().find(|(known, _)| known == value).map(|(_, name)| name)
    }

    /// The values of an enum that a record may be taken to have where it says none: those inside the platform.
    pub fn possible_values(&self) -> impl Iterator<Item = &str> {
        let is_inside = |at: usize| at >= choice::MOST || self.outside & 1 << at == 0;
        self.values.iter().enumerate().filter(move |(at, _)| is_inside(*at)).map(|(_, (value, _))| value.as_str())
    }

    /// The values of a field that has few: of an enum or a truth value.
    pub fn choices(&self) -> impl Iterator<Item = &str> {
        let fixed: &[&str] = if self.ty == FieldType::Bool { &["false", "true"] } else { &[] };
        fixed.iter().copied().chain(self.values.iter().map(|(value, _)| value.as_str()))
    }
}

impl Kinds {
    /// Compiles kinds; a later file of the same name replaces an earlier one.
    pub fn new<'f>(files: impl IntoIterator<Item = &'f KindFile>, words: &Arc<TableCells>) -> Self {
        let mut kinds = Self { words: Arc::clone(words), ..Self::default() };
        for (index, file) in files.into_iter().enumerate() {
            kinds.by_name.insert(file.kind.value.clone(), index);
            kinds.kinds.push(Kind::new(file));
        }
        for kind in &mut kinds.kinds {
            let is_list = |field: &Field| field.ty == FieldType::List && field.items == FieldType::Record;
            kind.nested = of_other_kinds(kind, &kinds.by_name, &is_list);
            kind.references = of_other_kinds(kind, &kinds.by_name, &|field| field.ty == FieldType::Reference);
        }
        kinds
    }

    /// The kind of the records that the reference in a slot names.
    pub fn named_by(&self, kind: KindIndex, reference: Slot) -> Option<KindIndex> {
        self.get(kind).references.iter().find(|(slot, _)| *slot == reference).map(|(_, of)| *of)
    }

    /// Looks a kind up by its name.
    pub fn find(&self, name: &str) -> Option<KindIndex> {
        self.by_name.get(name).copied()
    }

    /// The kind that has a role.
    pub fn with_role(&self, role: KindRole) -> Option<KindIndex> {
        self.kinds.iter().position(|kind| kind.role == Some(role))
    }

    /// Has the kind of that name this role?
    pub fn is_role(&self, name: &str, role: KindRole) -> bool {
        self.find(name).is_some_and(|index| self.get(index).role == Some(role))
    }

    /// The kind with this number.
    pub fn get(&self, index: KindIndex) -> &Kind {
        &self.kinds[index]
    }

    pub(super) fn get_mut(&mut self, index: KindIndex) -> &mut Kind {
        &mut self.kinds[index]
    }

    /// The kinds in the order of their files.
    pub fn iter(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter()
    }

    /// The nearest kind to a name that is not one.
    pub fn suggest(&self, name: &str) -> Option<&str> {
        nearest(name, self.kinds.iter().map(|kind| &*kind.name))
    }
}

/// The slots of fields that speak of records of another kind, with that kind.
fn of_other_kinds(
    kind: &Kind,
    by_name: &FxHashMap<String, KindIndex>,
    wanted: &dyn Fn(&Field) -> bool,
) -> Vec<(Slot, KindIndex)> {
    let fields = (0..).zip(&kind.fields).filter(|(_, field)| wanted(field));
    fields.filter_map(|(slot, field)| Some((slot, *by_name.get(field.of.as_deref()?)?))).collect()
}

impl Kind {
    fn new(file: &KindFile) -> Self {
        let mut fields = Vec::new();
        let mut top = slots(&file.fields, "", &mut fields);
        // What says of which kind a record is.
        if top.slot("kind").is_none() {
            top.add("kind", None);
        }
        mark_items(&mut fields);
        number_choices(&mut fields);
        let slot = |name: &str| top.slot(name);
        let below = |name: &str, own: &str| fields.get(usize::from(slot(name)?))?.level.as_ref()?.slot(own);
        let same = || Some([slot("name")?, slot("system")?, below("subject", "licence")?]);
        Self {
            without_id: same().filter(|_| file.role == Some(KindRole::Shop)),
            name: Arc::from(file.kind.value.as_str()),
            title: file.title.clone(),
            doc: file.doc.clone(),
            role: file.role,
            id: slot(&file.id.value).unwrap_or_default(),
            scheduled: slot("scheduled"),
            outside: (0..).zip(&fields).find(|(_, field)| field.outside != 0).map(|(slot, _)| slot),
            required: required(&fields),
            top,
            fields,
            nested: Vec::new(),
            references: Vec::new(),
            names: Vec::new(),
            inherits: Vec::new(),
            heirs: Vec::new(),
        }
    }

    /// The id of one of its records in the form in which it is compared.
    pub fn id_key<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.fields.get(usize::from(self.id)).map_or_else(|| id_key(text), |field| field.key(text))
    }

    /// The field with this dotted path.
    pub fn field(&self, path: &str) -> Option<(Slot, &Field)> {
        let mut level = &self.top;
        let mut found = None;
        for name in FieldPath::new(path).names() {
            let slot = level.slot(name)?;
            let field = self.fields.get(usize::from(slot))?;
            found = Some((slot, field));
            match &field.level {
                Some(below) => level = below,
                None => level = EMPTY.get_or_init(FieldLevel::default),
            }
        }
        found
    }

    /// The field that a mapping's target is: one of the record, or of the items of a list (`items[].sku`).
    pub fn target(&self, path: &str) -> Option<&Field> {
        match FieldPath::new(path).split_list() {
            None => self.field(path).map(|(_, field)| field),
            Some((list, PathSegment::Each, rest)) => {
                let (_, list) = self.field(list.as_str())?;
                list.level.as_ref()?.item_fields.iter().find(|field| field.path == rest.as_str())
            }
            Some(_) => None,
        }
    }

    /// A text as the value of a field, as it is written in JSON and YAML.
    ///
    /// # Errors
    /// [`FixError::WrongKind`]: the field is a number and the text is none.
    pub fn scalar(&self, path: &str, text: &str) -> Result<NewScalar, FixError> {
        Ok(match self.field(path).map(|(_, field)| field.ty) {
            Some(FieldType::Bool) => NewScalar::Bool(text == "true"),
            Some(FieldType::Number | FieldType::Integer | FieldType::Money) => {
                NewScalar::Number(parse_number(text).ok_or(FixError::WrongKind)?)
            }
            // Dates, too: every format reads a bare date as a text, and people write it bare.
            _ => NewScalar::Text(text.to_owned()),
        })
    }

    /// The field that a path as reports write it leads to, such as `categories[2].qualification.status`.
    pub fn field_at(&self, path: &str) -> Option<&Field> {
        let (mut level, mut fields, mut in_list) = (Some(&self.top), &self.fields, false);
        let mut found = None;
        for name in FieldPath::new(path).names() {
            let name = name.split('[').next().unwrap_or(name);
            let field = fields.get(usize::from(level?.slot(name)?))?;
            (found, level) = (Some(field), field.level.as_ref());
            in_list |= field.ty == FieldType::List;
            if let Some(below) = level.filter(|_| in_list) {
                fields = &below.item_fields;
            }
        }
        found
    }

    /// The nearest known path to an unknown one: among its neighbours, then as a whole, then by last name anywhere.
    pub fn suggest(&self, path: &str) -> Option<String> {
        let (parent, name) = FieldPath::new(path).split_last();
        let level = match parent {
            Some(parent) => self.field(parent.as_str()).and_then(|(_, field)| field.level.as_ref()),
            None => Some(&self.top),
        };
        let near = level.and_then(|level| nearest(name, level.names().into_iter()));
        if let Some(near) = near {
            return Some(parent.map_or_else(|| near.to_owned(), |parent| parent.child(near)));
        }
        // Of a path that begins like another one the last name must be alike, too.
        let is_alike = |field: &&Field| field.name() == name || nearest(name, std::iter::once(field.name())).is_some();
        let alike = self.fields.iter().filter(is_alike).map(|field| field.path.as_str());
        if let Some(near) = nearest(path, alike) {
            return Some(near.to_owned());
        }
        let best = nearest(name, self.fields.iter().map(Field::name))?;
        self.fields.iter().find(|field| field.name() == best).map(|field| field.path.clone())
    }
}

fn required(fields: &[Field]) -> Vec<(Slot, Option<Slot>)> {
    let slot = |path: &str| Slot::try_from(fields.iter().position(|field| field.path == path)?).ok();
    let required = fields.iter().filter(|field| field.required);
    required
        .filter_map(|field| {
            let (parent, _) = FieldPath::new(&field.path).split_last();
            Some((slot(&field.path)?, parent.and_then(|parent| slot(parent.as_str()))))
        })
        .collect()
}

static EMPTY: std::sync::OnceLock<FieldLevel> = std::sync::OnceLock::new();

fn slots<'f>(
    files: impl IntoIterator<Item = (&'f String, &'f dianjian_document::tree::Spanned<FieldFile>)>,
    prefix: &str,
    out: &mut Vec<Field>,
) -> FieldLevel {
    let mut level = FieldLevel::default();
    for (name, file) in files {
        let Ok(slot) = Slot::try_from(out.len()) else { continue };
        level.add(name, Some(slot));
        let path = FieldPath::new(prefix).child(name);
        out.push(Field::new(&file.value, path.clone()));
        if file.value.fields.is_empty() {
            continue;
        }
        let below = if file.value.r#type == FieldType::List {
            item_level(&file.value)
        } else {
            slots(&file.value.fields, &path, out)
        };
        out[usize::from(slot)].level = Some(below);
    }
    level
}

/// Gives the fields of lists' items their marks, after the slots.
fn mark_items(fields: &mut [Field]) {
    let Ok(mut next) = Slot::try_from(fields.len()) else { return };
    for level in fields.iter_mut().filter(|field| field.ty == FieldType::List).filter_map(|field| field.level.as_mut())
    {
        level.marks = Some(next);
        next = next.saturating_add(Slot::try_from(level.item_fields.len()).unwrap_or(Slot::MAX));
    }
}

/// Numbers the fields of few values.
fn number_choices(fields: &mut [Field]) {
    let is_choice = |field: &&mut Field| {
        matches!(field.ty, FieldType::Enum | FieldType::Bool) && field.choices().count() <= choice::MOST
    };
    for (number, field) in (0_u8..).take(choice::FIELDS).zip(fields.iter_mut().filter(is_choice)) {
        field.choice = Some(number);
    }
}

fn item_level(file: &FieldFile) -> FieldLevel {
    let mut level = FieldLevel::default();
    for (name, below) in &file.fields {
        let Ok(index) = Slot::try_from(level.item_fields.len()) else { continue };
        let mut field = Field::new(&below.value, name.clone());
        if !below.value.fields.is_empty() {
            field.level = Some(item_level(&below.value));
        }
        level.add(name, Some(index));
        level.item_fields.push(field);
    }
    level
}

impl Field {
    fn new(file: &FieldFile, path: String) -> Self {
        let default_items = if file.fields.is_empty() { FieldType::Text } else { FieldType::Map };
        Self {
            path,
            ty: file.r#type,
            title: file.title.clone(),
            doc: file.doc.clone(),
            required: file.required,
            always: file.r#type == FieldType::Enum && (file.required || file.always),
            values: file.values.iter().map(|(value, name)| (value.clone(), name.clone())).collect(),
            outside: choice::bits(file.values.keys().map(|value| file.outside.contains(value))),
            level: None,
            items: file.items.unwrap_or(default_items),
            of: file.of.clone(),
            short: file.short.clone(),
            lines: file.lines,
            any_case: file.any_case,
            itself: file.itself.iter().map(|(item, own)| (item.clone(), own.clone())).collect(),
            places: file.places.clone(),
            choice: None,
        }
    }
}

/// The most similar of the known names, if it is similar enough to be meant.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    known
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(score, candidate)| {
            // Short names: Jaro-Winkler is generous, so one slip is asked for.
            *score >= 0.82 && strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()) <= 1 + candidate.len() / 4
        })
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// Characters of a name in Chinese in which one slip is half of it, or nearly.
const SHORT_NAME: usize = 4;

/// The only one of some names that is one slip away from a short one in Chinese, too short to be alike by the rest.
pub fn nearest_short_name<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let is_short = (2..=SHORT_NAME).contains(&name.chars().count()) && name.chars().all(is_han);
    let mut near = known.filter(|known| is_short && strsim::osa_distance(known, name) == 1);
    let first = near.next()?;
    near.all(|other| other == first).then_some(first)
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}
