//! A record before it is written: an ordered tree, so that wrong keys and wrong types can be planted as well as right ones.

use std::borrow::Cow;

/// A value as YAML and JSON know it; a number is kept as it is written.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    Number(String),
    Bool(bool),
    List(Vec<Value>),
    Map(Map),
}

/// Keys and values in the order in which they are written.
#[derive(Debug, Clone, Default)]
pub struct Map(pub Vec<(Cow<'static, str>, Value)>);

impl Map {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, or replaces its value; dots lead into maps, which are made where they are missing.
    pub fn set(&mut self, path: &'static str, value: impl Into<Value>) -> &mut Self {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        let at = self.0.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            self.0.push((Cow::Borrowed(key), Value::Map(Self::new())));
            self.0.len() - 1
        });
        let slot = &mut self.0[at].1;
        match rest {
            None => *slot = value.into(),
            Some(rest) => {
                if !matches!(slot, Value::Map(_)) {
                    *slot = Value::Map(Self::new());
                }
                if let Value::Map(map) = slot {
                    map.set(rest, value);
                }
            }
        }
        self
    }

    /// The value at a path.
    pub fn get(&self, path: &str) -> Option<&Value> {
        let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
        let value = self.0.iter().find_map(|(known, value)| (known == key).then_some(value))?;
        match (rest, value) {
            (None, value) => Some(value),
            (Some(rest), Value::Map(map)) => map.get(rest),
            _ => None,
        }
    }

    /// The text at a path; of anything else nothing.
    pub fn text(&self, path: &str) -> &str {
        match self.get(path) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }

    /// Gives a key another name, as a slip of the pen does.
    pub fn rename(&mut self, key: &str, to: &'static str) {
        for (known, _) in self.0.iter_mut().filter(|(known, _)| known == key) {
            *known = Cow::Borrowed(to);
        }
    }
}

/// A number with two digits after the point, without zeros at its end: `12.5` of 1250.
pub fn hundredths(amount: usize) -> Value {
    let text = format!("{}.{:02}", amount / 100, amount % 100);
    Value::Number(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}
