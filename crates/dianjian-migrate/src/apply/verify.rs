//! Compares what a re-check found with what the plan said would remain.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::Plan;
use dianjian_rules::language::Severity;

/// How many findings a rule has in a shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingCount {
    /// The rule's id.
    pub rule: String,
    /// Its severity.
    pub severity: Severity,
    /// The shop, by its number in the plan; `None`: about no shop of the plan, or about several.
    pub shop: Option<usize>,
    /// Their number.
    pub findings: usize,
}

/// The differences between a re-check and a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Found, and not foreseen.
    pub unplanned: Vec<FindingCount>,
    /// Foreseen, and not found: people have done their tasks.
    pub gone: Vec<FindingCount>,
    /// How many findings were foreseen and found.
    pub planned: usize,
}

/// One rule's findings in the plan and in the re-check.
#[derive(Debug, Default)]
struct RuleComparison {
    severity: Option<Severity>,
    planned: usize,
    planned_shops: BTreeSet<usize>,
    found: BTreeMap<Option<usize>, usize>,
}

/// Compares findings with the plan, rule by rule and shop by shop; those of no shop, and further ones of shops that
/// the plan names, by their number.
#[must_use]
pub fn compare(plan: &Plan, found: impl IntoIterator<Item = FindingCount>) -> Verification {
    let numbers = plan.shop_numbers();
    let mut rules: BTreeMap<&str, RuleComparison> = BTreeMap::new();
    for remaining in &plan.remaining {
        let rule = rules.entry(&remaining.rule).or_default();
        rule.severity = rule.severity.max(Some(remaining.severity));
        rule.planned += remaining.findings;
        rule.planned_shops.extend(remaining.shops.iter().filter_map(|key| numbers.get(key.as_str())));
    }
    let found: Vec<FindingCount> = found.into_iter().collect();
    for one in &found {
        let rule = rules.entry(&one.rule).or_default();
        rule.severity = rule.severity.max(Some(one.severity));
        *rule.found.entry(one.shop).or_default() += one.findings;
    }
    let mut verification = Verification::default();
    for (id, rule) in rules {
        rule.compare(id, &mut verification);
    }
    verification
}

impl RuleComparison {
    fn compare(&self, id: &str, to: &mut Verification) {
        let Some(severity) = self.severity else { return };
        let count = |shop, findings| FindingCount { rule: id.to_owned(), severity, shop, findings };
        let is_planned = |shop: &Option<usize>| shop.is_none_or(|shop| self.planned_shops.contains(&shop));
        let unforeseen = self.found.iter().filter(|(shop, _)| !is_planned(shop));
        to.unplanned.extend(unforeseen.map(|(shop, findings)| count(*shop, *findings)));
        let known: usize = self.found.iter().filter(|(shop, _)| is_planned(shop)).map(|(_, findings)| findings).sum();
        let gone: Vec<usize> =
            self.planned_shops.iter().copied().filter(|shop| !self.found.contains_key(&Some(*shop))).collect();
        to.planned += known.min(self.planned);
        if known > self.planned {
            // Which shop has the further ones is only known if there is a single one.
            let mut shops = self.found.keys().filter(|shop| is_planned(shop));
            let only = shops.next().copied().flatten().filter(|_| shops.next().is_none());
            to.unplanned.push(count(only, known - self.planned));
        }
        let mut missing = self.planned.saturating_sub(known);
        for shop in gone {
            let findings = missing.min(1);
            missing -= findings;
            to.gone.push(count(Some(shop), 1));
        }
        if missing > 0 {
            to.gone.push(count(None, missing));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::RemainingFindings;
    use crate::plan::tests::{empty, shop};

    fn plan() -> Plan {
        let mut plan = empty();
        plan.shops = ["a", "b", "c"].iter().map(|key| shop(key, "a.yaml", Vec::new())).collect();
        plan.remaining.push(RemainingFindings {
            rule: "naming/length".to_owned(),
            severity: Severity::Error,
            shops: vec!["a".to_owned(), "b".to_owned()],
            findings: 3,
            tasks: vec!["t1".to_owned()],
        });
        plan
    }

    fn found(rule: &str, shop: Option<usize>, findings: usize) -> FindingCount {
        FindingCount { rule: rule.to_owned(), severity: Severity::Error, shop, findings }
    }

    #[test]
    fn what_the_plan_said_is_no_news() {
        let verdict = compare(&plan(), [found("naming/length", Some(0), 2), found("naming/length", Some(1), 1)]);
        assert_eq!(verdict, Verification { planned: 3, ..Verification::default() });
    }

    #[test]
    fn other_shops_other_rules_and_more_findings_are() {
        let all = [
            found("naming/length", Some(0), 3),
            found("naming/length", Some(1), 1),
            found("naming/length", Some(2), 1),
            found("other", None, 1),
        ];
        let verdict = compare(&plan(), all);
        let expected = [found("naming/length", Some(2), 1), found("naming/length", None, 1), found("other", None, 1)];
        assert_eq!(verdict.unplanned, expected);
        assert_eq!((verdict.planned, verdict.gone), (3, Vec::new()));
        let one = compare(&plan(), [found("naming/length", Some(0), 4)]);
        assert_eq!(one.unplanned, [found("naming/length", Some(0), 1)]);
    }

    #[test]
    fn what_people_have_done_is_gone() {
        let verdict = compare(&plan(), [found("naming/length", Some(0), 1)]);
        assert_eq!(verdict.unplanned, []);
        assert_eq!(verdict.gone, [found("naming/length", Some(1), 1), found("naming/length", None, 1)]);
        let none = compare(&plan(), []);
        assert_eq!(none.gone.iter().map(|gone| gone.findings).sum::<usize>(), 3);
    }
}
