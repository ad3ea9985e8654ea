//! Looking at assets with what the surroundings offer: the cache's folder, `ffmpeg`.

use std::path::PathBuf;
use std::sync::Arc;

use super::locale::variable;
use super::terminal::{Style, Terminal};
use dianjian_media::{Ffmpeg, MediaProgress, MediaScanner, MediaSettings, ScanCache, detector_version};

/// What looks at assets. `remember`: what was seen is kept for other runs.
#[must_use]
pub fn scanner(settings: MediaSettings, remember: bool, watch: Arc<dyn MediaProgress>) -> Arc<MediaScanner> {
    let cache = if remember { cache() } else { None };
    Arc::new(MediaScanner::new(settings, watch).with_cache(cache).with_ffmpeg(ffmpeg()))
}

/// Tells what the user should know of how assets were looked at, though nothing was wrong with any.
pub fn tell_notes(scanner: &MediaScanner, terminal: &Terminal) {
    for note in scanner.notes() {
        terminal.note(&format!("{}\n", terminal.paint(Style::Dim, &terminal.text(&note))));
    }
}

/// The user's cache; `None`: the surroundings name no place for it.
#[must_use]
pub fn cache() -> Option<ScanCache> {
    Some(ScanCache::new(cache_folder()?, &detector_version()))
}

/// The program that `DIANJIAN_FFMPEG` names, else the one on the search path.
#[must_use]
pub fn ffmpeg() -> Option<Ffmpeg> {
    Ffmpeg::find(std::env::var_os("DIANJIAN_FFMPEG").as_deref(), std::env::var_os("PATH").as_deref())
}

/// `DIANJIAN_CACHE_DIR`, else a folder of ours in the user's cache.
fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from);
    // The specification has relative ones ignored.
    let absolute = |name: &str| folder(name).filter(|folder| folder.is_absolute());
    let users = || match cfg!(windows) {
        true => absolute("LOCALAPPDATA"),
        false => absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache"))),
    };
    folder("DIANJIAN_CACHE_DIR").or_else(|| Some(users()?.join("dianjian")))
}
