//! XML: no text makes the reader panic or grow, and every place lies in its text.
//!
//! `cargo +nightly fuzz run xml`
#![no_main]

mod places;

use dianjian_document::source::from_bytes;
use dianjian_document::tree::{Format, Limits, Tree, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = from_bytes("fuzz.xml", bytes.to_vec()) else {
        return;
    };
    let problems =
        parse(&source, Format::Xml, &Limits::default(), &mut Tree::new(), &mut |root| places::of_nodes(root));
    places::of_problems(&source, &problems);
});
