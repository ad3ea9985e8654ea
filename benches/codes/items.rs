//! The pictures that are scanned: drawn ones and those of folders.

use std::path::{Path, PathBuf};

use dianjian_media::{MediaLimits, Rect, RgbFrame, open_picture};
use pictures::{CodeSort, DrawnPicture, Hard, PHONE, Scene, Symbology, View};

use crate::args::Args;

/// What a picture is for: each is a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    RealQr,
    RealMiniProgram,
    RealOther,
    RealClean,
    Hard,
    MiniProgram,
    Channels,
    ChannelsDamaged,
    Round,
    Other,
    Clean,
    /// Whole codes that are hard to read.
    Viewed,
}

impl Group {
    /// The name of its row in the table.
    pub const fn title(self) -> &'static str {
        match self {
            Self::RealQr => "real, QR",
            Self::RealMiniProgram => "real, mini-program",
            Self::RealOther => "real, other codes",
            Self::RealClean => "real, no code",
            Self::Hard => "drawn, QR",
            Self::MiniProgram => "drawn, mini-program",
            Self::Channels => "drawn, Channels",
            Self::ChannelsDamaged => "drawn, Channels, damaged",
            Self::Round => "drawn, round",
            Self::Other => "drawn, other codes",
            Self::Clean => "drawn, no code",
            Self::Viewed => "drawn, hard to read",
        }
    }
}

/// A picture to scan.
pub struct Item {
    /// What it is for.
    pub group: Group,
    /// The kind's name; of files the folder's.
    pub kind: String,
    /// The file, or the kind and seed.
    pub name: String,
    source: Source,
}

enum Source {
    Drawn(Box<dyn Fn() -> DrawnPicture + Sync>),
    File(PathBuf),
}

/// A picture as it is scanned.
pub struct LoadedItem {
    /// Its frames: of animations the first few.
    pub frames: Vec<RgbFrame>,
    /// Where its codes for viewers are; `None`: one somewhere.
    pub codes: Option<Vec<Rect>>,
}

impl Item {
    /// Draws or reads it.
    pub fn load(&self) -> Result<LoadedItem, String> {
        match &self.source {
            Source::Drawn(draw) => {
                let picture = draw();
                let codes = picture.labels.iter().filter(|label| !matches!(label.sort, CodeSort::Other(_)));
                let codes = codes.map(|label| {
                    let area = label.bounds;
                    Rect { left: area.left, top: area.top, width: area.width, height: area.height }
                });
                Ok(LoadedItem { codes: Some(codes.collect()), frames: vec![frame(picture)] })
            }
            Source::File(path) => read(path, &self.name),
        }
    }

    /// How many codes for viewers there should be, where the labels do not say.
    pub fn expects_one(&self) -> bool {
        matches!(self.group, Group::RealQr | Group::RealMiniProgram)
    }
}

/// A still frame of it.
pub fn frame(picture: DrawnPicture) -> RgbFrame {
    RgbFrame { image: picture.image, over_black: None, at: Default::default(), duration: Default::default() }
}

fn read(path: &Path, name: &str) -> Result<LoadedItem, String> {
    const FRAMES: usize = 8;
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let limits = MediaLimits::default();
    let Some(opened) = open_picture(name, &bytes, &limits) else { return Err("no known format".to_owned()) };
    let frames = opened.and_then(|picture| picture.frames.take(FRAMES).collect::<Result<Vec<_>, _>>());
    Ok(LoadedItem { frames: frames.map_err(|error| error.to_string())?, codes: None })
}

/// All pictures that a run scans.
pub fn all(args: &Args) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    for folder in &args.folders {
        items.extend(of_folder(folder)?);
    }
    items.extend(drawn(args));
    let wanted = |item: &Item| {
        args.only.is_empty() || args.only.iter().any(|only| item.kind == *only || item.name.contains(only))
    };
    items.retain(wanted);
    Ok(items)
}

fn of_folder(folder: &Path) -> Result<Vec<Item>, String> {
    let index = folder.join("index.csv");
    let text = std::fs::read_to_string(&index).map_err(|error| format!("{}: {error}", index.display()))?;
    let rows = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    rows.map(|line| {
        let mut columns = line.split(',');
        let (path, label) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let group = match label {
            "has_qr" => Group::RealQr,
            "wxacode" => Group::RealMiniProgram,
            "other_code" => Group::RealOther,
            "no_qr" => Group::RealClean,
            _ => return Err(format!("{}: unknown label {label:?}", index.display())),
        };
        let kind = Path::new(path).parent().map_or(String::new(), |parent| parent.display().to_string());
        Ok(Item { group, kind, name: path.to_owned(), source: Source::File(folder.join(path)) })
    })
    .collect()
}

fn drawn(args: &Args) -> Vec<Item> {
    let mut items = Vec::new();
    let mut add = |group, kind: &str, seed, draw: Box<dyn Fn() -> DrawnPicture + Sync>| {
        items.push(Item { group, kind: kind.to_owned(), name: format!("{kind} {seed}"), source: Source::Drawn(draw) });
    };
    for seed in args.seed..args.seed + args.count {
        for hard in Hard::ALL {
            add(Group::Hard, hard.as_str(), seed, Box::new(move || pictures::hard(hard, seed, PHONE)));
        }
        for view in View::ALL {
            add(Group::Viewed, view.as_str(), seed, Box::new(move || pictures::view(view, seed, PHONE)));
        }
        for symbology in Symbology::ALL {
            add(Group::Other, symbology.as_str(), seed, Box::new(move || pictures::other(symbology, seed, PHONE)));
        }
        for scene in Scene::ALL {
            add(Group::Clean, scene.as_str(), seed, Box::new(move || pictures::clean(scene, seed, PHONE)));
        }
        add(Group::MiniProgram, "reward", seed, Box::new(move || pictures::reward(seed, PHONE)));
        add(Group::Round, "round-small", seed, Box::new(move || pictures::small_rings(seed, PHONE)));
        add(Group::Other, "packaging", seed, Box::new(move || pictures::packaging(seed, PHONE)));
        // Round codes have few kinds: four times the pictures make their figures as sure as those of QR codes.
        for more in 0..4 {
            let drawn = seed + more * 100_000;
            add(Group::MiniProgram, "mini-program", seed, Box::new(move || pictures::mini_program(drawn, PHONE)));
            add(Group::Round, "round", seed, Box::new(move || pictures::rings(drawn, PHONE)));
            add(Group::Channels, "channels", seed, Box::new(move || pictures::channels(drawn, PHONE)));
            let damaged = Box::new(move || pictures::channels_damaged(drawn, PHONE));
            add(Group::ChannelsDamaged, "channels-damaged", seed, damaged);
        }
    }
    items
}
