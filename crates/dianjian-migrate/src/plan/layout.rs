//! A plan as JSON: one entry a line in its file, so that people and version control can compare plans, and
//! canonical for its digest.

use std::io::{self, BufWriter, Write};

use dianjian_base::hex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Plan;

impl Plan {
    /// Writes the plan's file: each shop, task, file and finding on a line of its own.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.lay_out(FieldWriter { out, is_canonical: false, is_first: true })
    }

    /// SHA-256 (lower-case hex) of the canonical bytes: all fields but `id`, in the order of the form, as JSON
    /// without white space. How the file itself is laid out does not matter.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        // Neither these types nor a hash can fail to be written.
        let _ = self.lay_out(FieldWriter { out: &mut BufWriter::new(&mut hasher), is_canonical: true, is_first: true });
        hex(&hasher.finalize())
    }

    fn lay_out(&self, mut to: FieldWriter<'_>) -> io::Result<()> {
        to.out.write_all(b"{")?;
        to.field("format", &self.format)?;
        to.field("version", &self.version)?;
        if !to.is_canonical {
            to.field("id", &self.id)?;
        }
        to.field("as_of", &self.as_of)?;
        to.field("cutover", &self.cutover)?;
        to.field("per_day", &self.per_day)?;
        if self.system.is_some() {
            to.field("system", &self.system)?;
        }
        to.field("root", &self.root)?;
        to.list("inputs", &self.inputs)?;
        to.list("files", &self.files)?;
        to.list("shops", &self.shops)?;
        to.list("effects", &self.effects)?;
        to.list("tasks", &self.tasks)?;
        to.field("fleet", &self.fleet)?;
        to.list("remaining", &self.remaining)?;
        to.out.write_all(if to.is_canonical { b"}" } else { b"\n}\n" })?;
        to.out.flush()
    }
}

struct FieldWriter<'w> {
    out: &'w mut dyn Write,
    /// Without white space, for the digest.
    is_canonical: bool,
    is_first: bool,
}

impl FieldWriter<'_> {
    fn key(&mut self, key: &str) -> io::Result<()> {
        let comma = if std::mem::take(&mut self.is_first) { "" } else { "," };
        if self.is_canonical {
            write!(self.out, "{comma}\"{key}\":")
        } else {
            write!(self.out, "{comma}\n  \"{key}\": ")
        }
    }

    fn field(&mut self, key: &str, value: &impl Serialize) -> io::Result<()> {
        self.key(key)?;
        Ok(serde_json::to_writer(&mut *self.out, value)?)
    }

    fn list(&mut self, key: &str, items: &[impl Serialize]) -> io::Result<()> {
        if self.is_canonical {
            return self.field(key, &items);
        }
        self.key(key)?;
        self.out.write_all(b"[")?;
        for (at, item) in items.iter().enumerate() {
            self.out.write_all(if at == 0 { b"\n    " } else { b",\n    " })?;
            serde_json::to_writer(&mut *self.out, item)?;
        }
        self.out.write_all(if items.is_empty() { b"]" } else { b"\n  ]" })
    }
}
