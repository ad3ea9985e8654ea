//! Tables of evasions and of harmless texts, and properties over arbitrary text.

mod contact_lines;
mod contact_tables;
mod properties;
mod word_tables;
