//! Files through the whole: detections with boxes, the same from memory, from the cache and from many threads.
//!
//! The files are drawn: `cargo run -p dianjian-pictures -- fixtures tests/fixtures/media`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use dianjian_media::{MediaScan, MediaScanner, MediaSettings, NoProgress, ScanCache};

const FILES: [&str; 8] = ["barcode", "channels", "clean", "covered", "mini-program", "no-finders", "qr", "round"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/media/{name}.jpg"))
}

fn scanner() -> MediaScanner {
    MediaScanner::new(MediaSettings::default(), Arc::new(NoProgress))
}

fn look(scanner: &MediaScanner, name: &str) -> Arc<MediaScan> {
    scanner.scan(name, &path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Boxes are told in steps of four pixels: what a network locates may differ by less from machine to machine.
#[test]
fn sightings_of_files() {
    let scanner = scanner();
    let mut out = String::new();
    for name in FILES {
        let looked = look(&scanner, name);
        let _ = writeln!(out, "{name}: {:?} {}x{}", looked.medium, looked.width, looked.height);
        for detection in looked.detections.iter().filter(|detection| detection.code.score >= super::present()) {
            let bounds = detection.code.quad.bounds();
            let [left, top, right, bottom] =
                [bounds.left, bounds.top, bounds.right(), bounds.bottom()].map(|at| (at / 4.0).round() * 4.0);
            let said = detection.code.text.as_deref().map_or("seen".to_owned(), |text| format!("says {text}"));
            let kind = detection.code.kind.as_str();
            let _ = writeln!(out, "  {kind} at {left},{top} to {right},{bottom}, {said}");
        }
    }
    insta::with_settings!({snapshot_path => "../snapshots"}, { insta::assert_snapshot!(out) });
}

#[test]
fn memory_cache_and_a_fresh_look_agree() {
    let folder = tempfile::tempdir().unwrap();
    let cached = || scanner().with_cache(Some(ScanCache::new(folder.path(), "detector")));
    let (first, second) = (cached(), cached());
    for name in ["qr", "covered", "clean"] {
        let fresh = look(&scanner(), name);
        assert_eq!(look(&first, name), fresh, "{name}: what goes into the cache");
        assert_eq!(look(&first, name), fresh, "{name}: from memory");
        assert_eq!(look(&second, name), fresh, "{name}: from the cache");
    }
    assert_eq!(first.notes(), [], "the cache could be written");
    assert!(folder.path().read_dir().unwrap().next().is_some(), "the cache was written");
}

#[test]
fn many_threads_see_what_one_sees() {
    let one = scanner();
    let names = ["covered", "mini-program", "qr"];
    let alone = names.map(|name| look(&one, name));
    let many = scanner();
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
    let scanner = scanner();
    let (original, copied) = (look(&scanner, "qr"), scanner.scan("copy.bin", &copy).unwrap());
    assert_eq!(original, copied);
    assert_eq!(original.digest.len(), 64);
    assert_ne!(original.digest, look(&scanner, "clean").digest);
}
