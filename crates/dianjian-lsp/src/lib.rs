//! The language server: what `dianjian check` would say of files, said while they are typed. A door like the others; it has
//! no rules, no texts about rules and no reading of files of its own.
//!
//! # A tour
//! - [`LanguageServer::serve`] speaks the protocol over two streams (`transport`). One thread reads messages, one answers them in
//!   their order; what was cancelled before its turn is not answered, and edits that have piled up are judged once.
//! - Editors hold texts (`documents`); columns are bytes inside and whatever client and server agree on outside (`position`).
//! - A project is loaded as every door loads it (`basis`): `dianjian.yaml`, packs, inputs, baseline. Where one of its files
//!   is saved, it is loaded anew; as long as the configuration cannot be read, the last one that could be read stays in use.
//! - A `session` holds what checking each file came to ([`CheckedFile`](dianjian_engine::CheckedFile)). After an edit it checks
//!   that file again, and those that have it read (a live room its script), and then has the engine judge the rules over all
//!   records, over what is kept of all files. That is the end of a run of `check` over the same inputs, with the same
//!   collector, so an editor never says anything that `check` would not say once the texts are saved.
//! - `diagnostics` turns findings into the protocol's; `actions`, `hover`, `completion`, `navigation` answer about them.
//!
//! # What is bounded
//! - At most [`MAX_DIAGNOSTICS`] a file are shown; one more says how many are not.
//! - A text of more than [`MAX_TEXT`] bytes is not judged while it is typed, and a diagnostic says so. What lies on disk
//!   counts for the other files.
//! - In a workspace of more than [`MAX_WORKSPACE`] bytes only open files are checked and rules over all records are left to
//!   `check`: judged over a part, they would say that records are missing which are there.
//! - Files that are not open get diagnostics on request alone, by the command `dianjian.checkWorkspace`.
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

mod actions;
mod basis;
mod client;
mod completion;
mod diagnostics;
mod documents;
mod hover;
mod inbox;
mod navigation;
mod outline;
mod places;
mod position;
mod requests;
mod server;
mod session;
mod suppression;
mod transport;
mod uri;

use std::sync::Arc;

use chrono::NaiveDate;
use dianjian_base::lang::Lang;
use dianjian_media::{AssetScanner, MediaSettings};
use dianjian_project::Project;

/// Diagnostics of one file that are shown; the rest is counted.
pub const MAX_DIAGNOSTICS: usize = 1_000;

/// Bytes of a text up to which it is judged while it is typed.
pub const MAX_TEXT: usize = 16 << 20;

/// Bytes of all inputs up to which rules over all records are judged.
pub const MAX_WORKSPACE: u64 = 256 << 20;

/// What `dianjian explain` says of an id on a day.
pub type Explainer = Box<dyn Fn(&str, &Project, NaiveDate, Lang) -> Option<String>>;

/// Makes the scanner of pictures and video that a project asks for.
pub type ScannerFactory = Box<dyn Fn(MediaSettings) -> Arc<dyn AssetScanner>>;

/// What the server takes from the program around it.
pub struct LanguageServer {
    /// The day of the check, where neither the user nor the configuration says one.
    pub today: fn() -> NaiveDate,
    /// The day that the user asked for.
    pub as_of: Option<NaiveDate>,
    /// The language that the user asked for; else that of the client, or of the configuration.
    pub lang: Option<Lang>,
    /// The language if nobody says one.
    pub default_lang: Lang,
    #[expect(missing_docs, reason = "named by its type")]
    pub scanner: ScannerFactory,
    #[expect(missing_docs, reason = "named by its type")]
    pub explainer: Explainer,
}

impl std::fmt::Debug for LanguageServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LanguageServer").field("as_of", &self.as_of).field("lang", &self.lang).finish_non_exhaustive()
    }
}
