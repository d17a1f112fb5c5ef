//! All that a Typst text sees: the files it was given, the fonts, the date it was given. No disk, no network.

use super::Failure;
use super::fonts::Fonts;
use super::wire::Files;
use std::collections::HashMap;
use std::path::PathBuf;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};

pub struct Folder {
    library: LazyHash<Library>,
    pub fonts: Fonts,
    main: FileId,
    files: HashMap<FileId, (Bytes, Option<Source>)>,
    date: Option<Datetime>,
}

/// The id of a file in the folder; None for a name that leads out of it.
fn id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl Folder {
    pub fn new(fonts: &[PathBuf]) -> Option<Folder> {
        Some(Folder {
            library: LazyHash::new(Library::default()),
            fonts: Fonts::find(fonts),
            main: id(super::MAIN)?,
            files: HashMap::new(),
            date: None,
        })
    }

    /// Puts these files in the place of those that were there.
    pub fn fill(&mut self, files: Files, date: Option<Datetime>) {
        self.date = date;
        self.files = files
            .into_iter()
            .filter_map(|(name, bytes)| {
                let id = id(&name)?;
                let text = name
                    .ends_with(".typ")
                    .then(|| String::from_utf8_lossy(&bytes).into_owned());
                let source = text.map(|text| Source::new(id, text));
                Some((id, (Bytes::new(bytes), source)))
            })
            .collect();
    }

    /// What Typst says, with its place.
    pub fn failure(&self, diagnostic: &SourceDiagnostic) -> Failure {
        // Where it happened inside Kairan's own frame of the template, the call is what its author can look at.
        let place = diagnostic.span.id().map(|id| {
            let line = self
                .range(diagnostic.span)
                .and_then(|range| self.source(id).ok()?.lines().byte_to_line(range.start));
            let file = id.get().vpath().get_without_slash().to_owned();
            (file, line.map(|line| line as u64 + 1))
        });
        let (file, line) = place.unwrap_or_else(|| (super::MAIN.to_owned(), None));
        let hints = diagnostic.hints.iter().map(|hint| format!(" ({})", hint.v));
        Failure::Template {
            file,
            line,
            message: std::iter::once(diagnostic.message.to_string()).chain(hints).collect(),
        }
    }

    fn get(&self, id: FileId) -> FileResult<&(Bytes, Option<Source>)> {
        self.files
            .get(&id)
            .ok_or_else(|| FileError::NotFound(id.get().vpath().get_without_slash().into()))
    }
}

impl World for Folder {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.get(id)?.1.clone().ok_or(FileError::NotSource)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        Ok(self.get(id)?.0.clone())
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.loaded.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.date
    }
}
