//! Tasks of developers, run as `cargo xtask TASK`: what is generated, what CI checks, what is measured.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")
)]
#![allow(clippy::print_stdout, reason = "a task speaks to the developer who runs it")]

mod check;
mod codegen;
mod error;
mod house;
mod rule_pages;
mod test;

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Parser;
use error::TaskError;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Tasks of dianjian's developers")]
enum Task {
    /// Write what is generated: schemas, rule pages, completions
    Codegen {
        /// Write nothing; fail if a committed file is stale
        #[arg(long)]
        check: bool,
    },
    /// Run everything that CI runs: format, lints, names and sizes, generated files, tests
    Check {
        /// Test the page, too: `cargo xtask test` in place of `cargo test`
        #[arg(long)]
        page: bool,
    },
    /// Run the tests of the program, and those of its page in the system's Chromium (Node 20 is needed)
    Test,
    /// Run one of the benchmarks, or all of them
    Bench {
        /// A name such as `check` or `text`; absent: all
        name: Option<String>,
        /// Arguments of the benchmark
        #[arg(last = true)]
        args: Vec<String>,
    },
}

fn main() -> miette::Result<()> {
    match Task::parse() {
        Task::Codegen { check } => codegen::run(check)?,
        Task::Check { page } => check::run(page)?,
        Task::Test => test::run()?,
        Task::Bench { name, args } => bench(name.as_deref(), &args)?,
    }
    Ok(())
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn bench(name: Option<&str>, args: &[String]) -> Result<(), TaskError> {
    let mut cargo = vec!["bench"];
    match name {
        Some(name) => cargo.extend(["--bench", name]),
        None => cargo.push("--benches"),
    }
    if !args.is_empty() {
        cargo.push("--");
        cargo.extend(args.iter().map(String::as_str));
    }
    run_cargo(&cargo)
}

/// Runs cargo in the workspace with the terminal's own streams.
fn run_cargo(args: &[&str]) -> Result<(), TaskError> {
    run_cargo_with(args, None)
}

/// The same; `ocr`: the folder of models for tests that read words in pictures.
fn run_cargo_with(args: &[&str], ocr: Option<&Path>) -> Result<(), TaskError> {
    let mut cargo = Command::new(env!("CARGO"));
    if let Some(ocr) = ocr {
        cargo.env("DIANJIAN_TEST_OCR", ocr);
    }
    let status = cargo.args(args).current_dir(root()).stdin(Stdio::null()).status().map_err(TaskError::Start)?;
    if status.success() { Ok(()) } else { Err(TaskError::Failed { what: format!("cargo {}", args.join(" ")) }) }
}

/// Builds the program; [`dianjian`] runs it.
fn build_dianjian() -> Result<(), TaskError> {
    run_cargo(&["build", "--quiet", "--package", "dianjian"])
}

/// Runs the program, which lies beside this one, and gives what it prints.
fn dianjian(args: &[&str]) -> Result<String, TaskError> {
    let program = env::current_exe().map_err(TaskError::Start)?.with_file_name("dianjian");
    let mut command = Command::new(program.with_extension(env::consts::EXE_EXTENSION));
    let output = command.args(args).stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(TaskError::Start)?;
    if !output.status.success() {
        return Err(TaskError::Failed { what: format!("dianjian {}", args.join(" ")) });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
