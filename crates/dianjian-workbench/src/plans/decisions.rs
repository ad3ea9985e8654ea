//! What people have decided about a plan: what goes into the decisions file, and what only the workbench knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::StatusCode;
use chrono::NaiveDate;
use dianjian_base::text;
use dianjian_document::source::SourceFile;
use dianjian_migrate::plan::Plan;
use dianjian_migrate::{DecisionsFile, read_decisions};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::no_shop;
use crate::api::ApiError;

/// Decisions about the shops of a plan, by their keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanDecisions {
    names: BTreeMap<String, String>,
    leave_out: BTreeSet<String>,
    /// Shops that move on a later day, and so not by this plan.
    postponed: BTreeMap<String, NaiveDate>,
    /// Shops whose part of the plan a person has approved. The planner does not ask.
    approved: BTreeSet<String>,
    stay: Vec<String>,
    options: Vec<ChosenOption>,
}

/// A choice that a migration leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ChosenOption {
    choice: String,
    option: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    shops: Option<Vec<String>>,
}

/// What `PUT …/decisions` takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecisionsBody {
    shops: BTreeMap<String, ShopDecision>,
    pub per_day: Option<u32>,
}

/// What is decided about one shop; what is absent stays.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ShopDecision {
    /// Empty: the planner picks one.
    name: Option<String>,
    leave_out: Option<bool>,
    postpone_to: Option<NaiveDate>,
    approve: Option<bool>,
}

impl PlanDecisions {
    /// What a decisions file of the command line says.
    ///
    /// # Errors
    /// It is none.
    pub fn of_yaml(yaml: &str) -> Result<Self, ApiError> {
        let source = Arc::new(SourceFile::new("decisions.yaml", yaml));
        let file = read_decisions(&source).map_err(|problems| super::make::problems(&problems))?;
        let all = |shops: &[dianjian_document::tree::Spanned<String>]| -> Vec<String> {
            shops.iter().map(|shop| shop.value.clone()).collect()
        };
        let options = file.options.iter().map(|decision| ChosenOption {
            choice: decision.choice.value.clone(),
            option: decision.option.value.clone(),
            shops: decision.shops.as_deref().map(all),
        });
        Ok(Self {
            names: file.names.iter().map(|(shop, name)| (shop.value.clone(), name.value.clone())).collect(),
            leave_out: all(&file.leave_out).into_iter().collect(),
            stay: all(&file.stay),
            options: options.collect(),
            ..Self::default()
        })
    }

    /// The decisions file that the planner reads.
    pub fn yaml(&self) -> String {
        let mut out = String::new();
        let mut line = |line: String| {
            let _ = writeln!(out, "{line}");
        };
        // JSON's scalars are YAML's, and none of them can be taken for anything but a text.
        line("names:".to_owned());
        self.names.iter().for_each(|(shop, name)| line(format!("  {}: {}", scalar(shop), scalar(name))));
        line("leave_out:".to_owned());
        let postponed = self.postponed.keys().filter(|shop| !self.leave_out.contains(*shop));
        self.leave_out.iter().chain(postponed).for_each(|shop| line(format!("  - {}", scalar(shop))));
        line("stay:".to_owned());
        self.stay.iter().for_each(|shop| line(format!("  - {}", scalar(shop))));
        line("options:".to_owned());
        for chosen in &self.options {
            line(format!("  - {}", serde_json::to_string(chosen).unwrap_or_default()));
        }
        out
    }

    /// The decisions as the planner takes them.
    ///
    /// # Errors
    /// As of [`Self::of_yaml`].
    pub fn file(&self) -> Result<(DecisionsFile, Arc<SourceFile>), ApiError> {
        let source = Arc::new(SourceFile::new("decisions.yaml", self.yaml()));
        let file = read_decisions(&source).map_err(|problems| super::make::problems(&problems))?;
        Ok((file, source))
    }

    /// The same with more decisions, and whether they need another plan.
    ///
    /// # Errors
    /// They name a shop that the plan does not have, or a day before it.
    pub fn with(&self, body: &DecisionsBody, plan: &Plan) -> Result<(Self, bool), ApiError> {
        let mut next = self.clone();
        for (key, decision) in &body.shops {
            if !plan.shops.iter().any(|shop| shop.key == *key) {
                return Err(no_shop(key));
            }
            next.decide(key, decision, plan.as_of)?;
        }
        let is_same = next.yaml() == self.yaml() && (body.per_day.is_none() || body.per_day == plan.per_day);
        Ok((next, !is_same))
    }

    fn decide(&mut self, key: &str, decision: &ShopDecision, as_of: NaiveDate) -> Result<(), ApiError> {
        if let Some(name) = decision.name.as_deref().map(str::trim) {
            match name {
                "" => self.names.remove(key),
                name => self.names.insert(key.to_owned(), name.to_owned()),
            };
        }
        if let Some(day) = decision.postpone_to {
            if day < as_of {
                return Err(ApiError::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "postponed-before",
                    text! {
                        zh: "{day} 早于计划日 {as_of}",
                        en: "{day} is before the day of the plan, {as_of}",
                    },
                ));
            }
            self.postponed.insert(key.to_owned(), day);
        }
        match decision.leave_out {
            Some(true) => {
                self.leave_out.insert(key.to_owned());
            }
            Some(false) => {
                self.leave_out.remove(key);
                self.postponed.remove(key);
            }
            None => {}
        }
        match decision.approve {
            Some(true) => self.approved.insert(key.to_owned()),
            Some(false) => self.approved.remove(key),
            None => false,
        };
        if self.is_left_out(key) {
            // A shop that does not move gets no name, and nothing of it is left to approve.
            self.names.remove(key);
            self.approved.remove(key);
            self.stay.retain(|shop| shop != key);
        }
        Ok(())
    }

    /// The same with a name for a shop.
    #[must_use]
    pub fn naming(&self, shop: &str, name: &str) -> Self {
        let mut next = self.clone();
        next.names.insert(shop.to_owned(), name.to_owned());
        next.leave_out.remove(shop);
        next.postponed.remove(shop);
        next
    }

    /// Takes back the approvals of shops of which the new plan says something else than what was approved.
    pub fn keep_approvals(&mut self, before: &Plan, after: &Plan) {
        let find = |plan: &Plan, key: &str| plan.shops.iter().find(|shop| shop.key == key).cloned();
        self.approved.retain(|key| match (find(before, key), find(after, key)) {
            (Some(before), Some(after)) => {
                before.outcome == after.outcome
                    && before.name.picked == after.name.picked
                    && before.changes == after.changes
                    && before.day == after.day
            }
            _ => false,
        });
    }

    /// Whether a shop does not move by this plan because a person said so.
    pub fn is_left_out(&self, shop: &str) -> bool {
        self.leave_out.contains(shop) || self.postponed.contains_key(shop)
    }

    /// The day to which a shop is put off.
    pub fn postponed(&self, shop: &str) -> Option<NaiveDate> {
        self.postponed.get(shop).copied().filter(|_| !self.leave_out.contains(shop))
    }

    /// `true`: approved; `false`: left out.
    pub fn approved(&self, shop: &str) -> Option<bool> {
        if self.is_left_out(shop) { Some(false) } else { self.approved.contains(shop).then_some(true) }
    }
}

fn scalar(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_survive_their_file() {
        let yaml =
            "names:\n  云山: \"云山: #1\"\nleave_out: [\"12\"]\nstay: [a]\noptions:\n  - {choice: a/b, option: c}\n";
        let decisions = PlanDecisions::of_yaml(yaml).unwrap();
        assert_eq!(PlanDecisions::of_yaml(&decisions.yaml()).unwrap(), decisions);
        assert_eq!(decisions.names["云山"], "云山: #1");
        assert!(decisions.is_left_out("12") && decisions.approved("12") == Some(false));
        assert_eq!(PlanDecisions::of_yaml(&PlanDecisions::default().yaml()).unwrap(), PlanDecisions::default());
    }

    #[test]
    fn taking_a_shop_back_ends_its_postponement() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let mut decisions = PlanDecisions::default();
        let later = ShopDecision { postpone_to: Some(day), approve: Some(true), ..ShopDecision::default() };
        decisions.decide("a", &later, day).unwrap();
        assert_eq!((decisions.postponed("a"), decisions.approved("a")), (Some(day), Some(false)));
        assert!(decisions.yaml().contains("\"a\""));
        let back = ShopDecision { leave_out: Some(false), ..ShopDecision::default() };
        decisions.decide("a", &back, day).unwrap();
        assert_eq!((decisions.postponed("a"), decisions.approved("a")), (None, None));
        assert!(decisions.decide("a", &later, day.succ_opt().unwrap()).is_err());
    }
}
