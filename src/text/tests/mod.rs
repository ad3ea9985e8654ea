//! Tables of evasions and of harmless texts, and properties over arbitrary text.

mod properties;
mod word_tables;
