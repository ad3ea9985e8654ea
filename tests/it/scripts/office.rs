//! Word and PowerPoint documents written part by part.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// A package of these parts, deflated.
pub fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of a package, by name.
pub fn parts(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(package)).unwrap();
    (0..zip.len())
        .map(|number| {
            let mut part = zip.by_index(number).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn relations(of: &[(&str, &str)]) -> String {
    let one = |(number, (kind, target)): (usize, &(&str, &str))| {
        format!("<Relationship Id=\"r{number}\" Type=\"{TYPES}/{kind}\" Target=\"{target}\"/>")
    };
    let all: String = of.iter().enumerate().map(one).collect();
    format!("<Relationships xmlns=\"{RELATIONS}\">{all}</Relationships>")
}

/// A Word document: what stands in its body, and other parts by their relationship and the file in `word/`.
pub fn word(body: &str, others: &[(&str, &str, &str)]) -> Vec<u8> {
    let root = relations(&[("officeDocument", "word/document.xml")]);
    let related: Vec<(&str, &str)> = others.iter().map(|(kind, file, _)| (*kind, *file)).collect();
    let related = relations(&related);
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<w:document xmlns:w=\"{WORD}\"><w:body>{body}<w:sectPr/></w:body></w:document>"
    );
    let others: Vec<(String, String)> = others
        .iter()
        .map(|(kind, file, content)| {
            (format!("word/{file}"), format!("<w:{kind} xmlns:w=\"{WORD}\">{content}</w:{kind}>"))
        })
        .collect();
    let mut parts =
        vec![("_rels/.rels", &*root), ("word/document.xml", &*document), ("word/_rels/document.xml.rels", &*related)];
    parts.extend(others.iter().map(|(name, content)| (&**name, &**content)));
    parts.push(("word/theme/theme1.xml", "not looked at"));
    package(&parts)
}

/// A package with more parts.
pub fn with_parts(package: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new_append(Cursor::new(package.to_vec())).unwrap();
    for (name, content) in more {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A paragraph of one run.
pub fn p(text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
    )
}

/// A presentation: the paragraphs of each slide and of its notes.
pub fn slides(slides: &[(&[&str], &[&str])]) -> Vec<u8> {
    const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let shape = |paragraphs: &[&str]| {
        let all: String =
            paragraphs.iter().map(|text| format!("<a:p><a:r><a:rPr/><a:t>{text}</a:t></a:r></a:p>")).collect();
        format!("<p:cSld><p:spTree><p:sp><p:txBody><a:bodyPr/><a:lstStyle/>{all}</p:txBody></p:sp></p:spTree></p:cSld>")
    };
    let mut parts = vec![("_rels/.rels".to_owned(), relations(&[("officeDocument", "ppt/presentation.xml")]))];
    // The order of the presentation is not that of the parts' names.
    let last = slides.len();
    let entries: String =
        (0..last).map(|number| format!("<p:sldId id=\"{}\" r:id=\"r{number}\"/>", 256 + number)).collect();
    parts.push((
        "ppt/presentation.xml".to_owned(),
        format!("<p:presentation {SPACES}><p:sldIdLst>{entries}</p:sldIdLst></p:presentation>"),
    ));
    let files: Vec<String> = (0..last).map(|number| format!("slides/slide{}.xml", last - number)).collect();
    let related: Vec<(&str, &str)> = files.iter().map(|file| ("slide", &**file)).collect();
    parts.push(("ppt/_rels/presentation.xml.rels".to_owned(), relations(&related)));
    for (number, (own, notes)) in slides.iter().enumerate() {
        let name = format!("slide{}.xml", last - number);
        parts.push((format!("ppt/slides/{name}"), format!("<p:sld {SPACES}>{}</p:sld>", shape(own))));
        let notes_name = format!("notes{number}.xml");
        parts.push((
            format!("ppt/slides/_rels/{name}.rels"),
            relations(&[("notesSlide", &format!("../notesSlides/{notes_name}"))]),
        ));
        parts.push((format!("ppt/notesSlides/{notes_name}"), format!("<p:notes {SPACES}>{}</p:notes>", shape(notes))));
    }
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, content)| (&**name, &**content)).collect();
    package(&parts)
}

/// A PDF of these pages: lines of text, or a picture where there are none. Its font is not embedded and says by a table what
/// its characters are.
pub fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    pdf_with(pages, &image::RgbImage::new(1, 1))
}

/// As [`pdf`], with this picture on the pages without text.
pub fn pdf_with(pages: &[&[&str]], picture: &image::RgbImage) -> Vec<u8> {
    let mut objects = vec!["<</Type/Catalog/Pages 2 0 R>>".to_owned()];
    let kids: String = (0..pages.len()).map(|number| format!("{} 0 R ", 8 + 2 * number)).collect();
    objects.push(format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len()));
    objects.push(
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>"
            .to_owned(),
    );
    objects.push("<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/FontDescriptor 5 0 R>>".to_owned());
    objects.push("<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>".to_owned());
    let table = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0000> <ffff> <0000> endbfrange endcmap end end";
    objects.push(stream("", table));
    let (width, height) = picture.dimensions();
    let pixels: String = picture.as_raw().iter().map(|byte| format!("{byte:02x}")).collect();
    let about = format!(
        "/Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/ASCIIHexDecode"
    );
    objects.push(stream(&about, &format!("{pixels}>")));
    for (number, lines) in pages.iter().enumerate() {
        let content = 9 + 2 * number;
        objects.push(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>/XObject<</I 7 0 R>>>>/Contents {content} 0 R>>"));
        let mut drawn = String::new();
        for (at, line) in lines.iter().enumerate() {
            let codes: String = line.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
            drawn += &format!("BT /F 12 Tf 72 {} Td <{codes}> Tj ET\n", 700 - 20 * at);
        }
        objects.push(stream("", if lines.is_empty() { "q 500 0 0 500 0 0 cm /I Do Q" } else { &drawn }));
    }
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).as_bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    places.iter().for_each(|place| file.extend(format!("{place:010} 00000 n \n").as_bytes()));
    file.extend(format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).as_bytes());
    file
}

fn stream(entries: &str, data: &str) -> String {
    format!("<<{entries}/Length {}>>stream\n{data}\nendstream", data.len())
}
