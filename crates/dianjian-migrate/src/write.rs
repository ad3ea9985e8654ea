//! How a plan is laid out in its file: one entry a line, so that people and version control can compare plans.

use std::io::{self, Write};

use serde::Serialize;

use super::plan::Plan;

/// Writes a plan as JSON, one shop, task, file or finding a line.
///
/// # Errors
/// What the output says.
pub fn write(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines { out, first: true };
    lines.out.write_all(b"{")?;
    lines.field("format", &plan.format)?;
    lines.field("version", &plan.version)?;
    lines.field("id", &plan.id)?;
    lines.field("as_of", &plan.as_of)?;
    lines.field("cutover", &plan.cutover)?;
    lines.field("per_day", &plan.per_day)?;
    if plan.system.is_some() {
        lines.field("system", &plan.system)?;
    }
    lines.field("root", &plan.root)?;
    lines.list("inputs", &plan.inputs)?;
    lines.list("files", &plan.files)?;
    lines.list("shops", &plan.shops)?;
    lines.list("effects", &plan.effects)?;
    lines.list("tasks", &plan.tasks)?;
    lines.field("fleet", &plan.fleet)?;
    lines.list("remaining", &plan.remaining)?;
    lines.out.write_all(b"\n}\n")
}

struct Lines<'w> {
    out: &'w mut dyn Write,
    first: bool,
}

impl Lines<'_> {
    fn key(&mut self, key: &str) -> io::Result<()> {
        let comma = if std::mem::take(&mut self.first) { "" } else { "," };
        write!(self.out, "{comma}\n  \"{key}\": ")
    }

    fn field(&mut self, key: &str, value: &impl Serialize) -> io::Result<()> {
        self.key(key)?;
        Ok(serde_json::to_writer(&mut *self.out, value)?)
    }

    fn list(&mut self, key: &str, items: &[impl Serialize]) -> io::Result<()> {
        self.key(key)?;
        self.out.write_all(b"[")?;
        for (at, item) in items.iter().enumerate() {
            self.out.write_all(if at == 0 { b"\n    " } else { b",\n    " })?;
            serde_json::to_writer(&mut *self.out, item)?;
        }
        self.out.write_all(if items.is_empty() { b"]" } else { b"\n  ]" })
    }
}
