//! By what records are told apart that others name: the same one by its id and by its name.

use dianjian_text::{Fold, fold, id_key};
use serde::{Deserialize, Serialize};

use super::kind::{Kind, Kinds, Slot};
use super::view::Record;

/// Which record is meant, whatever it is called by those that name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordIdentity {
    /// How `key` names it.
    scheme: IdentityScheme,
    /// In the form in which such keys are compared.
    key: String,
    /// What a name needs beside itself, such as the platform: ids of two platforms may be the same.
    beside: Option<Vec<String>>,
    /// What it is called in messages: several may have one name.
    pub display: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum IdentityScheme {
    Id,
    Name,
    /// As it is written where it is named: no record of it is known.
    Text,
}

impl RecordIdentity {
    /// That of a record: its id, else the name by which its kind is known. `None`: it has neither.
    pub fn of(kinds: &Kinds, record: &Record<'_>) -> Option<Self> {
        let kind = kinds.get(record.kind_index);
        let text = |slot: Slot| Some(record.slot(slot)?.text()?.trim().to_owned()).filter(|text| !text.is_empty());
        let (name, besides) = kind.names.first().and_then(|fields| fields.split_last()).unzip();
        let beside = besides.and_then(|besides| beside(besides.iter().map(|slot| text(*slot))));
        let name = name.and_then(|name| text(*name));
        let Some(id) = text(kind.id) else {
            let name = name?;
            let key = fold(&name, Fold::Name).as_str().to_owned();
            return Some(Self { scheme: IdentityScheme::Name, key, beside, display: name });
        };
        let (key, shown) = (kind.id_key(&id).into_owned(), id_key(&id));
        let display = match name {
            Some(name) if name != shown => format!("{name} ({shown})"),
            _ => shown.into_owned(),
        };
        Some(Self { scheme: IdentityScheme::Id, key, beside, display })
    }

    /// Of one of which there is no record: the text that names it, and what the record that says so says of itself.
    pub fn of_text(named: &Kind, own: &Kind, record: &Record<'_>, text: &str, by: Fold) -> Self {
        let besides =
            named.names.first().and_then(|fields| fields.split_last()).map_or(&[][..], |(_, besides)| besides);
        let of_own = |slot: &Slot| {
            let (own, _) = own.field(&named.fields.get(usize::from(*slot))?.path)?;
            Some(record.slot(own)?.text()?.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let display = id_key(text).into_owned();
        let key = fold(&display, by).as_str().to_owned();
        Self { scheme: IdentityScheme::Text, key, beside: beside(besides.iter().map(of_own)), display }
    }

    /// What tells it apart.
    pub fn key(&self) -> impl std::hash::Hash + '_ {
        (self.scheme, &self.key, &self.beside)
    }

    /// About the memory that it takes beyond itself, in bytes.
    pub fn bytes(&self) -> usize {
        let beside = self.beside.iter().flatten().map(|text| size_of::<String>() + text.len()).sum::<usize>();
        self.key.len() + self.display.len() + beside
    }

    /// The one that is meant by a name that leads to both; `None` where these are two.
    #[must_use]
    pub fn joined(self, other: &Self) -> Option<Self> {
        let is_other = |known: &Option<Vec<String>>, other: &Option<Vec<String>>| {
            known.as_ref().zip(other.as_ref()).is_some_and(|(known, other)| known != other)
        };
        if is_other(&self.beside, &other.beside) || self.scheme == other.scheme && self.key != other.key {
            return None;
        }
        let beside = self.beside.clone().or_else(|| other.beside.clone());
        // Of a list with ids and one without, the first says more.
        let best = if other.scheme < self.scheme { other.clone() } else { self };
        Some(Self { beside, ..best })
    }
}

/// All of them, or nothing where one is absent or there are none.
fn beside(texts: impl Iterator<Item = Option<String>>) -> Option<Vec<String>> {
    texts.collect::<Option<Vec<String>>>().filter(|texts| !texts.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(scheme: IdentityScheme, key: &str, system: Option<&str>) -> RecordIdentity {
        let beside = system.map(|system| vec![system.to_owned()]);
        RecordIdentity { scheme, key: key.to_owned(), beside, display: key.to_owned() }
    }

    #[test]
    fn two_records_are_one_unless_they_say_different_things() {
        use IdentityScheme::{Id, Name};
        let joined = |one: &RecordIdentity, other: &RecordIdentity| {
            let both = one.clone().joined(other);
            assert_eq!(both, other.clone().joined(one));
            both
        };
        let full = identity(Id, "s1", Some("douyin"));
        assert_eq!(joined(&full, &full), Some(full.clone()));
        assert_eq!(joined(&full, &identity(Id, "s1", None)), Some(full.clone()));
        assert_eq!(joined(&full, &identity(Name, "云山店", None)), Some(full.clone()));
        assert_eq!(joined(&identity(Id, "s1", None), &identity(Name, "云山店", Some("douyin"))), Some(full.clone()));
        assert_eq!(joined(&full, &identity(Id, "s1", Some("jd"))), None);
        assert_eq!(joined(&full, &identity(Id, "s2", Some("douyin"))), None);
        assert_eq!(joined(&full, &identity(Name, "云山店", Some("jd"))), None);
    }
}
