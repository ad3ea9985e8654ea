//! Second stage: what is done with each shop in the end, after decisions and limits over the fleet.

use std::ops::Range;

use super::PlanningContext;
use super::facts::ShopFacts;
use super::limits::{self, OverfullLimit};
use super::names::LostBrand;
use super::read::{ReadFleet, ReadShop};
use super::scan::FleetChunk;
use crate::decisions::Decisions;
use crate::error::PlanningError;
use crate::migrations::{Effect, LimitPolicy, MigrationTask};
use crate::plan::ShopOutcome;

/// A shop with what is done with it.
#[derive(Debug)]
pub(crate) struct DecidedShop<'m> {
    /// Names the shop in the plan.
    pub(crate) key: String,
    pub(crate) read: ReadShop<'m>,
    pub(crate) outcome: ShopOutcome,
    pub(crate) hold: Option<Hold>,
    /// Set if it moves without the fields that a limit takes from it; `read` is then the shop without them.
    pub(crate) reduction: Option<Reduction<'m>>,
}

/// Why a shop stays although its migration would move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// The decisions file leaves it out.
    LeftOut,
    /// It is beyond a limit that blocks: a number in [`DecidedFleet::limits`].
    OverLimit(usize),
}

/// The fields that a limit takes from a shop which moves nevertheless.
#[derive(Debug)]
pub(crate) struct Reduction<'m> {
    pub(crate) policy: &'m LimitPolicy,
    pub(crate) lost_brand: Option<LostBrand>,
}

/// A fleet with what is done with each shop.
#[derive(Debug)]
pub(crate) struct DecidedFleet<'m> {
    pub(crate) shops: Vec<DecidedShop<'m>>,
    /// By shop.
    pub(crate) facts: Vec<ShopFacts>,
    pub(crate) chunks: Vec<(FleetChunk, Range<usize>)>,
    pub(crate) limits: Vec<OverfullLimit>,
}

impl<'m> DecidedShop<'m> {
    fn new(key: String, read: ReadShop<'m>, hold: Option<Hold>) -> Self {
        let outcome = match hold {
            None => read.outcome,
            Some(Hold::LeftOut) => ShopOutcome::Stays,
            Some(Hold::OverLimit(_)) => ShopOutcome::Blocked,
        };
        Self { key, read, outcome, hold, reduction: None }
    }

    pub(crate) fn moves(&self) -> bool {
        self.outcome == ShopOutcome::Migrate
    }

    /// The system that it will be in.
    pub(crate) fn target_system(&self) -> &str {
        let deciding = self.read.applicable.deciding.filter(|_| self.hold.is_none());
        deciding.and_then(|deciding| deciding.to.as_deref()).unwrap_or(&self.read.system)
    }

    /// A shop that is left out has no effects; one beyond a limit shows what it will have once people have decided.
    pub(crate) fn effects(&self) -> &[&'m Effect] {
        if self.hold == Some(Hold::LeftOut) { &[] } else { &self.read.applicable.effects }
    }

    /// As [`Self::effects`].
    pub(crate) fn tasks(&self) -> &[&'m MigrationTask] {
        if self.hold == Some(Hold::LeftOut) { &[] } else { &self.read.applicable.tasks }
    }

    pub(crate) fn lost_brand(&self) -> Option<&LostBrand> {
        self.reduction.as_ref()?.lost_brand.as_ref()
    }
}

impl PlanningContext<'_> {
    /// Decides on every shop; `keys` are the shops' keys in the plan.
    ///
    /// # Errors
    /// Two migrations decide on one shop once a limit has taken something from it.
    pub(crate) fn decide<'m>(
        &'m self,
        fleet: ReadFleet<'m>,
        keys: Vec<String>,
        decisions: &Decisions,
    ) -> Result<DecidedFleet<'m>, PlanningError> {
        let ReadFleet { shops, mut facts, chunks, .. } = fleet;
        let left_out = |at: usize, shop: &ReadShop<'_>| {
            (shop.outcome == ShopOutcome::Migrate && decisions.left_out.contains(&at)).then_some(Hold::LeftOut)
        };
        let mut holds: Vec<Option<Hold>> = shops.iter().enumerate().map(|(at, shop)| left_out(at, shop)).collect();
        let limits = limits::exceeded(self, &shops, &facts, &mut holds, decisions);
        let named = shops.into_iter().zip(keys).zip(holds);
        let mut shops: Vec<DecidedShop<'m>> =
            named.map(|((read, key), hold)| DecidedShop::new(key, read, hold)).collect();
        let reductions = limits::reductions(&self.migrations, &shops, &limits);
        for (at, read, reduced_facts) in self.read_without(&chunks, &reductions)? {
            let (Some(policy), Some(shop), Some(facts)) = (reductions.get(&at), shops.get_mut(at), facts.get_mut(at))
            else {
                continue;
            };
            let rule = self.rules.number(&policy.rule);
            let lost_brand = rule.and_then(|rule| LostBrand::new(rule, facts, &reduced_facts, &self.trade_names));
            *facts = reduced_facts;
            let key = std::mem::take(&mut shop.key);
            *shop =
                DecidedShop { reduction: Some(Reduction { policy, lost_brand }), ..DecidedShop::new(key, read, None) };
        }
        Ok(DecidedFleet { shops, facts, chunks, limits })
    }
}
