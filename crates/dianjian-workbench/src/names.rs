//! The names of values in addresses and in the store: those by which they are written as JSON, so that there is one list of
//! them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The name of a value.
pub fn name_of(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        // Only what is written as a text has a name.
        _ => String::new(),
    }
}

/// The value of a name.
pub fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Facet, FindingOrder, RunState};

    #[test]
    fn names_lead_back_to_their_values() {
        for state in [RunState::Running, RunState::Done, RunState::Stopped, RunState::Failed] {
            assert_eq!(named(&name_of(state)), Some(state));
        }
        assert_eq!(Facet::ALL.map(name_of)[0], "severity");
        assert_eq!(named("shop"), Some(FindingOrder::Shop));
        assert_eq!(named::<FindingOrder>("Shop"), None);
    }
}
