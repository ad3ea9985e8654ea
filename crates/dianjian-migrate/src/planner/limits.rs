//! Limits over the fleet after the move: who fits, who does not, and what is proposed.
//!
//! The limits are those of the rules that count shops, with the rules' own parameters. Who fits is decided in this
//! order: shops that the decisions file lets stay; shops that are in the new system already; trademark owners before
//! grants, higher grants before lower; larger sales; better scores; the order of the fleet.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::PlanningContext;
use super::decide::{DecidedShop, Hold};
use super::facts::{ShopFacts, fact_text};
use super::read::ReadShop;
use crate::decisions::Decisions;
use crate::language::ExcessPolicy;
use crate::migrations::{LimitPolicy, Migrations};
use crate::plan::{PlannedLimit, ShopOutcome};

/// A limit that is exceeded.
#[derive(Debug)]
pub(crate) struct OverfullLimit {
    /// As the plan reports it, without keys of shops.
    pub(crate) limit: PlannedLimit,
    /// Shops within the limit, in the order of precedence.
    pub(crate) fit: Vec<usize>,
    /// Shops beyond it.
    pub(crate) excess: Vec<usize>,
    /// The number of the task that the latter get.
    pub(crate) task: Option<usize>,
}

/// Finds the limits that are exceeded, and holds the shops that must not move for it.
pub(crate) fn exceeded(
    planning: &PlanningContext<'_>,
    shops: &[ReadShop<'_>],
    facts: &[ShopFacts],
    holds: &mut [Option<Hold>],
    decisions: &Decisions,
) -> Vec<OverfullLimit> {
    let rules = &planning.rules;
    let policy = |rule: usize| planning.migrations.limits.iter().find(|policy| policy.rule == rules.id(rule));
    let blocks = |rule: usize| policy(rule).is_some_and(|policy| policy.excess == ExcessPolicy::Blocked);
    let mut numbers: Vec<usize> = rules.count_rules.clone();
    // Rules that block shops go first: blocked shops do not count for the others.
    numbers.sort_by_key(|rule| (!blocks(*rule), *rule));
    let mut found: Vec<OverfullLimit> = Vec::new();
    for rule in numbers {
        for group in groups(shops, facts, holds, rule) {
            if group.members.len() as u64 <= group.limit {
                continue;
            }
            let (fit, excess) = divide(shops, facts, group.members, group.limit, decisions);
            if blocks(rule) {
                for at in &excess {
                    let moves = shops.get(*at).is_some_and(|shop| shop.outcome == ShopOutcome::Migrate);
                    if let Some(hold) = holds.get_mut(*at).filter(|_| moves) {
                        *hold = Some(Hold::OverLimit(found.len()));
                    }
                }
            }
            let first = fit.first().or(excess.first()).and_then(|at| facts.get(*at));
            found.push(OverfullLimit {
                limit: PlannedLimit {
                    rule: rules.id(rule).to_owned(),
                    subject: first.map(|facts| rules.limit_subject(rule, &facts.json)).unwrap_or_default(),
                    limit: group.limit,
                    count: (fit.len() + excess.len()) as u64,
                    fit: Vec::new(),
                    excess: Vec::new(),
                    proposal: policy(rule).map(|policy| policy.proposal.clone()),
                },
                fit,
                excess,
                task: policy(rule).map(|policy| policy.task),
            });
        }
    }
    found
}

/// Shops that move without the fields that a limit takes from those beyond it.
pub(crate) fn reductions<'m>(
    migrations: &'m Migrations,
    shops: &[DecidedShop<'_>],
    limits: &[OverfullLimit],
) -> BTreeMap<usize, &'m LimitPolicy> {
    let mut reductions = BTreeMap::new();
    for found in limits {
        let takes = |policy: &&LimitPolicy| policy.rule == found.limit.rule && !policy.without.is_empty();
        let Some(policy) = migrations.limits.iter().find(takes) else { continue };
        for at in found.excess.iter().filter(|at| shops.get(**at).is_some_and(DecidedShop::moves)) {
            reductions.entry(*at).or_insert(policy);
        }
    }
    reductions
}

/// Shops that share what a rule limits.
struct LimitGroup {
    members: Vec<usize>,
    /// The lowest limit of the members.
    limit: u64,
}

/// Groups in the order in which the fleet has their first members.
fn groups(shops: &[ReadShop<'_>], facts: &[ShopFacts], holds: &[Option<Hold>], rule: usize) -> Vec<LimitGroup> {
    let mut order: Vec<u64> = Vec::new();
    let mut groups: FxHashMap<u64, (LimitGroup, Vec<u64>)> = FxHashMap::default();
    for (at, ((shop, facts), hold)) in shops.iter().zip(facts).zip(holds).enumerate() {
        // The facts of a shop that was to move are those after the move, which do not count if it stays.
        if hold.is_some() || shop.outcome == ShopOutcome::Blocked {
            continue;
        }
        for share in facts.shares.iter().filter(|share| share.rule == rule) {
            let (group, mixed) = groups.entry(share.key).or_insert_with(|| {
                order.push(share.key);
                (LimitGroup { members: Vec::new(), limit: u64::MAX }, Vec::new())
            });
            group.members.push(at);
            group.limit = group.limit.min(share.limit);
            mixed.extend(share.mixed);
        }
    }
    let differ = |mixed: &[u64]| mixed.is_empty() || mixed.iter().any(|value| Some(value) != mixed.first());
    let groups = order.into_iter().filter_map(|key| groups.remove(&key));
    groups.filter(|(_, mixed)| differ(mixed)).map(|(group, _)| group).collect()
}

fn divide(
    shops: &[ReadShop<'_>],
    facts: &[ShopFacts],
    mut members: Vec<usize>,
    limit: u64,
    decisions: &Decisions,
) -> (Vec<usize>, Vec<usize>) {
    members.sort_by_cached_key(|at| {
        let (Some(shop), Some(facts)) = (shops.get(*at), facts.get(*at)) else { return (true, true, 9, 0, 0, *at) };
        let stays = decisions.stay.contains(at);
        let is_there = shop.outcome == ShopOutcome::Nothing;
        (!stays, !is_there, distance_from_brand(facts), -shop.gmv, -shop.score, *at)
    });
    let excess = members.split_off(usize::try_from(limit).unwrap_or(usize::MAX).min(members.len()));
    (members, excess)
}

/// How far the shop is from the brand: 0 for its owner.
fn distance_from_brand(facts: &ShopFacts) -> u8 {
    match fact_text(&facts.values(), "brand", "grant") {
        Some("owner") => 0,
        Some("exclusive") => 1,
        Some("first") => 2,
        Some("second") => 3,
        Some("third") => 4,
        _ => 5,
    }
}
