//! Files through the whole: sightings with boxes, the same from memory, from the cache and from many threads.
//!
//! The files are drawn: `cargo run -p dianjian-pictures -- fixtures tests/fixtures/media`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use dianjian_media::cache::Cache;
use dianjian_media::look::Unwatched;
use dianjian_media::{Looked, Looker, Settings};

const FILES: [&str; 7] = ["barcode", "clean", "covered", "mini-program", "no-finders", "qr", "round"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/media/{name}.jpg"))
}

fn looker() -> Looker {
    Looker::new(Settings::default(), Arc::new(Unwatched))
}

fn look(looker: &Looker, name: &str) -> Arc<Looked> {
    looker.look(name, &path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Boxes are told in steps of four pixels: what a network locates may differ by less from machine to machine.
#[test]
fn sightings_of_files() {
    let looker = looker();
    let mut out = String::new();
    for name in FILES {
        let looked = look(&looker, name);
        let _ = writeln!(out, "{name}: {:?} {}x{}", looked.medium, looked.width, looked.height);
        for sighting in looked.sightings.iter().filter(|sighting| sighting.code.score >= super::present()) {
            let bounds = sighting.code.quad.bounds();
            let [left, top, right, bottom] =
                [bounds.left, bounds.top, bounds.right(), bounds.bottom()].map(|at| (at / 4.0).round() * 4.0);
            let said = sighting.code.text.as_deref().map_or("seen".to_owned(), |text| format!("says {text}"));
            let kind = sighting.code.kind.as_str();
            let _ = writeln!(out, "  {kind} at {left},{top} to {right},{bottom}, {said}");
        }
    }
    insta::with_settings!({snapshot_path => "../snapshots"}, { insta::assert_snapshot!(out) });
}

#[test]
fn memory_cache_and_a_fresh_look_agree() {
    let folder = tempfile::tempdir().unwrap();
    let cached = || looker().with_cache(Some(Cache::new(folder.path(), "detector")));
    let (first, second) = (cached(), cached());
    for name in ["qr", "covered", "clean"] {
        let fresh = look(&looker(), name);
        assert_eq!(look(&first, name), fresh, "{name}: what goes into the cache");
        assert_eq!(look(&first, name), fresh, "{name}: from memory");
        assert_eq!(look(&second, name), fresh, "{name}: from the cache");
    }
    assert_eq!(first.notes(), [], "the cache could be written");
    assert!(folder.path().read_dir().unwrap().next().is_some(), "the cache was written");
}

#[test]
fn many_threads_see_what_one_sees() {
    let one = looker();
    let names = ["covered", "mini-program", "qr"];
    let alone = names.map(|name| look(&one, name));
    let many = looker();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| names.map(|name| look(&many, name)))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

/// The same bytes under two names are one content.
#[test]
fn a_content_is_told_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.bin");
    std::fs::copy(path("qr"), &copy).unwrap();
    let looker = looker();
    let (original, copied) = (look(&looker, "qr"), looker.look("copy.bin", &copy).unwrap());
    assert_eq!(original, copied);
    assert_eq!(original.digest.len(), 64);
    assert_ne!(original.digest, look(&looker, "clean").digest);
}
