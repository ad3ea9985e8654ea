//! Reads the text of pictures.
//!
//! [`TextReader`] is an engine: a picture in, [`TextLine`]s out, each with its place, and the place and confidence of each
//! character. [`PaddleReader`] is one with networks that answer like those of PP-OCR ([`OcrModels`]): the files of PP-OCR,
//! which users add, or the small ones in the program. [`arrange`] makes [`TextBlock`]s of lines, in reading order: what a person would read as one text.
//!
//! Nothing here knows what a text may say.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should stop")
)]

mod arrange;
mod confusion;
mod glance;
mod line;
mod models;
mod paddle;

pub use arrange::arrange;
pub use glance::may_have_text;
pub use line::{CharPlace, ReadError, TextBlock, TextLine, TextReader, TextReading};
pub use models::{BrokenReader, ModelError, OcrModels};
pub use paddle::PaddleReader;
