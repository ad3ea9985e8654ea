//! The decisions file: what people have decided about a plan before it is made.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use dianjian_document::problem::Problem;
use dianjian_document::source::SourceFile;
use dianjian_document::tree::Spanned;
use dianjian_rules::parse_one;
use dianjian_rules::record::nearest;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::error::{MigrationError, NameKind};
use crate::migrations::{Effect, EffectOption, Migrations};

/// Decisions about a fleet; shops are named by their keys in the plan, which are their own ids where they have one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecisionsFile {
    /// Names that shops get, by shop.
    #[serde(deserialize_with = "or_nothing")]
    #[schemars(with = "Option<HashMap<Spanned<String>, Spanned<String>>>")]
    pub names: HashMap<Spanned<String>, Spanned<String>>,
    /// Shops that do not move for now.
    #[serde(deserialize_with = "or_nothing")]
    #[schemars(with = "Option<Vec<Spanned<String>>>")]
    pub leave_out: Vec<Spanned<String>>,
    /// Shops that stay where a licence or a brand has too many.
    #[serde(deserialize_with = "or_nothing")]
    #[schemars(with = "Option<Vec<Spanned<String>>>")]
    pub stay: Vec<Spanned<String>>,
    /// What is chosen where a migration leaves a choice.
    #[serde(deserialize_with = "or_nothing")]
    #[schemars(with = "Option<Vec<OptionDecision>>")]
    pub options: Vec<OptionDecision>,
}

/// A key whose entries are all comments has no value, and decides nothing.
fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// One choice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionDecision {
    /// The choice: `<migration>/<effect>`, as plans name it.
    pub choice: Spanned<String>,
    /// What is chosen.
    pub option: Spanned<String>,
    /// For which shops; default: for all that have the choice.
    #[serde(default)]
    pub shops: Option<Vec<Spanned<String>>>,
}

/// Decisions about shops by their numbers in the fleet.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    /// Pinned names.
    pub(crate) names: HashMap<usize, String>,
    pub(crate) left_out: HashSet<usize>,
    /// Shops that take precedence where a limit is exceeded.
    pub(crate) stay: HashSet<usize>,
    /// Choice, option, and the shops that it is for; `None`: all.
    options: Vec<(String, String, Option<HashSet<usize>>)>,
}

/// Reads a decisions file; an empty one decides nothing.
///
/// # Errors
/// What is wrong with its form.
pub fn read_decisions(source: &Arc<SourceFile>) -> Result<DecisionsFile, Vec<Problem>> {
    if source.text().lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#')) {
        return Ok(DecisionsFile::default());
    }
    parse_one(source)
}

impl Decisions {
    /// Finds the shops and choices that a file names.
    pub(crate) fn resolve(
        file: &DecisionsFile,
        source: &Arc<SourceFile>,
        keys: &HashMap<&str, usize>,
        migrations: &Migrations,
    ) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut decisions = Self::default();
        let mut unknown = |kind: NameKind, name: &Spanned<String>, known: &mut dyn Iterator<Item = &str>| {
            let suggestion = nearest(&name.value, known).map(str::to_owned);
            let error = MigrationError::Unknown { kind, found: name.value.clone(), suggestion };
            problems.push(Problem::at(source, name.span, &error));
        };
        let mut shop = |name: &Spanned<String>| {
            let found = keys.get(name.value.as_str()).copied();
            if found.is_none() {
                unknown(NameKind::Shop, name, &mut keys.keys().copied());
            }
            found
        };
        decisions.left_out = file.leave_out.iter().filter_map(&mut shop).collect();
        decisions.stay = file.stay.iter().filter_map(&mut shop).collect();
        for (name, value) in &file.names {
            if let Some(shop) = shop(name) {
                decisions.names.insert(shop, value.value.trim().to_owned());
            }
        }
        for decision in &file.options {
            let shops = decision.shops.as_ref().map(|shops| shops.iter().filter_map(&mut shop).collect());
            decisions.options.push((decision.choice.value.clone(), decision.option.value.clone(), shops));
        }
        for decision in &file.options {
            let effects = || migrations.all.iter().flat_map(|migration| &migration.effects);
            let choices = || effects().filter(|effect| !effect.options.is_empty());
            match choices().find(|effect| effect.id == decision.choice.value) {
                None => unknown(NameKind::Choice, &decision.choice, &mut choices().map(|effect| effect.id.as_str())),
                Some(effect) if !effect.options.contains_key(&decision.option.value) => {
                    unknown(NameKind::Option, &decision.option, &mut effect.options.keys().map(String::as_str));
                }
                Some(_) => {}
            }
        }
        let chosen = file.options.iter().flat_map(|decision| decision.shops.iter().flatten());
        for name in file.names.keys().chain(&file.stay).chain(chosen) {
            if keys.get(name.value.as_str()).is_some_and(|shop| decisions.left_out.contains(shop)) {
                problems.push(Problem::at(source, name.span, &MigrationError::LeftOut { shop: name.value.clone() }));
            }
        }
        problems.sort_by_key(|problem| problem.place.as_ref().map(|(_, span)| span.start));
        (decisions, problems)
    }

    /// The option that is chosen for a shop; of several decisions the last one.
    pub(crate) fn option<'e>(&self, effect: &'e Effect, shop: usize) -> Option<&'e EffectOption> {
        let fits = |shops: &Option<HashSet<usize>>| shops.as_ref().is_none_or(|shops| shops.contains(&shop));
        let given = self.options.iter().rev().find(|(known, _, shops)| *known == effect.id && fits(shops));
        given.and_then(|(_, option, _)| effect.options.get(option))
    }
}
