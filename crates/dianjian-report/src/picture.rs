//! Small pictures on terminals that can show them: kitty's protocol, iTerm2's, and sixel.

use std::fmt::Write as _;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};

/// The escape sequences in which a terminal accepts pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphicsProtocol {
    /// kitty's graphics protocol; Ghostty and others know it too.
    Kitty,
    /// iTerm2's inline images; `WezTerm` and others know them too.
    Iterm,
    /// DEC's sixel graphics.
    Sixel,
}

impl GraphicsProtocol {
    /// The protocol of the terminal, by the environment's variables; `None` if it has none or is not known.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        // Multiplexers do not pass pictures on reliably.
        if is_set("TMUX") || is_set("STY") || is_set("ZELLIJ") {
            return None;
        }
        let term = variable("TERM").unwrap_or_default();
        match variable("TERM_PROGRAM").unwrap_or_default().as_str() {
            "iTerm.app" | "WezTerm" => return Some(Self::Iterm),
            "ghostty" => return Some(Self::Kitty),
            "mintty" => return Some(Self::Sixel),
            _ => {}
        }
        if is_set("KITTY_WINDOW_ID") || term == "xterm-kitty" || term == "xterm-ghostty" {
            return Some(Self::Kitty);
        }
        let sixel = ["foot", "mlterm", "contour", "yaft"];
        (term.contains("sixel") || sixel.iter().any(|name| term.starts_with(name))).then_some(Self::Sixel)
    }

    /// The name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kitty => "kitty",
            Self::Iterm => "iTerm2",
            Self::Sixel => "sixel",
        }
    }

    /// The escape sequence of a picture, without a line break; empty if it cannot be encoded.
    pub fn encode(self, picture: &RgbImage) -> String {
        match self {
            Self::Kitty => png(picture).map(|png| kitty(&png)).unwrap_or_default(),
            Self::Iterm => png(picture).map(|png| iterm(&png)).unwrap_or_default(),
            Self::Sixel => sixel(picture),
        }
    }
}

fn png(picture: &RgbImage) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (width, height) = picture.dimensions();
    PngEncoder::new(&mut out).write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8).ok()?;
    Some(out)
}

/// In chunks of at most 4096 characters, which is the protocol's limit. `q=2` suppresses the terminal's answers, which
/// would end up in the shell's input.
fn kitty(png: &[u8]) -> String {
    let data = base64(png);
    let mut out = String::with_capacity(data.len() + 64);
    let mut rest = data.as_str();
    let mut head = "a=T,f=100,q=2,";
    loop {
        let (part, after) = rest.split_at(rest.len().min(4096));
        let more = u8::from(!after.is_empty());
        let _ = write!(out, "\x1b_G{head}m={more};{part}\x1b\\");
        if after.is_empty() {
            return out;
        }
        (rest, head) = (after, "q=2,");
    }
}

fn iterm(png: &[u8]) -> String {
    format!("\x1b]1337;File=inline=1;size={};preserveAspectRatio=1:{}\x07", png.len(), base64(png))
}

/// Levels of each colour channel: 6 × 6 × 6 colours, as sixel terminals have at most 256 registers.
const LEVELS: u8 = 6;

/// In bands of six rows, with one pass over each band for every colour in it.
fn sixel(picture: &RgbImage) -> String {
    let (width, height) = picture.dimensions();
    let level = |value: u8| (u16::from(value) * u16::from(LEVELS - 1) + 127) / 255;
    let color = |x: u32, y: u32| {
        let [red, green, blue] = picture.get_pixel(x, y).0.map(level);
        usize::from((red * u16::from(LEVELS) + green) * u16::from(LEVELS) + blue)
    };
    let mut out = format!("\x1bPq\"1;1;{width};{height}");
    let mut used = [false; 216];
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        used[color(x, y)] = true;
    }
    let percent = |level: usize| level * 100 / usize::from(LEVELS - 1);
    for (number, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        let (red, green, blue) = (number / 36, number / 6 % 6, number % 6);
        let _ = write!(out, "#{number};2;{};{};{}", percent(red), percent(green), percent(blue));
    }
    for top in (0..height).step_by(6) {
        let rows = 6.min(height - top);
        let mut present: Vec<usize> =
            (0..rows).flat_map(|row| (0..width).map(move |x| (x, top + row))).map(|(x, y)| color(x, y)).collect();
        present.sort_unstable();
        present.dedup();
        for (pass, number) in present.iter().enumerate() {
            out.push_str(if pass > 0 { "$" } else { "" });
            let _ = write!(out, "#{number}");
            let column =
                |x: u32| (0..rows).filter(|row| color(x, top + row) == *number).fold(0, |bits, row| bits | 1 << row);
            push_runs((0..width).map(column), &mut out);
        }
        out.push('-');
    }
    out.push_str("\x1b\\");
    out
}

/// The columns of a band, with runs of equal columns encoded by their length.
fn push_runs(columns: impl Iterator<Item = u8>, out: &mut String) {
    let mut columns = columns.peekable();
    while let Some(bits) = columns.next() {
        let mut length = 1;
        while columns.next_if_eq(&bits).is_some() {
            length += 1;
        }
        let sign = char::from(b'?' + bits);
        if length > 3 {
            let _ = write!(out, "!{length}{sign}");
        } else {
            (0..length).for_each(|_| out.push(sign));
        }
    }
}

/// Bytes in base64 with padding, as terminals and `data:` URLs take them.
pub fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let byte = |at: usize| u32::from(part.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= part.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    fn tiny() -> RgbImage {
        RgbImage::from_fn(5, 7, |x, y| if (x + y) % 2 == 0 { image::Rgb([255, 0, 0]) } else { image::Rgb([255; 3]) })
    }

    #[test]
    fn a_tiny_picture_in_sixels() {
        let shown = GraphicsProtocol::Sixel.encode(&tiny());
        assert_eq!(
            shown,
            "\x1bPq\"1;1;5;7#180;2;100;0;0#215;2;100;100;100#180TiTiT$#215iTiTi-#180@?@?@$#215?@?@?-\x1b\\"
        );
    }

    #[test]
    fn pictures_are_wrapped_as_each_terminal_asks() {
        let kitty = GraphicsProtocol::Kitty.encode(&tiny());
        assert!(kitty.starts_with("\x1b_Ga=T,f=100,q=2,m=0;iVBORw0KGgo") && kitty.ends_with("\x1b\\"), "{kitty:?}");
        let iterm = GraphicsProtocol::Iterm.encode(&tiny());
        assert!(iterm.starts_with("\x1b]1337;File=inline=1;size=") && iterm.ends_with('\x07'), "{iterm:?}");
        let noise =
            RgbImage::from_fn(90, 90, |x, y| image::Rgb([((x * 37) ^ (y * 91)) as u8, (x * y) as u8, (x ^ y) as u8]));
        let parts = GraphicsProtocol::Kitty.encode(&noise);
        assert!(parts.contains("m=1;") && parts.contains("\x1b_Gq=2,m=0;"));
        assert!(parts.split("\x1b\\").all(|part| part.len() < 4200));
    }

    #[test]
    fn terminals_are_known_by_their_variables() {
        let detect = |known: &[(&str, &str)]| {
            GraphicsProtocol::detect(|name| {
                known.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(detect(&[("TERM", "xterm-kitty")]), Some(GraphicsProtocol::Kitty));
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]), Some(GraphicsProtocol::Iterm));
        assert_eq!(detect(&[("TERM", "foot")]), Some(GraphicsProtocol::Sixel));
        assert_eq!(detect(&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux")]), None);
        assert_eq!(detect(&[("TERM", "xterm-256color")]), None);
        assert_eq!(detect(&[]), None);
    }
}
