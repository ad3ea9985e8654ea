//! JSON through the public API: exactly what RFC 8259 allows, and nothing else.
//!
//! With `DIANJIAN_JSON_SUITE` set to the `test_parsing` folder of JSONTestSuite (or one laid out
//! like it: `y_*.json` valid, `n_*.json` invalid, `i_*.json` either), its files are run as well.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that fails should stop, and tell its figures"
)]

use std::path::Path;

use dianjian::document::{Format, Limits, Tree, parse};
use dianjian::source::{SourceFile, from_bytes};

/// Whether a text is one JSON value; every problem must have a place within the text.
fn accepts(text: &str) -> bool {
    let source = SourceFile::new("case.json", text);
    let mut documents = 0;
    let problems = parse(
        &source,
        Format::Json,
        &Limits::default(),
        &mut Tree::new(),
        &mut |_| documents += 1,
    );
    for problem in &problems {
        assert!(
            problem.span.end as usize <= text.len(),
            "{problem:?} of {text:?}"
        );
        assert!(
            text.is_char_boundary(problem.span.start as usize)
                && text.is_char_boundary(problem.span.end as usize)
        );
    }
    let fatal = problems.iter().any(|problem| problem.is_fatal());
    assert_eq!(documents == 1, !fatal, "{text:?}: {problems:?}");
    !fatal
}

#[test]
fn the_suite_given_by_the_environment_passes() {
    let Some(folder) = std::env::var_os("DIANJIAN_JSON_SUITE") else {
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut counts, mut failures) = ([0; 3], Vec::new());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let accepted = from_bytes(&name, bytes).is_ok_and(|source| accepts(source.text()));
        let (slot, wanted) = match name.as_bytes()[0] {
            b'y' => (0, Some(true)),
            b'n' => (1, Some(false)),
            _ => (2, None),
        };
        counts[slot] += 1;
        if wanted.is_some_and(|wanted| wanted != accepted) {
            failures.push(name);
        }
    }
    eprintln!(
        "valid {}, invalid {}, either {}; failed {}",
        counts[0],
        counts[1],
        counts[2],
        failures.len()
    );
    assert!(counts[0] > 0 && failures.is_empty(), "{failures:?}");
}
