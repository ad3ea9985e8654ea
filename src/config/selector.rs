//! What names rules: an id, or a pattern such as `naming/*`.

use globset::{Glob, GlobMatcher};

use super::error::ConfigError;
use crate::record::kind::nearest;

/// An id or a pattern of ids.
#[derive(Debug, Clone)]
pub struct Selector {
    text: String,
    /// `None`: the text is an id.
    pattern: Option<GlobMatcher>,
}

impl Selector {
    /// Reads an id or a pattern and makes sure that it means one of the rules.
    ///
    /// # Errors
    /// A pattern that is not one; an id or pattern that means no rule.
    pub fn new(text: &str, rules: &[&str]) -> Result<Self, ConfigError> {
        let pattern = if text.contains(['*', '?', '[', '{']) {
            let glob = Glob::new(text).map_err(|error| ConfigError::Pattern { reason: error.kind().to_string() })?;
            Some(glob.compile_matcher())
        } else {
            None
        };
        let selector = Self { text: text.to_owned(), pattern };
        if rules.iter().any(|id| selector.matches(id)) {
            return Ok(selector);
        }
        Err(if selector.is_id() { unknown_rule(text, rules) } else { no_match(text, rules) })
    }

    /// Does it mean this rule?
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        self.pattern.as_ref().map_or(self.text == id, |pattern| pattern.is_match(id))
    }

    /// Is it one rule's id rather than a pattern?
    #[must_use]
    pub const fn is_id(&self) -> bool {
        self.pattern.is_none()
    }
}

/// The error for an id that is no rule's.
#[must_use]
pub fn unknown_rule(found: &str, rules: &[&str]) -> ConfigError {
    // A group's name alone, or a rule's name without its group, is the commonest slip.
    let group = rules.iter().any(|id| id.starts_with(found) && id[found.len()..].starts_with('/'));
    let suggestion = if group {
        Some(format!("{found}/*"))
    } else {
        let by_name = rules.iter().find(|id| id.rsplit('/').next() == Some(found));
        by_name.map(|id| (*id).to_owned()).or_else(|| nearest(found, rules.iter().copied()).map(str::to_owned))
    };
    ConfigError::UnknownRule { found: found.to_owned(), suggestion }
}

fn no_match(found: &str, rules: &[&str]) -> ConfigError {
    let group = found.split('/').next().unwrap_or_default();
    let groups = rules.iter().filter_map(|id| id.split('/').next());
    let suggestion = nearest(group, groups).filter(|near| *near != group).map(|near| found.replacen(group, near, 1));
    ConfigError::NoRuleMatches { found: found.to_owned(), suggestion }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&str; 3] = ["limits/shops-per-licence", "naming/length", "naming/unique"];

    fn suggestion(text: &str) -> Option<String> {
        match Selector::new(text, &RULES).unwrap_err() {
            ConfigError::UnknownRule { suggestion, .. } | ConfigError::NoRuleMatches { suggestion, .. } => suggestion,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn ids_and_patterns_match() {
        let id = Selector::new("naming/length", &RULES).unwrap();
        assert!(id.is_id() && id.matches("naming/length") && !id.matches("naming/unique"));
        let group = Selector::new("naming/*", &RULES).unwrap();
        assert!(!group.is_id() && group.matches("naming/unique") && !group.matches("limits/shops-per-licence"));
    }

    #[test]
    fn what_means_no_rule_is_refused_with_a_guess() {
        assert_eq!(suggestion("naming/lenght").as_deref(), Some("naming/length"));
        assert_eq!(suggestion("unique").as_deref(), Some("naming/unique"));
        assert_eq!(suggestion("naming").as_deref(), Some("naming/*"));
        assert_eq!(suggestion("namng/*").as_deref(), Some("naming/*"));
        assert_eq!(suggestion("quite-other"), None);
        assert!(matches!(Selector::new("naming/[", &RULES), Err(ConfigError::Pattern { .. })));
    }
}
