//! What a check of a project begins with: its configuration, its inputs, its material, its known findings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::{Localized as _, Text};
use dianjian_document::problem::Problem;
use dianjian_document::source::MaterialUse;
use dianjian_engine::{Engine, Finding, Render, RunOptions};
use dianjian_project::config::ProjectPolicy;
use dianjian_project::{
    InputOptions, KnownFindings, KnownOptions, Project, ProjectOptions, RuleChoice, RunInputs, WorkingFolder,
};
use dianjian_rules::Pack;

use crate::names::named;
use crate::serve::{ScannerMaker, Served};
use crate::shown::ShownFinding;
use crate::store::ProjectRow;

/// How a project is checked.
#[derive(Debug, Clone, Default)]
pub struct CheckWish {
    /// The day, unless the project's configuration says one.
    pub as_of: Option<NaiveDate>,
    /// The system of shops that do not say it.
    pub system: Option<String>,
    /// Texts that stand for files, such as a line that is being typed.
    pub texts: BTreeMap<PathBuf, Arc<str>>,
}

/// What checks take from the program around them.
pub struct CheckBasis {
    /// The day that checks are made as of unless they say another.
    pub today: NaiveDate,
    /// The scanners of all checks.
    pub scanner: ScannerMaker,
}

impl std::fmt::Debug for CheckBasis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckBasis").field("today", &self.today).finish_non_exhaustive()
    }
}

/// A project that is ready to be checked.
#[derive(Debug)]
pub struct CheckSetup {
    pub project: Project,
    pub policy: ProjectPolicy,
    pub inputs: RunInputs,
    pub known: KnownFindings,
    pub options: RunOptions,
    /// What is wrong with the project itself.
    pub problems: Vec<Problem>,
}

impl CheckSetup {
    /// Loads a project.
    ///
    /// # Errors
    /// It cannot be loaded at all.
    pub fn load(row: &ProjectRow, wish: &CheckWish, served: &Served) -> Result<Self, Text> {
        let folder = served.folder(row);
        let options = ProjectOptions::new(WorkingFolder::elsewhere(&folder));
        let roles = served.store.roles(&row.id).unwrap_or_default();
        Self::of(&options, &roles, wish, &served.workbench.basis)
    }

    /// Loads a folder; `roles`: what files of it are material of.
    ///
    /// # Errors
    /// It cannot be loaded at all.
    pub fn of(
        options: &ProjectOptions,
        roles: &BTreeMap<String, String>,
        wish: &CheckWish,
        basis: &CheckBasis,
    ) -> Result<Self, Text> {
        let mut project = Project::load(options).map_err(|unloaded| unloaded.error.both())?;
        let (as_of, as_of_given) = project.as_of(wish.as_of, || basis.today);
        project.owns_baseline(None);
        let asked = InputOptions { system: wish.system.clone(), ..InputOptions::default() };
        let mut inputs = RunInputs::find_unless_broken(&asked, &mut project);
        let policy = project.policy(&RuleChoice::default()).map_err(|error| error.both())?;
        let known = KnownFindings::open(&KnownOptions::default(), as_of, &mut project).map_err(|error| error.both())?;
        let mut options = asked.run_options(&project.working, as_of);
        options.policy.as_of_given = as_of_given;
        options.policy.addresses_are_problems = project.addresses_are_problems();
        options.environment.scanner = (basis.scanner)(project.media_settings());
        let material = roles.iter().filter_map(|(path, of)| Some((Path::new(path), named::<MaterialUse>(of)?)));
        inputs.add_material(material, &project.working);
        options.environment.files = inputs.overlay(wish.texts.clone(), &project.working).confined();
        let problems = project.take_problems(&inputs);
        Ok(Self { project, policy, inputs, known, options, problems })
    }

    /// What would be found in one of the files, judged with the others as long as they are few.
    pub fn findings_in(mut self, name: &str) -> Vec<ShownFinding> {
        const FEW_BYTES: u64 = 8 << 20;
        if self.inputs.bytes() > FEW_BYTES {
            self.inputs.files.retain(|input| input.name == name);
        }
        let engine = Engine::new(&self.project.pack, &self.policy, self.options.clone());
        let shower = AllFindings { pack: &self.project.pack };
        let mut found = Vec::new();
        engine.run(&self.inputs.files, &shower, &|_| {}, &mut |item: Option<ShownFinding>| found.extend(item));
        found.retain(|finding| finding.head.place.path == name);
        (0..).zip(&mut found).for_each(|(n, finding)| finding.head.n = n);
        found
    }

    /// The other files of the project, which are no inputs.
    pub fn others(&self) -> Vec<String> {
        self.inputs.others(&InputOptions::default(), &self.project.working)
    }
}

/// Keeps every finding, and no problem.
struct AllFindings<'p> {
    pack: &'p Pack,
}

impl Render for AllFindings<'_> {
    type Out = Option<ShownFinding>;

    fn finding(&self, finding: Finding) -> Self::Out {
        Some(ShownFinding::of(0, &finding, self.pack))
    }

    fn problem(&self, _problem: Problem) -> Self::Out {
        None
    }
}
