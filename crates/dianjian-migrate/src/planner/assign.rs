//! Who gets which name: unique over the whole fleet, and as many shops as possible get their best.
//!
//! Names go in rounds. In the first, every shop asks for its best name, in the second those without one for their
//! second, and so on. Where several ask for one name it goes to the one that has it now, else to the one with fewer
//! other names, else to the one that stands first in the fleet. Who comes away with nothing gets a number behind its
//! best name. Pinned names go before all rounds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::fleet::{Shop, in_order};
use super::names::{NameChoices, NameSource, Namer, folded};
use super::target::NameTrial;
use crate::plan::ShopOutcome;
use dianjian_document::tree::Tree;

/// What a shop comes away with.
#[derive(Debug, Clone, Default)]
pub struct AssignedName {
    /// The name; absent: none was found.
    pub name: Option<String>,
    /// Was it pinned?
    pub pinned: bool,
    /// Rules that object to a pinned name, by number.
    pub against: Vec<usize>,
    /// Legal names that it did not get, with the shop that has them.
    pub taken: Vec<(String, usize)>,
}

/// Names of the whole fleet.
#[derive(Debug, Default)]
pub struct NameAssignment {
    /// By shop.
    pub given: Vec<AssignedName>,
    /// Shops that take a name which another one gives up: who, and from whom.
    pub waits: Vec<(usize, usize)>,
}

/// Names kept of those that others have.
const TAKEN_TOLD: usize = 4;

/// Numbers that are tried behind a name which rules object to with a number.
const NUMBERED_TRIES: usize = 3;

/// Gives every shop its name.
#[must_use]
pub fn assign(
    shops: &mut [Shop],
    pinned: &HashMap<usize, String>,
    namer: &Namer<'_, '_>,
    threads: usize,
) -> NameAssignment {
    let own = shops.iter().map(|shop| folded(&shop.name)).collect();
    let mut desk =
        NameRegistry { owners: FxHashMap::default(), given: vec![AssignedName::default(); shops.len()], own };
    for (at, shop) in shops.iter().enumerate() {
        if shop.outcome != ShopOutcome::Ends && !asks(shop) {
            desk.keep(at, shop);
        }
    }
    let mut order: Vec<usize> = pinned.keys().copied().collect();
    order.sort_unstable();
    for at in order {
        let (Some(shop), Some(name)) = (shops.get(at), pinned.get(&at)) else { continue };
        desk.pin(at, shop, name, namer);
    }
    let asking: Vec<usize> =
        (0..shops.len()).filter(|at| asks(&shops[*at]) && desk.given[*at].name.is_none()).collect();
    expand(shops, &asking, &desk, namer, threads);
    desk.rounds(shops, &asking);
    desk.number(shops, &asking, namer);
    let waits = desk.waits(shops);
    NameAssignment { given: desk.given, waits }
}

/// Does the shop get a name from the planner?
fn asks(shop: &Shop) -> bool {
    shop.outcome == ShopOutcome::Migrate
}

/// Shops that may keep their name have no others yet: those whose name others want too need some.
fn expand(shops: &mut [Shop], asking: &[usize], desk: &NameRegistry, namer: &Namer<'_, '_>, threads: usize) {
    let mut wanted: FxHashMap<String, u32> = FxHashMap::default();
    for (at, shop) in asking.iter().filter_map(|at| Some((*at, shops.get(*at)?))) {
        let best = match shop.names.legal.first() {
            _ if shop.keeps_name => Some(desk.own[at].clone()),
            best => best.map(|(name, _)| folded(name)),
        };
        best.into_iter().for_each(|name| *wanted.entry(name).or_default() += 1);
    }
    let contested = |at: usize| {
        let name = &desk.own[at];
        wanted.get(name).is_some_and(|wanted| *wanted > 1) || desk.owners.contains_key(name)
    };
    let few: Vec<usize> = asking
        .iter()
        .copied()
        .filter(|at| shops.get(*at).is_some_and(|shop| shop.keeps_name) && contested(*at))
        .collect();
    let mut more: Vec<NameChoices> = Vec::with_capacity(few.len());
    {
        let shops = &*shops;
        let work = |tree: &mut Tree, at: &usize| {
            let tried = |shop: &Shop| {
                namer.targets.trying(&shop.gist, tree, |trial| namer.names(trial, &shop.name, shop.avoid.as_ref()))
            };
            shops.get(*at).and_then(tried).unwrap_or_default()
        };
        in_order(&few, threads, &work, &mut |_, names| more.push(names));
    }
    for (at, names) in few.iter().zip(more) {
        if let Some(shop) = shops.get_mut(*at) {
            shop.names = names;
        }
    }
    for at in asking {
        if let Some(shop) = shops.get_mut(*at).filter(|shop| shop.keeps_name && shop.names.legal.is_empty()) {
            shop.names.legal.push((shop.name.clone(), NameSource::Old));
        }
    }
}

struct NameRegistry {
    /// Folded name to the shop that has it.
    owners: FxHashMap<String, usize>,
    given: Vec<AssignedName>,
    /// By shop: its old name, folded.
    own: Vec<String>,
}

impl NameRegistry {
    /// A shop that does not move keeps its name, legal or not.
    fn keep(&mut self, at: usize, shop: &Shop) {
        if shop.name.trim().is_empty() {
            return;
        }
        self.owners.entry(self.own[at].clone()).or_insert(at);
        if shop.keeps_name {
            self.given[at].name = Some(shop.name.clone());
        }
    }

    /// A pinned name: rules may object to it, another shop may not have it.
    fn pin(&mut self, at: usize, shop: &Shop, name: &str, namer: &Namer<'_, '_>) {
        let given = &mut self.given[at];
        given.pinned = true;
        let against = namer.targets.trying(&shop.gist, &mut Tree::new(), |trial| Namer::against(trial, name));
        given.against = against.unwrap_or_default();
        match self.owners.get(&folded(name)) {
            Some(owner) if *owner != at => given.taken.push((name.to_owned(), *owner)),
            _ => {
                self.owners.insert(folded(name), at);
                given.name = Some(name.to_owned());
            }
        }
    }

    fn rounds(&mut self, shops: &[Shop], asking: &[usize]) {
        let mut left: Vec<usize> = asking.to_vec();
        let most = asking.iter().filter_map(|at| shops.get(*at)).map(|shop| shop.names.legal.len()).max().unwrap_or(0);
        for round in 0..most {
            let mut wishes: Vec<(bool, usize, usize, String)> = left
                .iter()
                .filter_map(|at| {
                    let legal = &shops.get(*at)?.names.legal;
                    let name = folded(&legal.get(round)?.0);
                    Some((self.own[*at] != name, legal.len(), *at, name))
                })
                .collect();
            wishes.sort_unstable();
            for (_, _, at, folded) in wishes {
                let name = shops.get(at).and_then(|shop| shop.names.legal.get(round));
                if let Some((name, _)) = name {
                    self.give(at, name, folded);
                }
            }
            left.retain(|at| self.given[*at].name.is_none());
        }
    }

    fn give(&mut self, at: usize, name: &str, folded: String) {
        let given = &mut self.given[at];
        match self.owners.entry(folded) {
            Entry::Occupied(owner) => {
                if given.taken.len() < TAKEN_TOLD {
                    given.taken.push((name.to_owned(), *owner.get()));
                }
            }
            Entry::Vacant(free) => {
                free.insert(at);
                given.name = Some(name.to_owned());
            }
        }
    }

    /// Numbers behind the best names of those that came away with nothing.
    fn number(&mut self, shops: &mut [Shop], asking: &[usize], namer: &Namer<'_, '_>) {
        let mut next: FxHashMap<String, usize> = FxHashMap::default();
        let mut tree = Tree::new();
        for at in asking.iter().copied() {
            if self.given[at].name.is_some() {
                continue;
            }
            let Some(shop) = shops.get_mut(at) else { continue };
            let bases: Vec<String> = shop.names.legal.iter().map(|(name, _)| name.clone()).collect();
            let found = namer.targets.trying(&shop.gist, &mut tree, |trial| {
                bases.iter().find_map(|base| self.numbered(base, &mut next, trial))
            });
            if let Some(name) = found.flatten() {
                self.owners.insert(folded(&name), at);
                self.given[at].name = Some(name.clone());
                shop.names.legal.push((name, NameSource::Numbered));
            }
        }
    }

    fn numbered(
        &self,
        base: &str,
        next: &mut FxHashMap<String, usize>,
        trial: &NameTrial<'_, '_, '_>,
    ) -> Option<String> {
        let number = next.entry(folded(base)).or_insert(2);
        let mut tries = 0;
        loop {
            let name = Namer::numbered(base, *number);
            if self.owners.contains_key(&folded(&name)) {
                *number += 1;
                continue;
            }
            if Namer::is_legal(trial, &name) {
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
    fn waits(&self, shops: &[Shop]) -> Vec<(usize, usize)> {
        let mut now: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut takes: Vec<(usize, String)> = Vec::new();
        for (at, _) in shops.iter().enumerate().filter(|(_, shop)| asks(shop)) {
            let new = self.given[at].name.as_deref().map(folded).filter(|name| *name != self.own[at]);
            if let Some(new) = new {
                now.entry(&self.own[at]).or_default().push(at);
                takes.push((at, new));
            }
        }
        let mut waits = Vec::new();
        for (at, name) in takes {
            // All who have the name now must have given it up; their number is that of a name used twice, mostly one.
            let owners = now.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            waits.extend(owners.iter().filter(|owner| **owner != at).take(TAKEN_TOLD).map(|owner| (at, *owner)));
        }
        waits
    }
}
