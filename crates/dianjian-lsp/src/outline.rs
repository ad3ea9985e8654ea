//! Where a line of YAML stands, also in a text that is being typed and is no YAML yet: by its indentation, going up.

use dianjian_rules::record::{Field, FieldType, Kind, Kinds};

use crate::position::LineIndex;

/// The keys around a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct YamlPlace {
    /// What its record says after `kind:`.
    pub kind: Option<String>,
    /// The keys that it lies below, from the record on, the outermost first.
    pub above: Vec<String>,
    /// The key of the line itself.
    pub key: Option<String>,
}

/// A line of block YAML, taken apart.
struct YamlLine<'l> {
    /// Where the key begins, in twice the columns: a dash lies between its own column and the next.
    level: usize,
    /// The level of the first dash before it.
    dash: Option<usize>,
    key: Option<&'l str>,
    value: &'l str,
}

impl<'l> YamlLine<'l> {
    /// `None`: the line says nothing.
    fn of(line: &'l str) -> Option<Self> {
        let mut rest = line.trim_start_matches(' ');
        let (mut column, mut dash) = (line.len() - rest.len(), None);
        if rest.trim().is_empty() || rest.starts_with('#') {
            return None;
        }
        while let Some(behind) =
            rest.strip_prefix("- ").or_else(|| rest.strip_prefix('-').filter(|rest| rest.is_empty()))
        {
            dash.get_or_insert(2 * column + 1);
            let inner = behind.trim_start_matches(' ');
            column += rest.len() - inner.len();
            rest = inner;
        }
        let (key, value) = key_of(rest).map_or((None, rest), |(key, value)| (Some(key), value));
        Some(Self { level: 2 * column, dash, key, value })
    }
}

/// A key, without quotes, and what stands behind its colon.
fn key_of(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(':')?;
    let is_key = value.is_empty() || value.starts_with([' ', '\t']);
    let key = key.trim().trim_matches(['"', '\'']);
    (is_key && !key.is_empty() && !key.contains(['[', '{', '#', ','])).then_some((key, value.trim()))
}

impl YamlPlace {
    /// The place of a line; `column`: of a blank one, where something would be written.
    pub fn at(lines: &LineIndex, number: usize, column: usize) -> Self {
        let own = YamlLine::of(lines.line(number));
        let mut place = Self { key: own.as_ref().and_then(|own| own.key.map(str::to_owned)), ..Self::default() };
        let mut level = own.as_ref().map_or(2 * column, |own| own.level);
        let mut dash = own.as_ref().and_then(|own| own.dash);
        if own.as_ref().is_some_and(|own| own.key == Some("kind")) {
            place.kind = own.map(|own| plain(own.value));
        }
        for above in (0..number).rev() {
            let line = lines.line(above);
            if line.starts_with("---") {
                break;
            }
            let Some(line) = YamlLine::of(line) else { continue };
            if place.kind.is_none() && line.level == level && line.key == Some("kind") && dash.is_none() {
                place.kind = Some(plain(line.value));
            }
            if line.level == level && dash.is_none() {
                // The first key of an item has the dash; what is above it belongs to the list.
                dash = line.dash;
                continue;
            }
            let edge = dash.unwrap_or(level);
            if line.level < edge && place.kind.is_none() {
                place.above.extend(line.key.map(str::to_owned));
                (level, dash) = (line.level, line.dash);
                if line.key == Some("kind") {
                    place.kind = Some(plain(line.value));
                }
            }
        }
        place.above.reverse();
        if place.kind.is_none() {
            place.kind = below(lines, number, level);
        }
        place
    }

    /// The fields that may stand beside the line.
    pub fn siblings<'k>(&self, kinds: &'k Kinds) -> Vec<&'k Field> {
        let kind = self.kind.as_deref().and_then(|name| kinds.find(name)).map(|kind| kinds.get(kind));
        let above: Vec<&str> = self.above.iter().map(String::as_str).collect();
        kind.map(|kind| fields_below(kinds, kind, &above)).unwrap_or_default()
    }

    /// The field of the line.
    pub fn field<'k>(&self, kinds: &'k Kinds) -> Option<&'k Field> {
        let key = self.key.as_deref()?;
        self.siblings(kinds).into_iter().find(|field| field.name() == key)
    }

    /// The field of the line as `dianjian explain` names it.
    pub fn field_id(&self) -> Option<String> {
        let names = self.above.iter().chain(&self.key).map(String::as_str);
        Some(format!("{}.{}", self.kind.as_deref()?, names.collect::<Vec<_>>().join(".")))
    }
}

/// The kind where it is written behind the line.
fn below(lines: &LineIndex, number: usize, level: usize) -> Option<String> {
    let rest = (number + 1..lines.len()).map(|number| lines.line(number)).take_while(|line| !line.starts_with("---"));
    let mut said = rest.filter_map(YamlLine::of).take_while(|line| line.level >= level && line.dash.is_none());
    said.find(|line| line.level == level && line.key == Some("kind")).map(|line| plain(line.value))
}

fn plain(value: &str) -> String {
    let value = value.split(" #").next().unwrap_or_default().trim();
    value.trim_matches(['"', '\'']).to_owned()
}

/// The fields one level below some keys of a record.
fn fields_below<'k>(kinds: &'k Kinds, kind: &'k Kind, keys: &[&str]) -> Vec<&'k Field> {
    let Some(longest) = (0..=keys.len()).rev().find(|at| *at == 0 || kind.field(&keys[..*at].join(".")).is_some())
    else {
        return Vec::new();
    };
    if longest == 0 {
        let is_top = |field: &&Field| !field.path.contains('.');
        return if keys.is_empty() { kind.fields.iter().filter(is_top).collect() } else { Vec::new() };
    }
    let path = keys[..longest].join(".");
    let Some((_, field)) = kind.field(&path) else { return Vec::new() };
    let holds_records = field.ty == FieldType::Record || field.items == FieldType::Record;
    if let Some(inner) = field.of.as_deref().filter(|_| holds_records).and_then(|of| kinds.find(of)) {
        return fields_below(kinds, kinds.get(inner), &keys[longest..]);
    }
    if let Some(level) = field.level.as_ref().filter(|level| !level.item_fields.is_empty()) {
        let within = keys[longest..].join(".");
        let is_next = |field: &&Field| match field.path.strip_prefix(&within) {
            Some(rest) if within.is_empty() => !rest.contains('.'),
            Some(rest) => rest.strip_prefix('.').is_some_and(|rest| !rest.contains('.')),
            None => false,
        };
        return level.item_fields.iter().filter(is_next).collect();
    }
    let prefix = format!("{path}.");
    let is_next = |field: &&Field| field.path.strip_prefix(&prefix).is_some_and(|rest| !rest.contains('.'));
    if longest == keys.len() { kind.fields.iter().filter(is_next).collect() } else { Vec::new() }
}

/// The id of a rule around a byte of a line, and where it stands.
pub(crate) fn rule_id_at(line: &str, at: usize) -> Option<(usize, &str)> {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'*');
    let bytes = line.as_bytes();
    let at = at.min(bytes.len());
    let start = bytes[..at].iter().rposition(|byte| !is_part(*byte)).map_or(0, |before| before + 1);
    let end = bytes[at..].iter().position(|byte| !is_part(*byte)).map_or(bytes.len(), |behind| at + behind);
    let word = line.get(start..end)?;
    let (group, name) = word.split_once('/')?;
    (!group.is_empty() && !name.is_empty()).then_some((start, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# 店铺
kind: Shop
id: yunshan
subject:
  type: enterprise

products:
- id: a
  title: 茶
  skus:
    - id: b
---
- kind: LiveRoom
  links:
    - url: x
      title: y
- title: z
  kind: Product
";

    fn place(number: usize) -> (Option<String>, String, Option<String>) {
        let place = YamlPlace::at(&LineIndex::new(TEXT), number, 0);
        (place.kind, place.above.join("."), place.key)
    }

    #[test]
    fn lines_know_their_record_and_the_keys_above() {
        let at = |kind: &str, above: &str, key: &str| (Some(kind.to_owned()), above.to_owned(), Some(key.to_owned()));
        assert_eq!(place(1), at("Shop", "", "kind"));
        assert_eq!(place(4), at("Shop", "subject", "type"));
        assert_eq!(place(7), at("Shop", "products", "id"));
        assert_eq!(place(8), at("Shop", "products", "title"));
        assert_eq!(place(10), at("Shop", "products.skus", "id"));
        assert_eq!(place(12), at("LiveRoom", "", "kind"));
        assert_eq!(place(15), at("LiveRoom", "links", "title"));
        assert_eq!(place(16), at("Product", "", "title"));
        let blank = YamlPlace::at(&LineIndex::new(TEXT), 5, 2);
        assert_eq!((blank.kind.as_deref(), blank.above.join(".").as_str()), (Some("Shop"), "subject"));
    }

    #[test]
    fn ids_of_rules_are_found_in_any_line() {
        let line = "# dianjian: ignore[naming/length, x/*] -- 店";
        assert_eq!(rule_id_at(line, 22), Some((19, "naming/length")));
        assert_eq!(rule_id_at(line, 19), Some((19, "naming/length")));
        assert_eq!(rule_id_at(line, 5), None);
        assert_eq!(rule_id_at("店/店", 4), None);
    }
}
