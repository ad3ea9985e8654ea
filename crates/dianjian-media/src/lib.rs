//! Pictures and video: which codes they show, where, and what those say.
//!
//! A file becomes frames ([`picture`], [`video`]); in every frame codes are decoded ([`decode`]) and
//! what does not decode is located by small networks of our own ([`locate`], [`model`]); [`find`] makes one
//! list of both. In moving pictures ([`moving`]) frames that show nothing new are passed over ([`still`]) and
//! codes are followed from frame to frame ([`track`]). [`look`] is the way in: one file, one answer,
//! worked out once ([`memo`]) and remembered by its content ([`cache`]). Rules are applied elsewhere:
//! nothing here knows what is forbidden.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        reason = "a test that fails should stop"
    )
)]

pub mod cache;
pub mod child;
pub mod code;
pub mod container;
pub mod decode;
pub mod draw;
pub mod error;
pub mod find;
pub mod geometry;
pub mod guard;
pub mod locate;
pub mod look;
pub mod memo;
pub mod model;
pub mod moving;
pub mod picture;
pub mod settings;
pub mod shown;
pub mod still;
mod task;
pub mod track;
pub mod video;

pub use code::{Code, CodeKind, Looked, Medium, Seen, Sighting};
pub use error::MediaError;
pub use geometry::{Point, Quad, Rect};
pub use look::{Look, Looker, Watch};
pub use settings::{Limits, Settings};
pub use shown::Shown;
