//! Limits over the fleet after the move: who fits, who does not, and what is proposed.
//!
//! The limits are those of the rules that count shops, with the rules' own parameters. Who fits is decided in this
//! order: shops that the decisions file lets stay; shops that are in the new system already; trademark owners before
//! grants, higher grants before lower; larger sales; better scores; the order of the fleet.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::fleet::Shop;
use super::target::CutoverRules;
use crate::compile::Migrations;
use crate::decisions::Decisions;
use crate::language::ExcessPolicy;
use crate::plan::{PlannedLimit, ShopOutcome};
use dianjian_document::tree::Tree;

/// A limit that is exceeded.
#[derive(Debug)]
pub struct ExceededLimit {
    /// As the plan tells it, without keys of shops.
    pub limit: PlannedLimit,
    /// Shops that fit.
    pub fit: Vec<usize>,
    /// Shops that do not.
    pub excess: Vec<usize>,
    /// The task that the latter get, by number.
    pub task: Option<usize>,
}

/// Finds the limits that are exceeded; shops that must not move for it are blocked.
pub fn exceeded(
    shops: &mut [Shop],
    targets: &CutoverRules<'_>,
    migrations: &Migrations,
    decisions: &Decisions,
) -> Vec<ExceededLimit> {
    let mut found = Vec::new();
    let act = |rule: usize| {
        let id = targets.rules.rules.get(rule).map(|rule| rule.info.id.as_str()).unwrap_or_default();
        migrations.limits.iter().find(|act| act.rule == id)
    };
    let blocks = |rule: usize| act(rule).is_some_and(|act| act.excess == ExcessPolicy::Blocked);
    let mut rules: Vec<usize> = targets.count_rules.clone();
    // What blocks shops goes first: blocked shops do not count any more.
    rules.sort_by_key(|rule| (!blocks(*rule), *rule));
    for rule in rules {
        for (key, members) in groups(shops, rule) {
            let Some(limit) = members.iter().filter_map(|at| part(shops, *at, rule, key)).min() else { continue };
            if members.len() as u64 <= limit {
                continue;
            }
            let (fit, excess) = divide(shops, members, limit, decisions);
            if blocks(rule) {
                for at in &excess {
                    if let Some(shop) = shops.get_mut(*at).filter(|shop| shop.outcome == ShopOutcome::Migrate) {
                        block(shop);
                    }
                }
            }
            let first = fit.first().or(excess.first()).and_then(|at| shops.get(*at));
            let subject = first.map(|shop| targets.key_text(rule, &shop.gist, &mut Tree::new())).unwrap_or_default();
            found.push(ExceededLimit {
                limit: PlannedLimit {
                    rule: targets.rules.rules.get(rule).map(|rule| rule.info.id.clone()).unwrap_or_default(),
                    subject,
                    limit,
                    count: (fit.len() + excess.len()) as u64,
                    fit: Vec::new(),
                    excess: Vec::new(),
                    proposal: act(rule).map(|act| act.proposal.clone()),
                },
                fit,
                excess,
                task: act(rule).map(|act| act.task),
            });
        }
    }
    found
}

/// Shops that move without what a limit takes from those beyond it, each with the limit's number in
/// [`Migrations::limits`].
#[must_use]
pub fn lessened(shops: &[Shop], exceeded: &[ExceededLimit], migrations: &Migrations) -> BTreeMap<usize, usize> {
    let mut lessened = BTreeMap::new();
    for found in exceeded {
        let act = migrations.limits.iter().position(|act| act.rule == found.limit.rule && !act.without.is_empty());
        for at in &found.excess {
            let moves = shops.get(*at).is_some_and(|shop| shop.outcome == ShopOutcome::Migrate);
            if let Some(act) = act.filter(|_| moves) {
                lessened.entry(*at).or_insert(act);
            }
        }
    }
    lessened
}

/// A blocked shop stays as it is.
pub fn block(shop: &mut Shop) {
    shop.outcome = ShopOutcome::Blocked;
    shop.to.clone_from(&shop.from);
    shop.fields.clear();
}

fn part(shops: &[Shop], at: usize, rule: usize, key: u64) -> Option<u64> {
    let parts = &shops.get(at)?.parts;
    parts.iter().find(|part| part.rule == rule && part.key == key).map(|part| part.limit)
}

/// Shops by what the rule limits, in the order of the fleet.
fn groups(shops: &[Shop], rule: usize) -> Vec<(u64, Vec<usize>)> {
    let mut order: Vec<u64> = Vec::new();
    let mut groups: FxHashMap<u64, (Vec<usize>, Vec<u64>)> = FxHashMap::default();
    for (at, shop) in shops.iter().enumerate() {
        // The gist of a shop that does not move is that of the shop as it is.
        for part in shop.parts.iter().filter(|part| part.rule == rule && counts(shop)) {
            let (members, mixed) = groups.entry(part.key).or_insert_with(|| {
                order.push(part.key);
                Default::default()
            });
            members.push(at);
            mixed.extend(part.mixed);
        }
    }
    let differ = |mixed: &[u64]| mixed.is_empty() || mixed.iter().any(|value| Some(value) != mixed.first());
    order
        .into_iter()
        .filter_map(|key| {
            let (members, mixed) = groups.remove(&key)?;
            differ(&mixed).then_some((key, members))
        })
        .collect()
}

/// A shop that was to move and does not is counted as what it was, which these parts do not speak of.
fn counts(shop: &Shop) -> bool {
    shop.outcome != ShopOutcome::Blocked
}

fn divide(shops: &[Shop], mut members: Vec<usize>, limit: u64, decisions: &Decisions) -> (Vec<usize>, Vec<usize>) {
    members.sort_by_cached_key(|at| {
        let Some(shop) = shops.get(*at) else { return (true, true, 9, 0, 0, *at) };
        let stays = decisions.stay.contains(at);
        let there = shop.outcome == ShopOutcome::Nothing;
        (!stays, !there, grant(&shop.gist), -shop.gmv, -shop.score, *at)
    });
    let excess = members.split_off(usize::try_from(limit).unwrap_or(usize::MAX).min(members.len()));
    (members, excess)
}

/// How near the shop is to the brand: 0 for its owner.
fn grant(gist: &str) -> u8 {
    let gist: serde_json::Value = serde_json::from_str(gist).unwrap_or_default();
    match gist.get("brand").and_then(|brand| brand.get("grant")).and_then(serde_json::Value::as_str) {
        Some("owner") => 0,
        Some("exclusive") => 1,
        Some("first") => 2,
        Some("second") => 3,
        Some("third") => 4,
        _ => 5,
    }
}
