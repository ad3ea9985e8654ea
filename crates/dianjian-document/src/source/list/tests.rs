use super::*;
use crate::source::Position;
use crate::tree::Node;

/// What reading says: the places and texts of items, else the error's id, its place, and the place that explains it.
#[derive(Debug, PartialEq)]
enum Said {
    Items(Vec<(Position, Position, String)>),
    Error(&'static str, Position, Position, Option<Position>),
}

fn error(source: &SourceFile, error: &DocumentError) -> Said {
    let related = error.related.map(|(_, span)| {
        let elsewhere = source.items().and_then(|items| items.opened());
        let (source, span) = elsewhere.map_or((source, span), |(source, span)| (source, *span));
        source.position(span.start)
    });
    Said::Error(error.id(), source.position(error.span.start), source.position(error.span.end), related)
}

/// Calls a function with each item of a list below a root.
type EachItem<'e> = &'e dyn Fn(Node<'_>, &mut dyn FnMut(Node<'_>));

fn read(source: &SourceFile, list: EachItem<'_>) -> Said {
    let (mut tree, mut items) = (Tree::new(), Vec::new());
    let errors = tree::parse(source, Format::Json, &Limits::default(), &mut tree, &mut |root| {
        list(root, &mut |item| {
            let (start, end) = source.range(item.span());
            items.push((start, end, item.written().to_owned()));
        });
    });
    errors.iter().find(|error| error.is_fatal()).map_or(Said::Items(items), |fault| error(source, fault))
}

fn whole(text: &str, path: &[&str]) -> Said {
    read(&SourceFile::new("a.json", text), &|root, each| {
        let list = path.iter().try_fold(root, |node, key| node.get(key));
        list.into_iter().flat_map(Node::items).for_each(each);
    })
}

/// As read in pieces, by whole pieces and item by item; `None`: it is to be read whole.
fn pieces(text: &[u8], piece_bytes: usize) -> Option<[Said; 2]> {
    let limits = Limits::default();
    let list = OpenedList { name: "a.json", path: None, piece_bytes, limits: &limits };
    match find_list(list, &mut &text[..], &|_| true).unwrap() {
        ListLayout::Whole => None,
        ListLayout::Broken(source) => Some([read(&source, &|_, _| ()), read(&source, &|_, _| ())]),
        ListLayout::Pieces(pieces) => {
            let (mut all, mut single) = (Vec::new(), Vec::new());
            for piece in pieces {
                let bytes = |range: Range<u64>| Ok(text[range.start as usize..range.end as usize].to_vec());
                let source = piece.read(("a.json", None), bytes).unwrap();
                let Said::Items(items) = read(&source, &|root, each| root.items().for_each(each)) else { panic!() };
                for (start, ..) in &items {
                    assert!(source.own_bytes().contains(&start.offset));
                    let item = source.item_at(start.offset + 1).unwrap();
                    let Said::Items(one) = read(&item, &|root, each| root.items().for_each(each)) else { panic!() };
                    single.extend(one);
                }
                all.extend(items);
            }
            Some([Said::Items(all), Said::Items(single)])
        }
    }
}

const FORMS: [(&str, &[&str]); 5] = [
    ("[\n{\"名\": \"茶,]\\\"\"},\n  {\"a\": [1, {}]} ,\r\n\r\n {\"b\":\n\"}\"}\n]\n", &[]),
    ("\u{feff}[{\"名\":\"茶\\\\\"},{\"a\":[1,{}]},{\"b\":\"}\"},{},{\"c\":-1.5e3},{\"d\":null}]", &[]),
    (
        "{\"code\": 0, \"data\": {\"list\": [{\"a\": 1}, {\"b\": 2}, {\"c\":\r3}, {\"d\": \"\\u8336\"}], \"n\": 4}, \"x\": \"[\"}",
        &["data", "list"],
    ),
    ("  [ 1, \"二\", null, true, [3], {\"a\": {\"b\": []}}, -0.5, \"茶茶茶茶茶茶\" ]  ", &[]),
    ("{\"list\":[\n\n{\"a\":1},{\"名\":\"x\"}\r,\r{\"b\":2}]}", &["list"]),
];

#[test]
fn pieces_are_the_list() {
    for (text, path) in FORMS {
        for piece_bytes in 1..text.len() {
            if let Some(read) = pieces(text.as_bytes(), piece_bytes) {
                for read in read {
                    assert_eq!(read, whole(text, path), "{text} by {piece_bytes}");
                }
            }
        }
        assert!(pieces(text.as_bytes(), 4).is_some(), "{text}");
    }
}

#[test]
fn what_is_broken_is_broken_at_the_same_place() {
    let mut in_pieces = 0;
    for (text, path) in FORMS {
        for (at, character) in text.char_indices().skip(2) {
            let rest = &text[at + character.len_utf8()..];
            let with = |new: &str| format!("{}{new}{rest}", &text[..at]);
            let mut broken = vec![text[..at].to_owned(), with("")];
            broken.extend([",", "]", "}", "\"", "/", "\n", "{", "[", "'", "x"].map(with));
            for broken in broken {
                for piece_bytes in [1, 7, 20] {
                    let (read, whole) = (pieces(broken.as_bytes(), piece_bytes), whole(&broken, path));
                    // What is broken may be the way to the list. Whether there are records is for others to say.
                    let is_elsewhere = whole == Said::Items(Vec::new());
                    if let Some([read, _]) = read.filter(|_| !is_elsewhere) {
                        assert_eq!(read, whole, "{broken} by {piece_bytes}");
                        in_pieces += 1;
                    }
                }
            }
        }
    }
    assert!(in_pieces > 3000, "{in_pieces}");
}

#[test]
fn what_lies_behind_a_list_counts() {
    let text = "[{\"a\": 1}, {\"b\": 2}, {\"c\": 3}]";
    for tail in [" x", "\n[1]", " // note", ",", "]", "\n\n"] {
        let text = format!("{text}{tail}");
        assert_eq!(pieces(text.as_bytes(), 8).map(|[read, _]| read), Some(whole(&text, &[])), "{text}");
    }
    let lines = format!("{{\"a\": {text}}}\n{{\"a\": 1}}\n");
    assert!(pieces(lines.as_bytes(), 8).is_none(), "lines are told by reading the whole");
    let twice = format!("{{\"a\": {text}, \"a\": 1}}");
    assert!(pieces(twice.as_bytes(), 8).is_none(), "a repeated key is reported by reading the whole");
}

#[test]
fn only_a_long_list_outside_lists_is_cut() {
    for text in ["{\"a\": 1}", "[1, 2]", "null", "", "{\"a\": {\"b\": \"long enough, surely\"}}", "[[1, 2, 3]"] {
        assert!(pieces(text.as_bytes(), 12).is_none(), "{text}");
    }
    assert!(pieces(b"[{\"a\":1},{\"\xff\":1},{\"a\":1}]".as_slice(), 100).is_none());
}

#[test]
fn depth_is_counted_from_the_document() {
    let deep =
        |levels: usize| format!("{{\"a\":1}},{{\"x\":{}{}}},{{\"b\":2}}", "[".repeat(levels), "]".repeat(levels));
    for (head, tail, path) in [("[", "]", &[][..]), ("{\"data\":{\"list\":[", "]}}", &["data", "list"])] {
        for levels in 120..130 {
            let text = format!("{head}{}{tail}", deep(levels));
            let read = pieces(text.as_bytes(), 4).map(|[read, _]| read);
            assert_eq!(read, Some(whole(&text, path)), "{levels} in {head}");
        }
    }
}

#[test]
fn where_reading_stopped_is_no_error() {
    let limits = Limits { line_bytes: 1 << 20, ..Limits::default() };
    let long = |pieces: usize| format!("\"{}\"", "x".repeat(pieces << 18));
    // An item too long for a piece, whose last string is cut; and what lies behind the list, longer than is looked at.
    let item = format!("[[1],[2],[{}, {}]]", long(3), long(5));
    let tail = format!("{{\"list\": [[1],[2],[3]], \"rest\": {}}}", long(6));
    for text in [item, tail] {
        let list = OpenedList { name: "a.json", path: None, piece_bytes: 6, limits: &limits };
        let layout = find_list(list, &mut text.as_bytes(), &|_| true).unwrap();
        assert!(matches!(layout, ListLayout::Whole), "{layout:?}");
    }
}
