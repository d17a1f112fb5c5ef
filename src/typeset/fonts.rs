//! Fonts: those that a letter is written in, and whichever has a sign that they lack.

use super::Failure;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, is_default_ignorable};
use typst::utils::LazyHash;

/// The files of the fonts that letters are written in (Debian: fonts-morisawa-bizud-mincho, fonts-morisawa-bizud-gothic).
const WRITTEN_IN: [&str; 4] = [
    "BIZUDMincho-Regular.ttf",
    "BIZUDPMincho-Regular.ttf",
    "BIZUDGothic-Bold.ttf",
    "BIZUDPGothic-Bold.ttf",
];

/// Where a missing sign is looked for first: what looks like Mincho and has the most kanji.
const PREFERRED: [&str; 5] = [
    "NotoSerifCJK-Regular",
    "ipamjm",
    "ipaexm",
    "NotoSansCJK-Regular",
    "DejaVuSerif.",
];

/// How many files of fonts are looked at.
const MOST_FILES: usize = 20_000;

/// What a process has of fonts.
pub struct Fonts {
    /// In the order of the book.
    pub loaded: Vec<Font>,
    pub book: LazyHash<FontBook>,
    folders: Vec<PathBuf>,
    /// Not looked into yet, the most likely last.
    further: Vec<PathBuf>,
}

impl Fonts {
    pub fn find(folders: &[PathBuf]) -> Fonts {
        let mut files = Vec::new();
        for folder in folders {
            walk(folder, 0, &mut files);
        }
        let mut fonts = Fonts {
            loaded: Vec::new(),
            book: LazyHash::new(FontBook::new()),
            folders: folders.to_vec(),
            further: Vec::new(),
        };
        for wanted in WRITTEN_IN {
            if let Some(at) = files.iter().position(|f| name(f) == wanted) {
                fonts.take(&files.swap_remove(at), |_| true);
            }
        }
        files.sort_by_key(|f| std::cmp::Reverse(rank(&name(f))));
        fonts.further = files;
        fonts.index();
        fonts
    }

    /// Whether these are the fonts of these folders.
    pub fn are_of(&self, folders: &[PathBuf]) -> bool {
        self.folders == folders
    }

    /// Loads what it takes to write the text; the signs that no font has.
    ///
    /// # Errors
    /// Where there is no font at all.
    pub fn cover(&mut self, texts: &[&str]) -> Result<String, Failure> {
        let mut missing: BTreeSet<char> = texts
            .iter()
            .flat_map(|text| text.chars())
            .filter(|c| !c.is_whitespace() && !c.is_control() && !is_default_ignorable(*c))
            .filter(|c| !self.loaded.iter().any(|font| has(font, *c)))
            .collect();
        let before = self.loaded.len();
        while !missing.is_empty()
            && let Some(file) = self.further.pop()
        {
            self.take(&file, |font| missing.iter().any(|c| has(font, *c)));
            missing.retain(|c| !self.loaded.iter().any(|font| has(font, *c)));
        }
        if self.loaded.len() > before {
            self.index();
        }
        if self.loaded.is_empty() {
            let folders = self.folders.iter().map(|f| f.display().to_string()).collect();
            return Err(Failure::NoFonts { folders });
        }
        Ok(missing.into_iter().collect())
    }

    /// One face of the file: of a collection the Japanese one, if it has what is wanted.
    fn take(&mut self, file: &Path, wanted: impl Fn(&Font) -> bool) {
        let Ok(bytes) = std::fs::read(file) else { return };
        let faces: Vec<Font> = Font::iter(Bytes::new(bytes)).filter(|font| wanted(font)).collect();
        let japanese = faces.iter().find(|font| font.info().family.ends_with(" JP"));
        self.loaded.extend(japanese.or(faces.first()).cloned());
    }

    fn index(&mut self) {
        self.book = LazyHash::new(FontBook::from_fonts(&self.loaded));
    }
}

fn has(font: &Font, sign: char) -> bool {
    font.info().coverage.contains(u32::from(sign))
}

fn name(file: &Path) -> String {
    file.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The lower, the earlier a file is looked into.
fn rank(name: &str) -> (usize, String) {
    let place = PREFERRED.iter().position(|p| name.starts_with(p));
    let plain = !["Bold", "Italic", "Oblique", "Black", "Thin", "Light", "Mono"]
        .iter()
        .any(|word| name.contains(word));
    let place = place.unwrap_or(PREFERRED.len() + usize::from(!plain));
    (place, name.to_owned())
}

/// Files of fonts, in the order of their names; a folder that isn't there holds none.
fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && depth < 5 {
            walk(&path, depth + 1, files);
        } else if files.len() < MOST_FILES
            && path.extension().is_some_and(|e| {
                ["ttf", "otf", "ttc", "otc"]
                    .iter()
                    .any(|known| e.eq_ignore_ascii_case(known))
            })
        {
            files.push(path);
        }
    }
}
