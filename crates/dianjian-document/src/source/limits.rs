//! How much is read before an input is refused.

/// Bounds that keep hostile or mistaken input from taking the machine's memory or time.
///
/// The defaults are far above any believable shop file. Reaching one is a located problem; the
/// other files, and where possible the other documents of the same file, are still read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file that is read whole.
    pub file_bytes: u64,
    /// Collections inside one another, aliases followed.
    pub depth: usize,
    /// Nodes of one document as written.
    pub nodes: usize,
    /// Bytes of one scalar after decoding.
    pub scalar_bytes: usize,
    /// Nodes of one document once every alias stands for a copy of its anchor.
    pub expanded_nodes: u64,
    /// Problems reported for one file; reading stops there.
    pub problems: usize,
    /// Bytes of one line of a line-delimited file read in chunks.
    pub line_bytes: usize,
}

impl Limits {
    /// The usual limits, except the size of a file that is read whole.
    pub fn of_file_bytes(file_bytes: u64) -> Self {
        Self { file_bytes, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            depth: 128,
            nodes: 20_000_000,
            scalar_bytes: 16 << 20,
            expanded_nodes: 1_000_000,
            problems: 1_000,
            line_bytes: 16 << 20,
        }
    }
}
