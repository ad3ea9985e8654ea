//! A plan for people to read, one file a format. Terminals show it in their own way; `pieces` and `timeline` have what all
//! formats have in common.

mod calendar;
mod html;
mod markdown;
pub mod pieces;
mod spreadsheet;
mod table;
pub mod timeline;

pub use calendar::ics;
pub use html::html;
pub use markdown::markdown;
pub use spreadsheet::xlsx;
pub use table::csv;

use crate::plan::{Plan, PlannedShop};

/// A plan, and those of its shops that are displayed.
#[derive(Debug)]
pub struct PlanView<'s> {
    #[expect(missing_docs, reason = "named by its type")]
    pub plan: &'s Plan,
    /// Those that were chosen, in their order, or all in the order of the plan.
    pub shops: Vec<&'s PlannedShop>,
    /// Whether shops were chosen. Everything about the whole fleet is left out then.
    pub chosen: bool,
    /// Whether texts leave out what each shop is: neither some shops nor all of them were asked for.
    pub folded: bool,
}

impl<'s> PlanView<'s> {
    /// A plan with all its shops.
    pub fn all(plan: &'s Plan) -> Self {
        Self { plan, shops: plan.shops.iter().collect(), chosen: false, folded: false }
    }
}
