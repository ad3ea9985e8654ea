//! The path to a value as a chain of borrowed steps: walking a record costs no text, only reporting does.

use std::fmt;

/// One step of a path and the steps before it; [`Display`](fmt::Display) writes it as reports do: `products[2].title`.
#[derive(Debug, Clone, Copy)]
pub enum Trail<'t> {
    /// Where the path begins: a dotted path, or nothing.
    Root(&'t str),
    /// The entry of that name, or a dotted path below.
    Key(&'t Trail<'t>, &'t str),
    /// The item of that number.
    Item(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Root(path) => path.is_empty(),
            Self::Key(before, name) => name.is_empty() && before.is_empty(),
            Self::Item(..) => false,
        }
    }
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(path) => f.write_str(path),
            Self::Key(before, name) if before.is_empty() => f.write_str(name),
            Self::Key(before, name) => write!(f, "{before}.{name}"),
            Self::Item(before, index) => write!(f, "{before}[{index}]"),
        }
    }
}
