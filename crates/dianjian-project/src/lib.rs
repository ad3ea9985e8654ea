//! What every door begins with: a project's configuration and pack, its inputs, what is known of it already, and the loop that
//! turns a run into counts. The command line, a server and a language server each add only how they ask and how they show.
//!
//! # A tour
//! - [`Project::load`] reads `dianjian.yaml` ([`config`]) and builds the pack. Mistakes in files become problems of the project,
//!   so that the rest is used; only a mistake in the [`ProjectOptions`] is an error.
//! - [`Project::policy`] gives the severities of the project ([`ProjectPolicy`](config::ProjectPolicy)), [`RunInputs::find`] the
//!   files, [`KnownFindings::open`] the baseline, [`ReportFilter`] what reports list.
//! - [`CheckRun`] puts them together. [`CheckRun::run`] hands what a door makes of each finding to its consumer, in the order
//!   of the inputs, and counts: what is known, silenced, hidden, fixable, a gap. [`CheckTotals::verdict`] is what a run amounts to.
//!
//! Nothing here knows a terminal, reads a clock or variables of the environment, or asks for the working directory of the
//! process: a server holds several projects at once, each with its own [`WorkingFolder`].
//!
//! ```
//! use dianjian_base::in_order::ForEach;
//! use dianjian_engine::{Finding, Render, RunOptions};
//! use dianjian_document::problem::Problem;
//! use dianjian_project::{CheckRun, CheckVerdict, InputOptions, KnownFindings, KnownOptions, Project, ProjectOptions, ReportFilter};
//! use dianjian_project::{RuleChoice, RunInputs, WorkingFolder};
//!
//! /// What a door shows of a finding.
//! struct RuleIds;
//!
//! impl Render for RuleIds {
//!     type Out = String;
//!
//!     fn finding(&self, finding: Finding) -> String {
//!         finding.rule.id.clone()
//!     }
//!
//!     fn problem(&self, problem: Problem) -> String {
//!         problem.message.en
//!     }
//! }
//!
//! # let folder = tempfile::tempdir()?;
//! # std::fs::write(folder.path().join("shop.yaml"), "kind: Shop\nid: yunshan\nsystem: weixin-store\nname: 云山旗舰店\n")?;
//! let working = WorkingFolder::elsewhere(folder.path());
//! let mut project = Project::load(&ProjectOptions::new(working))?;
//! let policy = project.policy(&RuleChoice::default())?;
//! let asked = InputOptions::default();
//! let inputs = RunInputs::find(&asked, &mut project);
//! let day = "2026-11-22".parse()?;
//! let mut known = KnownFindings::open(&KnownOptions::default(), day, &mut project)?;
//! let (filter, options) = (ReportFilter::default(), asked.run_options(&project.working, day));
//! let problems = project.take_problems(&inputs);
//! let run = CheckRun::new(&project, &policy, &filter, &inputs, &options).with_problems(&problems);
//!
//! let mut rules = Vec::new();
//! let totals = run.run(None, &mut known, &RuleIds, &mut ForEach(|id| rules.push(id)));
//! assert_eq!(totals.verdict(), CheckVerdict::Findings);
//! assert!(rules.contains(&"naming/store-type-words".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

mod check;
pub mod config;
mod error;
mod filter;
mod inputs;
mod known;
mod project;
mod working;

pub use check::{CheckRun, CheckTotals, CheckVerdict};
pub use error::{ProjectError, ProjectOption};
pub use filter::{Listing, ReportFilter};
pub use inputs::{InputOptions, RunInputs, is_same_file};
pub use known::{BaselineChange, KnownFindings, KnownOptions};
pub use project::{DEFAULT_BASELINE, Project, ProjectNote, ProjectOptions, RuleChoice, UnloadedProject};
pub use working::WorkingFolder;
