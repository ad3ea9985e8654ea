//! Where an output goes: `-o FORMAT` or `-o FORMAT=FILE`.

use std::path::PathBuf;
use std::str::FromStr;

use super::{FormatName, UnknownFormat};

/// Where an output is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputTarget {
    /// Standard output.
    Stdout,
    /// A file, replaced at once when the run is over.
    File(PathBuf),
}

/// One output of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The format of the report.
    pub format: FormatName,
    /// Where it is written.
    pub target: OutputTarget,
}

/// A text that is not `FORMAT` or `FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// The part before `=` is not a format.
    #[error(transparent)]
    Format(#[from] UnknownFormat),
    /// Nothing follows `=`.
    #[error("the file's name is missing")]
    NoFile,
}

impl FromStr for Output {
    type Err = OutputError;

    /// Reads `json`, `json=-` (both standard output) or `json=report.json`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, target) = text.split_once('=').unwrap_or((text, "-"));
        let target = match target {
            "-" => OutputTarget::Stdout,
            "" => return Err(OutputError::NoFile),
            file => OutputTarget::File(PathBuf::from(file)),
        };
        Ok(Self { format: format.parse()?, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_name_a_format_and_a_target() {
        let file = OutputTarget::File(PathBuf::from("a=b.json"));
        assert_eq!("json=a=b.json".parse(), Ok(Output { format: FormatName::Json, target: file }));
        for stdout in ["sarif", "sarif=-"] {
            let output: Output = stdout.parse().unwrap();
            assert_eq!(output, Output { format: FormatName::Sarif, target: OutputTarget::Stdout });
        }
        assert_eq!("=x".parse::<Output>(), Err(UnknownFormat(String::new()).into()));
        assert_eq!("sarif=".parse::<Output>(), Err(OutputError::NoFile));
    }
}
