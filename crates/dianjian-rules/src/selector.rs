//! Selectors of rules: an id, or a pattern such as `naming/*`.

use dianjian_base::lang::{Text, did_you_mean};
use dianjian_base::{localized, text};
use globset::{Glob, GlobMatcher};

use crate::record::nearest;

/// A text that should name rules and does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum SelectorError {
    /// An id that is no rule's.
    UnknownRule { found: String, suggestion: Option<String> },
    /// A pattern that no rule's id matches.
    NoRuleMatches { found: String, suggestion: Option<String> },
    /// A pattern that cannot be compiled.
    Pattern { reason: String },
}

impl SelectorError {
    /// The error for an id that is no rule's.
    pub fn unknown_rule(found: &str, rules: &[&str]) -> Self {
        // A group's name alone, or a rule's name without its group, is the commonest slip.
        let group = rules.iter().any(|id| id.starts_with(found) && id[found.len()..].starts_with('/'));
        let suggestion = if group {
            Some(format!("{found}/*"))
        } else {
            let by_name = rules.iter().find(|id| id.rsplit('/').next() == Some(found));
            by_name.map(|id| (*id).to_owned()).or_else(|| nearest(found, rules.iter().copied()).map(str::to_owned))
        };
        Self::UnknownRule { found: found.to_owned(), suggestion }
    }

    fn no_rule_matches(found: &str, rules: &[&str]) -> Self {
        let group = found.split('/').next().unwrap_or_default();
        let groups = rules.iter().filter_map(|id| id.split('/').next());
        let suggestion =
            nearest(group, groups).filter(|near| *near != group).map(|near| found.replacen(group, near, 1));
        Self::NoRuleMatches { found: found.to_owned(), suggestion }
    }
}

localized! { SelectorError {
    Self::UnknownRule { found, suggestion } => {
        zh: "没有“{found}”这条规则",
        en: "there is no rule `{found}`",
        help: Some(suggestion.as_ref().map_or_else(list_of_rules, did_you_mean)),
    }
    Self::NoRuleMatches { found, suggestion } => {
        zh: "没有规则与“{found}”匹配",
        en: "no rule matches `{found}`",
        help: suggestion.as_ref().map(did_you_mean),
    }
    Self::Pattern { reason } => { zh: "匹配式有误：{reason}", en: "not a pattern: {reason}" }
} }

fn list_of_rules() -> Text {
    text! { zh: "用 dianjian rules list 查看全部规则。", en: "`dianjian rules list` shows all rules." }
}

/// An id or a pattern of ids.
#[derive(Debug, Clone)]
pub struct Selector {
    text: String,
    /// `None`: the text is an id.
    pattern: Option<GlobMatcher>,
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Selector {
    /// Reads an id or a pattern and makes sure that it means one of the rules.
    ///
    /// # Errors
    /// A pattern that is not one; an id or pattern that means no rule.
    pub fn new(text: &str, rules: &[&str]) -> Result<Self, SelectorError> {
        let pattern = if text.contains(['*', '?', '[', '{']) {
            let glob = Glob::new(text).map_err(|error| SelectorError::Pattern { reason: error.kind().to_string() })?;
            Some(glob.compile_matcher())
        } else {
            None
        };
        let selector = Self { text: text.to_owned(), pattern };
        if rules.iter().any(|id| selector.matches(id)) {
            return Ok(selector);
        }
        Err(if selector.is_id() {
            SelectorError::unknown_rule(text, rules)
        } else {
            SelectorError::no_rule_matches(text, rules)
        })
    }

    /// Whether it selects this rule.
    pub fn matches(&self, id: &str) -> bool {
        self.pattern.as_ref().map_or(self.text == id, |pattern| pattern.is_match(id))
    }

    /// Whether it is one rule's id rather than a pattern.
    pub const fn is_id(&self) -> bool {
        self.pattern.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&str; 3] = ["limits/shops-per-licence", "naming/length", "naming/unique"];

    fn suggestion(text: &str) -> Option<String> {
        match Selector::new(text, &RULES).unwrap_err() {
            SelectorError::UnknownRule { suggestion, .. } | SelectorError::NoRuleMatches { suggestion, .. } => {
                suggestion
            }
            other @ SelectorError::Pattern { .. } => panic!("{other}"),
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
        assert!(matches!(Selector::new("naming/[", &RULES), Err(SelectorError::Pattern { .. })));
    }
}
