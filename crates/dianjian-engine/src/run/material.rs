//! The records that material is judged as: each file is named by a record of its own, whose places are the file.

use std::path::Path;

use dianjian_document::source::{MaterialForm, MaterialUse, SourceFile};
use serde_json::Value;

/// The record about a file that is given by itself.
pub(super) fn record(name: &str, path: &Path, of: MaterialUse) -> SourceFile {
    let file = path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
    let form = MaterialForm::of_path(path).unwrap_or(MaterialForm::Text);
    let file = Value::String(file).to_string();
    // The pictures of a script are looked at as well.
    let pictures = format!(", \"assets\": [\n\n{file}\n\n]");
    let (head, tail) = match (form, of) {
        // What is said is said in a live room, wherever its pictures are seen.
        (MaterialForm::Text, _) => (r#""kind": "LiveRoom", "script": "#, pictures.as_str()),
        (MaterialForm::Captions, _) => (r#""kind": "LiveRoom", "captions": "#, ""),
        (_, MaterialUse::Live) => (r#""kind": "LiveRoom", "assets": ["#, "]"),
        (_, MaterialUse::Cover) => (r#""kind": "LiveRoom", "cover": "#, ""),
        // The rules for these pictures are those of the system in which material is used today.
        (_, MaterialUse::Homepage) => (r#""kind": "Shop", "system": "weixin-store", "homepage": {"background": "#, "}"),
        (_, MaterialUse::Product) => (r#""kind": "Product", "system": "weixin-store", "head_images": ["#, "]"),
    };
    // An excerpt shows the line of the file's name, and no other one.
    let record = format!("{{{head}\n\n{file}\n\n{tail}}}");
    SourceFile::new(name, record).with_path(path).as_material()
}
