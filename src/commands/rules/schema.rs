//! `dianjian rules schema`: JSON Schemas, generated from the types that files are read into.

use dianjian_engine::baseline::BaselineFile;
use dianjian_engine::shards::PartialHeader;
use dianjian_migrate::plan::Plan;
use dianjian_migrate::{DecisionsFile, MigrationFile, TaskFile};
use dianjian_rules::LexiconFile;
use dianjian_rules::language::{RuleFile, TableFile};
use dianjian_rules::record::{KindFile, MappingFile};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};

use crate::config::ConfigFile;
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    #[arg(value_enum, default_value_t)]
    file: SchemaName,
}

/// Files that have a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SchemaName {
    /// A rule, `rules/<id>.yaml`.
    #[default]
    Rule,
    /// A table, `rules/tables/<id>.yaml`.
    Table,
    /// A lexicon, `rules/lexicons/<name>.yaml`.
    Lexicon,
    /// A record kind, `rules/kinds/<kind>.yaml`.
    Kind,
    /// A mapping, `rules/mappings/<id>.yaml`.
    Mapping,
    /// The configuration, `dianjian.yaml`.
    Config,
    /// A baseline, `dianjian-baseline.json`.
    Baseline,
    /// What `check --format json` prints.
    Report,
    /// A migration, `rules/migrations/<id>.yaml`.
    Migration,
    /// A task of migrations, `rules/migrations/tasks/<id>.yaml`.
    Task,
    /// Decisions about a migration, for `migrate plan --decisions`.
    Decisions,
    /// A plan, as `migrate plan` writes it.
    Plan,
    /// The first line of a partial, as `check --shard` writes it.
    Partial,
}

impl SchemaName {
    /// The name on the command line and of the file in `schemas/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Table => "table",
            Self::Lexicon => "lexicon",
            Self::Kind => "kind",
            Self::Mapping => "mapping",
            Self::Config => "config",
            Self::Baseline => "baseline",
            Self::Report => "report",
            Self::Migration => "migration",
            Self::Task => "task",
            Self::Decisions => "decisions",
            Self::Plan => "plan",
            Self::Partial => "partial",
        }
    }
}

/// Prints the schema.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &SchemaArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    terminal.print(&schema(args.file))?;
    Ok(Exit::Clean)
}

/// The JSON Schema of a file, as it stands in `schemas/`.
pub fn schema(name: SchemaName) -> String {
    match name {
        SchemaName::Rule => generate::<RuleFile>(name),
        SchemaName::Table => generate::<TableFile>(name),
        SchemaName::Lexicon => generate::<LexiconFile>(name),
        SchemaName::Kind => generate::<KindFile>(name),
        SchemaName::Mapping => generate::<MappingFile>(name),
        SchemaName::Config => generate::<ConfigFile>(name),
        SchemaName::Baseline => generate::<BaselineFile>(name),
        SchemaName::Migration => generate::<MigrationFile>(name),
        SchemaName::Task => generate::<TaskFile>(name),
        SchemaName::Decisions => generate::<DecisionsFile>(name),
        SchemaName::Plan => generate::<Plan>(name),
        SchemaName::Partial => generate::<PartialHeader>(name),
        SchemaName::Report => super::list::pretty_json(&dianjian_report::json::schema()),
    }
}

fn generate<T: JsonSchema>(name: SchemaName) -> String {
    let mut schema = SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>();
    schema.insert("title".to_owned(), format!("dianjian: {}", name.name()).into());
    super::list::pretty_json(&schema)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn committed_schemas_are_those_of_the_types() {
        for name in SchemaName::value_variants().iter().copied() {
            let path = format!("{}/schemas/{}.schema.json", env!("CARGO_MANIFEST_DIR"), name.name());
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            let file = name.name();
            assert!(committed == schema(name), "stale: cargo run -- rules schema {file} > schemas/{file}.schema.json");
        }
    }
}
