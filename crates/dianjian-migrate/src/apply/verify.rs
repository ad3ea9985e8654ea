//! Checks the files of a plan as they are, and compares the findings with those that the plan foresaw.

use std::collections::{BTreeMap, BTreeSet};

use dianjian_base::{FileSystem, slashed};
use dianjian_document::problem::Problem;
use dianjian_document::source::{Format, Input, InputSource};
use dianjian_engine::SeverityPolicy;
use dianjian_rules::Pack;
use dianjian_rules::language::Severity;

use super::context::PlanContext;
use super::error::RunError;
use super::status::ShopState;
use crate::plan::Plan;
use crate::recheck::{RecheckRequest, ShopLocations, recheck};

/// How many findings a rule has in a shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingCount {
    /// The rule's id.
    pub rule: String,
    /// The severity, as reported.
    pub severity: Severity,
    /// The shop, by its number in the plan; `None`: about no shop of the plan, or about several.
    pub shop: Option<usize>,
    /// How many there are.
    pub findings: usize,
}

/// What a re-check of a plan's files has shown.
#[derive(Debug)]
pub struct VerifyReport {
    /// By shop, in the plan's order.
    pub states: Vec<ShopState>,
    /// The findings, compared with those that the plan foresaw.
    pub comparison: PlanComparison,
    /// What could not be checked.
    pub problems: Vec<Problem>,
}

impl PlanContext<'_> {
    /// The files that the plan was made of, named as findings name them.
    pub fn inputs(&self) -> Vec<Input> {
        let input = |path: &String| {
            let name = self.finding_name(path);
            let format = Format::of_path(name.as_ref());
            Input { source: InputSource::Path(name.clone().into()), name, format, explicit: false, material: None }
        };
        self.plan.inputs.iter().map(input).collect()
    }

    /// Checks the [inputs](Self::inputs) as they are with the whole pack, as of the cut-over; `progress` is called with
    /// the bytes read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn verify(
        &self,
        pack: &Pack,
        policy: &dyn SeverityPolicy,
        threads: usize,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<VerifyReport, RunError> {
        let states = self.status(&|_| {})?.shops;
        // Of a file that is in no known state nothing better is known than that its shops were applied.
        let is_applied = |shop: usize| !matches!(states.get(shop), Some(ShopState::NotApplied));
        let locations = ShopLocations::of_plan(self.plan, &is_applied, &|path| self.finding_name(path));
        let request = RecheckRequest {
            pack,
            policy,
            day: self.plan.cutover,
            roots: &[self.finding_name("").into()],
            system: self.plan.system.as_deref(),
            files: FileSystem::default(),
            threads,
        };
        let result = recheck(request, &self.inputs(), &locations, progress);
        let found = result.found.into_iter().map(|(finding, findings)| FindingCount {
            rule: finding.rule,
            severity: finding.severity,
            shop: finding.shop,
            findings,
        });
        let comparison = compare(self.plan, found);
        Ok(VerifyReport { states, comparison, problems: result.problems })
    }

    fn finding_name(&self, path: &str) -> String {
        let path = self.root.display_path(path);
        slashed(path.strip_prefix(".").unwrap_or(&path))
    }
}

/// The differences between a re-check and a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanComparison {
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
fn compare(plan: &Plan, found: impl IntoIterator<Item = FindingCount>) -> PlanComparison {
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
    let mut comparison = PlanComparison::default();
    for (id, rule) in rules {
        rule.compare(id, &mut comparison);
    }
    comparison
}

impl RuleComparison {
    fn compare(&self, id: &str, to: &mut PlanComparison) {
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
        let compared = compare(&plan(), [found("naming/length", Some(0), 2), found("naming/length", Some(1), 1)]);
        assert_eq!(compared, PlanComparison { planned: 3, ..PlanComparison::default() });
    }

    #[test]
    fn other_shops_other_rules_and_more_findings_are() {
        let all = [
            found("naming/length", Some(0), 3),
            found("naming/length", Some(1), 1),
            found("naming/length", Some(2), 1),
            found("other", None, 1),
        ];
        let compared = compare(&plan(), all);
        let expected = [found("naming/length", Some(2), 1), found("naming/length", None, 1), found("other", None, 1)];
        assert_eq!(compared.unplanned, expected);
        assert_eq!((compared.planned, compared.gone), (3, Vec::new()));
        let one = compare(&plan(), [found("naming/length", Some(0), 4)]);
        assert_eq!(one.unplanned, [found("naming/length", Some(0), 1)]);
    }

    #[test]
    fn what_people_have_done_is_gone() {
        let compared = compare(&plan(), [found("naming/length", Some(0), 1)]);
        assert_eq!(compared.unplanned, []);
        assert_eq!(compared.gone, [found("naming/length", Some(1), 1), found("naming/length", None, 1)]);
        let none = compare(&plan(), []);
        assert_eq!(none.gone.iter().map(|gone| gone.findings).sum::<usize>(), 3);
    }
}
