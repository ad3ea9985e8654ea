//! Who gets which name: unique over the whole fleet, and as many shops as possible get their best.
//!
//! Names go in rounds. In the first, every shop asks for its best name, in the second those without one for their
//! second, and so on. Where several ask for one name it goes to the one that has it now, else to the one with fewer
//! other names, else to the one that comes first in the fleet. Shops that get none of their names get a number behind
//! their best one. Pinned names go before all rounds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use dianjian_document::tree::Tree;
use rustc_hash::FxHashMap;

use super::PlanningContext;
use super::decide::{DecidedFleet, DecidedShop};
use super::names::{NameChoices, NameSource, TriedNames, folded, numbered};
use super::scan::in_order;
use crate::plan::ShopOutcome;

/// The name that a shop gets.
#[derive(Debug, Clone, Default)]
pub(crate) struct AssignedName {
    /// Absent: none was found.
    pub(crate) name: Option<String>,
    pub(crate) is_pinned: bool,
    /// Numbers of the rules that forbid a pinned name.
    pub(crate) forbidden_by: Vec<usize>,
    /// The rule for which a pinned name may not have what it has of a brand.
    pub(crate) barred_by: Option<usize>,
    /// Legal names that it did not get, with the shop that has them.
    pub(crate) taken: Vec<(String, usize)>,
}

/// Names of the whole fleet.
#[derive(Debug, Default)]
pub(crate) struct NameAssignment {
    /// By shop.
    pub(crate) assigned: Vec<AssignedName>,
    /// By shop: the names that were considered.
    pub(crate) choices: Vec<NameChoices>,
    /// Shops that take a name which another one gives up: who, and from whom.
    pub(crate) waits: Vec<(usize, usize)>,
}

/// Taken names that are kept of a shop.
const TAKEN_KEPT: usize = 4;

/// Numbers that are tried behind a name before another one is.
const NUMBERED_TRIES: usize = 3;

impl PlanningContext<'_> {
    /// Gives every shop its name.
    pub(crate) fn assign_names(
        &self,
        fleet: &DecidedFleet<'_>,
        mut tried: Vec<TriedNames>,
        pinned: &HashMap<usize, String>,
    ) -> NameAssignment {
        let shops = &fleet.shops;
        let own = shops.iter().map(|shop| folded(&shop.read.name)).collect();
        let assigned = vec![AssignedName::default(); shops.len()];
        let mut registry = NameRegistry { owners: FxHashMap::default(), assigned, own };
        for (at, (shop, tried)) in shops.iter().zip(&tried).enumerate() {
            if shop.outcome == ShopOutcome::Ends {
                // A shop that is being closed has its name until it is closed, but gets none from the plan.
                if !shop.read.is_closed {
                    registry.keep(at, &shop.read.name, false);
                }
            } else if shop.outcome == ShopOutcome::Outside {
                // Names are unique on one platform; what the shop is called on another takes none.
                registry.assigned[at].name = Some(shop.read.name.clone());
            } else if !shop.moves() {
                registry.keep(at, &shop.read.name, tried.keeps);
            }
        }
        let mut order: Vec<usize> = pinned.keys().copied().collect();
        order.sort_unstable();
        for at in order {
            let (Some(facts), Some(name)) = (fleet.facts.get(at), pinned.get(&at)) else { continue };
            let found = self.rules.with_facts(&facts.json, &mut Tree::new(), |trial| {
                let terms = self.brand_terms(&shops[at], trial);
                let is_old = *name == shops[at].read.name;
                let is_barred = if is_old { terms.forbid_old(name) } else { terms.forbid(name) };
                (trial.forbidden_by(name), is_barred.then_some(terms.rule()))
            });
            registry.pin(at, name, found.unwrap_or_default());
        }
        let asking: Vec<usize> =
            (0..shops.len()).filter(|at| shops[*at].moves() && registry.assigned[*at].name.is_none()).collect();
        self.add_choices(fleet, &asking, &registry, &mut tried);
        let mut choices: Vec<NameChoices> = tried.into_iter().map(|tried| tried.choices).collect();
        registry.rounds(&choices, &asking);
        // The next number by base: in a fleet of thousands with one name, each would start at 2 again.
        let (mut next, mut tree) = (FxHashMap::default(), Tree::new());
        for at in asking {
            if registry.assigned[at].name.is_some() {
                continue;
            }
            let found = self.rules.with_facts(&fleet.facts[at].json, &mut tree, |trial| {
                // A shop may keep a name with a brand, but a number makes it a new one.
                let terms = self.brand_terms(&shops[at], trial);
                let mut bases = choices[at].legal.iter().map(|(base, _)| base);
                bases.find_map(|base| {
                    registry.numbered(base, &mut next, &|name| trial.is_legal(name) && !terms.forbid(name))
                })
            });
            if let Some(name) = found.flatten() {
                registry.owners.insert(folded(&name), at);
                registry.assigned[at].name = Some(name.clone());
                choices[at].legal.push((name, NameSource::Numbered));
            }
        }
        // What another shop has or gets is no choice any more.
        for (at, choices) in choices.iter_mut().enumerate() {
            choices.legal.retain(|(name, _)| registry.owners.get(&folded(name)).is_none_or(|owner| *owner == at));
        }
        let waits = registry.waits(shops);
        NameAssignment { assigned: registry.assigned, choices, waits }
    }

    /// Shops that may keep their name have no other choices yet: those whose name others want too need some.
    fn add_choices(
        &self,
        fleet: &DecidedFleet<'_>,
        asking: &[usize],
        registry: &NameRegistry,
        tried: &mut [TriedNames],
    ) {
        let mut wanted: FxHashMap<String, u32> = FxHashMap::default();
        for at in asking {
            let best = match tried[*at].choices.legal.first() {
                _ if tried[*at].keeps => Some(registry.own[*at].clone()),
                best => best.map(|(name, _)| folded(name)),
            };
            best.into_iter().for_each(|name| *wanted.entry(name).or_default() += 1);
        }
        let is_contested = |at: usize| {
            let name = &registry.own[at];
            wanted.get(name).is_some_and(|wanted| *wanted > 1) || registry.owners.contains_key(name)
        };
        let keeping = || asking.iter().copied().filter(|at| tried[*at].keeps);
        let contested: Vec<usize> = keeping().filter(|at| is_contested(*at)).collect();
        let keeping: Vec<usize> = keeping().collect();
        let work = |tree: &mut Tree, at: &usize| self.name_choices(&fleet.shops[*at], &fleet.facts[*at].json, tree);
        in_order(&contested, self.request.threads, &work, &mut |number, choices| {
            tried[contested[number]].choices = choices;
        });
        for at in keeping {
            let legal = &mut tried[at].choices.legal;
            if legal.is_empty() {
                legal.push((fleet.shops[at].read.name.clone(), NameSource::Old));
            }
        }
    }
}

struct NameRegistry {
    /// Folded name to the shop that has it.
    owners: FxHashMap<String, usize>,
    /// By shop.
    assigned: Vec<AssignedName>,
    /// By shop: its old name, folded.
    own: Vec<String>,
}

impl NameRegistry {
    /// A shop that does not move keeps its name, legal or not.
    fn keep(&mut self, at: usize, name: &str, is_legal: bool) {
        if name.trim().is_empty() {
            return;
        }
        self.owners.entry(self.own[at].clone()).or_insert(at);
        if is_legal {
            self.assigned[at].name = Some(name.to_owned());
        }
    }

    /// A pinned name is assigned even if rules forbid it, but not if another shop has it.
    fn pin(&mut self, at: usize, name: &str, (forbidden_by, barred_by): (Vec<usize>, Option<usize>)) {
        let assigned = &mut self.assigned[at];
        assigned.is_pinned = true;
        (assigned.forbidden_by, assigned.barred_by) = (forbidden_by, barred_by);
        match self.owners.get(&folded(name)) {
            Some(owner) if *owner != at => assigned.taken.push((name.to_owned(), *owner)),
            _ => {
                self.owners.insert(folded(name), at);
                assigned.name = Some(name.to_owned());
            }
        }
    }

    fn rounds(&mut self, choices: &[NameChoices], asking: &[usize]) {
        let mut left: Vec<usize> = asking.to_vec();
        let most = asking.iter().map(|at| choices[*at].legal.len()).max().unwrap_or(0);
        for round in 0..most {
            let mut wishes: Vec<(bool, usize, usize, String)> = left
                .iter()
                .filter_map(|at| {
                    let legal = &choices[*at].legal;
                    let name = folded(&legal.get(round)?.0);
                    Some((self.own[*at] != name, legal.len(), *at, name))
                })
                .collect();
            wishes.sort_unstable();
            for (_, _, at, folded) in wishes {
                if let Some((name, _)) = choices[at].legal.get(round) {
                    self.give(at, name, folded);
                }
            }
            left.retain(|at| self.assigned[*at].name.is_none());
        }
    }

    fn give(&mut self, at: usize, name: &str, folded: String) {
        let assigned = &mut self.assigned[at];
        match self.owners.entry(folded) {
            Entry::Occupied(owner) => {
                if assigned.taken.len() < TAKEN_KEPT {
                    assigned.taken.push((name.to_owned(), *owner.get()));
                }
            }
            Entry::Vacant(free) => {
                free.insert(at);
                assigned.name = Some(name.to_owned());
            }
        }
    }

    fn numbered(
        &self,
        base: &str,
        next: &mut FxHashMap<String, usize>,
        is_legal: &dyn Fn(&str) -> bool,
    ) -> Option<String> {
        let number = next.entry(folded(base)).or_insert(2);
        let mut tries = 0;
        loop {
            let name = numbered(base, *number);
            if self.owners.contains_key(&folded(&name)) {
                *number += 1;
                continue;
            }
            if is_legal(&name) {
                *number += 1;
                return Some(name);
            }
            tries += 1;
            if tries >= NUMBERED_TRIES {
                return None;
            }
            *number += 1;
        }
    }

    /// Who takes a name that another shop has now and gives up.
    fn waits(&self, shops: &[DecidedShop<'_>]) -> Vec<(usize, usize)> {
        let mut now: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut takes: Vec<(usize, String)> = Vec::new();
        for (at, _) in shops.iter().enumerate().filter(|(_, shop)| shop.moves()) {
            let new = self.assigned[at].name.as_deref().map(folded).filter(|name| *name != self.own[at]);
            if let Some(new) = new {
                now.entry(&self.own[at]).or_default().push(at);
                takes.push((at, new));
            }
        }
        let mut waits = Vec::new();
        for (at, name) in takes {
            // Every shop that has the name now must give it up first. Mostly it is one; a few stand for many.
            let owners = now.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            waits.extend(owners.iter().filter(|owner| **owner != at).take(TAKEN_KEPT).map(|owner| (at, *owner)));
        }
        waits
    }
}
