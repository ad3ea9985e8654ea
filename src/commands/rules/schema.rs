//! `dianjian rules schema`: JSON Schemas, generated from the types that files are read into and from the kinds of the pack.

use dianjian_engine::baseline::BaselineFile;
use dianjian_engine::shards::PartialHeader;
use dianjian_migrate::plan::Plan;
use dianjian_migrate::{DecisionsFile, MigrationFile, TaskFile};
use dianjian_rules::LexiconFile;
use dianjian_rules::language::{RuleFile, TableFile};
use dianjian_rules::record::{KindFile, Kinds, MappingFile, nearest, record_schema, records_schema};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};

use crate::commands::pretty_json;
use crate::error::CliError;
use crate::exit::Exit;
use crate::project::ProjectArgs;
use crate::terminal::Terminal;
use dianjian_project::config::ConfigFile;

#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    #[arg(default_value = "rule")]
    file: String,
    #[command(flatten)]
    project: ProjectArgs,
}

/// What stands for records of any kind.
const RECORDS: &str = "records";

/// Writes a schema under a title.
type SchemaWriter = fn(&str) -> String;

/// Files that have a schema, by the name on the command line, which is also that of the file in `schemas/`.
const SCHEMAS: [(&str, SchemaWriter); 15] = [
    ("rule", generate::<RuleFile>),
    ("table", generate::<TableFile>),
    ("lexicon", generate::<LexiconFile>),
    ("kind", generate::<KindFile>),
    ("mapping", generate::<MappingFile>),
    ("config", generate::<ConfigFile>),
    ("baseline", generate::<BaselineFile>),
    // What `check --format json` prints; its types are borrowed and have a title of their own.
    ("report", |_| pretty_json(&dianjian_report::json::schema())),
    // What `inventory --format json` prints.
    ("inventory", |_| pretty_json(&dianjian_report::inventory::schema())),
    ("migration", generate::<MigrationFile>),
    ("task", generate::<TaskFile>),
    ("decisions", generate::<DecisionsFile>),
    ("plan", generate::<Plan>),
    // The first line of what `check --shard` writes.
    ("partial", generate::<PartialHeader>),
    // The interface of `serve`, of which no file is one.
    ("openapi", |_| dianjian_workbench::openapi()),
];

/// Prints the JSON Schema of a sort of file, or of the records of a kind.
///
/// # Errors
/// A name that is no sort of file and no kind; the output cannot be written.
pub fn run(args: &SchemaArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let text = match SCHEMAS.iter().find(|(name, _)| *name == args.file) {
        Some((name, schema)) => schema(name),
        None => of_records(&args.file, &args.project.load(terminal)?.pack.kinds)?,
    };
    terminal.print(&text)?;
    Ok(Exit::Clean)
}

fn of_records(name: &str, kinds: &Kinds) -> Result<String, CliError> {
    if name == RECORDS {
        return Ok(pretty_json(&records_schema(kinds)));
    }
    match kinds.find(name) {
        Some(kind) => Ok(pretty_json(&record_schema(kinds, kind))),
        None => Err(unknown(name, kinds)),
    }
}

fn unknown(name: &str, kinds: &Kinds) -> CliError {
    let files = SCHEMAS.iter().map(|(name, _)| *name).chain([RECORDS]);
    let known: Vec<&str> = files.chain(kinds.iter().map(|kind| &*kind.name)).collect();
    let suggestion = nearest(name, known.iter().copied()).map(str::to_owned);
    CliError::NoSchema { found: name.to_owned(), suggestion, known: known.join(", ") }
}

fn generate<T: JsonSchema>(name: &str) -> String {
    let mut schema = SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>();
    schema.insert("title".to_owned(), format!("dianjian: {name}").into());
    pretty_json(&schema)
}

#[cfg(test)]
mod tests {
    use dianjian_rules::PackBuilder;

    use super::*;

    #[test]
    fn committed_schemas_are_those_of_the_types() {
        for (file, schema) in SCHEMAS {
            let name = if file == "openapi" { "openapi.json".to_owned() } else { format!("{file}.schema.json") };
            let path = format!("{}/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == schema(file), "stale: cargo run -- rules schema {file} > schemas/{name}");
        }
    }

    #[test]
    fn committed_schemas_of_records_are_those_of_the_kinds() {
        let (pack, _) = PackBuilder::default().shipped().build();
        for name in pack.kinds.iter().map(|kind| &*kind.name).chain([RECORDS]) {
            let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            let made = of_records(name, &pack.kinds).unwrap();
            assert!(committed == made, "stale: cargo run -- rules schema {name} > schemas/{name}.schema.json");
        }
    }
}
