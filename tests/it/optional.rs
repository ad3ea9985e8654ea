//! A harness for tests that need what is not installed everywhere: without it they are told as ignored, not as passed.

use std::panic::catch_unwind;
use std::process::ExitCode;

/// A test by its name.
pub type NamedTest = (&'static str, fn());

/// Runs the tests whose names hold one of the arguments, as `cargo test` expects it; `missing`: why none can be run.
pub fn run(tests: &[NamedTest], missing: Option<&str>) -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| args.iter().any(|arg| arg == name);
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |name: &str| match (wanted.as_slice(), flag("--exact")) {
        ([], _) => true,
        (wanted, true) => wanted.iter().any(|wanted| *wanted == name),
        (wanted, false) => wanted.iter().any(|wanted| name.contains(wanted.as_str())),
    };
    let tests: Vec<_> = tests.iter().filter(|(name, _)| is_wanted(name)).collect();
    if flag("--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let mut failed = 0;
    println!("\nrunning {} tests", tests.len());
    for (name, test) in &tests {
        let outcome = match missing {
            Some(reason) => format!("ignored, {reason}"),
            None if catch_unwind(test).is_ok() => "ok".to_owned(),
            None => "FAILED".to_owned(),
        };
        failed += usize::from(outcome == "FAILED");
        println!("test {name} ... {outcome}");
    }
    let (ran, result) = (if missing.is_none() { tests.len() } else { 0 }, if failed == 0 { "ok" } else { "FAILED" });
    let ignored = tests.len() - ran;
    println!("\ntest result: {result}. {} passed; {failed} failed; {ignored} ignored\n", ran - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
