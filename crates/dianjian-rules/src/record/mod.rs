//! The model that rules speak of, and the declarative mappings onto it.
//!
//! Kinds (`rules/kinds/*.yaml`) say which fields a `Shop` or a `LiveRoom` has;
//! mappings (`rules/mappings/*.yaml`, or the user's own) say where another
//! layout keeps them. Either way a [`Record`] is a row of slots whose values
//! know their places in the source.

pub mod assets;
pub mod cells;
pub mod columns;
pub mod examples;
pub mod export_context;
pub mod kind;
pub mod level;
pub mod mapping;
pub mod mapping_file;
pub mod native;
pub mod reader;
pub mod resolve;
pub mod schema;
mod slots;
pub mod trail;
pub mod transcript;
pub mod value;
pub mod view;

pub use assets::{AssetEntry, AssetFile, Assets};
pub use columns::Recogniser;
pub use export_context::ExportContexts;
pub use kind::{Kind, KindIndex, Kinds, Slot};
pub use mapping::{Mapping, Yields};
pub use reader::{ReaderEvent, RecordReader, unrecognised};
pub use trail::Trail;
pub use transcript::Transcript;
pub use value::Value;
pub use view::{NoSideFiles, Record, SchemaIssue, Scripts};
