//! Codes as modules: which are dark. Encoded by `rxing`, or laid out from their geometry.

use rxing::qrcode::common::ErrorCorrectionLevel;
use rxing::qrcode::encoder::qrcode_encoder;
use rxing::{BarcodeFormat, EncodeHints, MultiFormatWriter, Writer};

use crate::rng::Rng;

/// Dark and light modules, row after row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// How many in a row.
    pub width: usize,
    pub height: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// Is that one dark? Beyond the edges none is.
    #[must_use]
    pub fn dark(&self, x: i32, y: i32) -> bool {
        (0..self.width as i32).contains(&x)
            && (0..self.height as i32).contains(&y)
            && self.dark[y as usize * self.width + x as usize]
    }
}

named! {
    /// Sorts of codes that are not for viewers' phones.
    pub enum Symbology {
        Ean13 = "ean-13",
        Ean8 = "ean-8",
        UpcA = "upc-a",
        Code128 = "code-128",
        Code39 = "code-39",
        /// Interleaved two of five.
        Itf = "itf",
        DataMatrix = "data-matrix",
        Aztec = "aztec",
        Pdf417 = "pdf417",
    }
}

impl Symbology {
    /// Is it made of bars alone?
    #[must_use]
    pub const fn is_linear(self) -> bool {
        !matches!(self, Self::DataMatrix | Self::Aztec | Self::Pdf417)
    }

    const fn format(self) -> BarcodeFormat {
        match self {
            Self::Ean13 => BarcodeFormat::EAN_13,
            Self::Ean8 => BarcodeFormat::EAN_8,
            Self::UpcA => BarcodeFormat::UPC_A,
            Self::Code128 => BarcodeFormat::CODE_128,
            Self::Code39 => BarcodeFormat::CODE_39,
            Self::Itf => BarcodeFormat::ITF,
            Self::DataMatrix => BarcodeFormat::DATA_MATRIX,
            Self::Aztec => BarcodeFormat::AZTEC,
            Self::Pdf417 => BarcodeFormat::PDF_417,
        }
    }

    /// What such a code may say.
    #[must_use]
    pub fn content(self, rng: &mut Rng) -> String {
        match self {
            Self::Ean13 => checked(&format!("69{}", rng.digits(10))),
            Self::Ean8 => checked(&rng.digits(7)),
            Self::UpcA => checked(&format!("0{}", rng.digits(10))),
            Self::Code128 => format!("SF{}", rng.digits(12)),
            Self::Code39 => rng.letters(9).to_ascii_uppercase(),
            Self::Itf => rng.digits(14),
            Self::DataMatrix => format!("0106{}21{}", rng.digits(12), rng.digits(6)),
            Self::Aztec => {
                let count = rng.whole(10, 90) as usize;
                rng.letters(count)
            }
            Self::Pdf417 => {
                let count = rng.whole(20, 120) as usize;
                rng.letters(count)
            }
        }
    }

    /// The modules of a code.
    ///
    /// # Panics
    /// Where it cannot say that.
    #[must_use]
    pub fn modules(self, content: &str) -> Modules {
        let hints = EncodeHints { Margin: Some("0".to_owned()), ..EncodeHints::default() };
        let matrix = MultiFormatWriter.encode_with_hints(content, &self.format(), 1, 1, &hints);
        let matrix = matrix.unwrap_or_else(|error| panic!("{} of {content:?}: {error}", self.as_str()));
        let [left, top, width, height] = matrix.getEnclosingRectangle().unwrap_or([0, 0, 1, 1]);
        let height = if self.is_linear() { 1 } else { height };
        let dark = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let dark = dark.map(|(x, y)| matrix.get(left + x, top + y)).collect();
        Modules { width: width as usize, height: height as usize, dark }
    }
}

/// With the check digit of EAN and UPC.
fn checked(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, digit)| u32::from(digit - b'0') * if i % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// What a code of a live room may say.
#[must_use]
pub fn viewer_content(rng: &mut Rng) -> String {
    match rng.below(7) {
        0 => format!("https://u.wechat.com/{}", rng.letters(24)),
        1 => format!("https://weixin.qq.com/g/{}", rng.letters(22)),
        2 => format!("https://work.weixin.qq.com/ca/caw{}", rng.letters(16)),
        3 => format!("https://qr.alipay.com/{}", rng.letters(21)),
        4 => format!("wxp://f2f{}", rng.letters(40)),
        5 => format!("https://shop.example.com/p/{}?from={}", rng.digits(8), rng.letters(6)),
        _ => format!("https://mp.weixin.qq.com/a/~{}", rng.letters(18)),
    }
}

/// The modules of a QR code: the smallest version from `version` up that holds the content.
///
/// # Panics
/// Where no version holds it.
#[must_use]
pub fn qr(content: &str, version: usize, level: char) -> Modules {
    let of = match level {
        'L' => ErrorCorrectionLevel::L,
        'M' => ErrorCorrectionLevel::M,
        'Q' => ErrorCorrectionLevel::Q,
        _ => ErrorCorrectionLevel::H,
    };
    let code = (version.clamp(1, 40)..=40).find_map(|version| {
        let hints = EncodeHints { QrVersion: Some(version.to_string()), ..EncodeHints::default() };
        qrcode_encoder::encode_with_hints(content, of, &hints).ok()
    });
    let Some(matrix) = code.as_ref().and_then(|code| code.getMatrix().as_ref()) else {
        panic!("no version holds {content:?}")
    };
    let (width, height) = (matrix.getWidth() as usize, matrix.getHeight() as usize);
    let dark = (0..height as u32).flat_map(|y| (0..width as u32).map(move |x| (x, y)));
    let dark = dark.map(|(x, y)| matrix.get(x, y) == 1).collect();
    Modules { width, height, dark }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbology_says_something() {
        for symbology in Symbology::ALL {
            let mut rng = Rng::new("symbols", 3);
            let modules = symbology.modules(&symbology.content(&mut rng));
            assert!(modules.width >= 10, "{}: {} modules", symbology.as_str(), modules.width);
        }
        assert_eq!(checked("690123456789"), "6901234567892");
    }

    #[test]
    fn qr_has_its_finders() {
        let modules = qr("https://example.com", 3, 'M');
        assert_eq!(modules.width, 29);
        assert!((0..7).all(|x| modules.dark(x, 0) && modules.dark(x, 6)));
        assert!(!modules.dark(1, 1) && modules.dark(3, 3) && !modules.dark(-1, 0));
    }
}
