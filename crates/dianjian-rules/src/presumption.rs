//! What a rule presumes of its records: where they do not say it, a finding holds only if it is so.

use dianjian_base::lang::Text;

use crate::check::SlotPath;
use crate::eval::EvalContext;
use crate::record::Slot;
use crate::ruleset::Rule;

/// A field that a rule presumes to have one of some values.
#[derive(Debug)]
pub struct Presumption {
    /// Where a record may say it: itself, or the record that it belongs to. INVARIANT: not empty.
    pub(crate) places: Vec<SlotPath>,
    /// The slot of the record's own field.
    pub(crate) own: Option<Slot>,
    /// The values that the rule speaks of.
    pub(crate) values: Vec<String>,
    /// All values that the field can have: any other text says nothing.
    pub(crate) known: Vec<String>,
    /// The condition in words, which a finding begins with where nothing says the value.
    pub(crate) clause: Text,
}

/// Whether a record is as a rule presumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presumed {
    /// It says so, or its file can be of nothing else.
    Said,
    /// Nothing says so, and nothing else.
    Unsaid,
    /// It says that it is not.
    Contradicted,
    /// A record that it names may say it, and is not known yet.
    Unknown,
}

impl EvalContext<'_, '_> {
    pub(crate) fn presumed(&self, presumption: &Presumption) -> Presumed {
        let mut is_said = false;
        for value in presumption.places.iter().filter_map(|place| self.field(place)) {
            let Some(text) = value.text().filter(|text| presumption.known.iter().any(|known| known == text)) else {
                continue;
            };
            if !presumption.values.iter().any(|meant| *meant == text) {
                return Presumed::Contradicted;
            }
            is_said = true;
        }
        if is_said {
            return Presumed::Said;
        }
        let by_file = self.presumed_by_file(presumption);
        // What several records say differently stays unknown.
        let is_unknown = |place: &SlotPath| match self.is_final {
            true => self.is_disputed_at(place),
            false => self.is_unknown(place),
        };
        let waits = presumption.places.iter().any(is_unknown);
        if waits && by_file == Presumed::Unsaid { Presumed::Unknown } else { by_file }
    }

    /// Of a field that nothing says: what the layout of the file leaves open.
    fn presumed_by_file(&self, presumption: &Presumption) -> Presumed {
        let among = presumption.own.and_then(|slot| self.record.among(slot)).unwrap_or_default();
        match among.iter().filter(|value| presumption.values.contains(value)).count() {
            _ if among.is_empty() => Presumed::Unsaid,
            0 => Presumed::Contradicted,
            meant if meant == among.len() => Presumed::Said,
            _ => Presumed::Unsaid,
        }
    }

    /// What findings of a rule hold on here: the words to begin with; `None` where the record says all of it.
    pub fn proviso(&self, rule: &Rule) -> Option<Text> {
        let unsaid = rule.presumes.iter().filter(|presumption| self.presumed(presumption) == Presumed::Unsaid);
        unsaid
            .map(|presumption| presumption.clause.clone())
            .reduce(|first, next| Text { zh: first.zh + &next.zh, en: first.en + &next.en })
    }
}
