//! What is read is read as it is meant; what is not, is said at its place.

mod answers;
mod cells;
mod ids;
mod mappings;
mod messages;
mod rules_that_never_fire;
mod scripts;
mod silencing;
mod workbooks;
mod yaml;

use crate::folder::{Folder, Ran};

/// The day of all checks here.
const AS_OF: &str = "2026-11-29";

impl Folder {
    /// A check of these files on a fixed day, a finding a line, in English.
    fn read_check(&self, args: &[&str]) -> Ran {
        let mut all = vec!["check", "--no-config", "--as-of", AS_OF, "--lang", "en", "--format", "short"];
        all.extend(args);
        self.run(&all)
    }
}

/// What a check of one file says.
fn checked(name: &str, content: impl AsRef<[u8]>) -> Ran {
    let folder = Folder::new();
    folder.write(name, content);
    folder.read_check(&[name])
}

/// The lines of a check that name something, in their order.
fn lines<'r>(ran: &'r Ran, what: &str) -> Vec<&'r str> {
    ran.out.lines().filter(|line| line.contains(what)).collect()
}
