//! The records that rules speak of, and the declarative mappings onto them.
//!
//! [`Kinds`] (`rules/kinds/*.yaml`) say which fields a `Shop` or a `LiveRoom` has. A [`RecordReader`] turns a document
//! into [`Record`]s: a native one as it stands, one of another layout by the [`Mapping`] (`rules/mappings/*.yaml`, or
//! the user's own) that recognises it, a row of a table by the [`Recogniser`] of its headings. Either way a record is a
//! row of slots whose [`Value`]s know their places in the source, and [`ExportContexts`] add what a folder says about
//! the shop whose exports lie in it. What does not fit a kind is a [`SchemaIssue`].

mod amount;
mod assets;
mod blocks;
mod cells;
mod columns;
mod exact;
mod examples;
mod expected;
mod export_context;
mod familiar;
mod identity;
mod inheritance;
mod itself;
mod json_schema;
mod kind;
mod level;
mod looks;
mod mapping;
mod mapping_file;
mod mapping_form;
mod native;
mod near_headings;
mod reader;
mod reader_doubts;
mod recogniser;
mod resolve;
mod saved;
mod schema;
mod slots;
mod spread_rows;
mod supply;
mod table_cells;
mod trail;
mod transcript;
mod value;
mod view;
mod whole;

pub(crate) use amount::leading_amount;
pub use assets::{AssetEntry, AssetFile, Assets, is_address};
pub use examples::{MappingReport, run_mapping};
pub use export_context::{ExportContext, ExportContexts, SavedContext};
pub use familiar::{Familiar, NearMiss, NearMissWords, or_ignore};
pub use identity::RecordIdentity;
pub use inheritance::{Inheritance, TakenField, TakenFrom};
pub use itself::{ItemFieldUse, SaidBy};
pub use json_schema::{record_schema, records_schema};
pub use kind::{Field, Kind, KindIndex, Kinds, Slot, nearest, nearest_short_name};
pub use level::FieldLevel;
pub use mapping::{EXAMPLE_ID, EXAMPLE_TEXT, Mapping, TemplateColumn, Yields, scalar_text, scaled};
pub use mapping_file::{MappingFile, Scale};
pub use mapping_form::{FormColumn, MappingForm, fullest, mapping_text, table_mappings};
pub use native::{Native, native};
pub use reader::{ReaderEvent, ReaderMemory, RecordReader};
pub use reader_doubts::unrecognised;
pub use recogniser::Recogniser;
pub use saved::{SavedFields, SavedValue};
pub use schema::{FieldType, KindFile, KindRole, PlacesFile};
pub use table_cells::TableCells;
pub use trail::Trail;
pub use transcript::Transcript;
pub use value::{Value, parse_date, parse_number, parse_time};
pub use view::{NoSideFiles, ORIGIN, Record, RecordShape, SchemaIssue, Scripts, SlotSet, choice};
pub use whole::{WholeAmount, WholeOrPart};
