//! The typesetting process.

use super::wire::{self, Files};
use super::world::Folder;
use super::{Failure, MEMORY_MIB, Order};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::process::ExitCode;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Until standard input ends. Needs no configuration and opens no database.
pub fn serve() -> ExitCode {
    let limit = Some(MEMORY_MIB * 1024 * 1024);
    let limit = Rlimit {
        current: limit,
        maximum: limit,
    };
    if setrlimit(Resource::Data, limit).is_err() {
        return ExitCode::FAILURE;
    }
    let mut kept: Option<Folder> = None;
    wire::serve(|(order, files)| {
        let folder = kept.take().filter(|folder| folder.fonts.are_of(&order.fonts));
        let mut folder = folder
            .or_else(|| Folder::new(&order.fonts))
            .ok_or(Failure::NoTypesetter)?;
        let made = make(&mut folder, &order, files);
        // What one document left is of use for the next; what two didn't use is let go.
        typst::comemo::evict(1);
        kept = Some(folder);
        made
    })
}

fn make(folder: &mut Folder, order: &Order, files: Files) -> Result<Vec<u8>, Failure> {
    let texts = files
        .iter()
        .filter(|(name, _)| name.ends_with(".typ") || name.ends_with(".json"));
    let texts: Vec<&str> = texts.filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok()).collect();
    let signs = folder.fonts.cover(&texts)?;
    // Typst would leave them out, or print boxes.
    if !signs.is_empty() {
        return Err(Failure::MissingSigns { signs });
    }
    let date = date(order.at);
    folder.fill(files, date);
    let explain = |errors: &[SourceDiagnostic]| match errors.first() {
        Some(error) => folder.failure(error),
        None => Failure::BrokeOff { mib: MEMORY_MIB },
    };
    let document = typst::compile(&*folder).output.map_err(|errors| explain(&errors))?;
    let export = |standards: &[PdfStandard]| -> Result<Vec<u8>, Failure> {
        let standards = PdfStandards::new(standards).map_err(|e| Failure::NotStarted {
            reason: e.message().to_string(),
        })?;
        let options = PdfOptions {
            ident: Smart::Custom(order.name.clone()),
            creator: Smart::Custom(Some(concat!("Kairan ", env!("CARGO_PKG_VERSION")).to_owned())),
            timestamp: date.map(typst_pdf::Timestamp::new_utc),
            standards,
            tagged: true,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| explain(&errors))
    };
    // A template of one's own may lack what a reader who can't see wants (a title, words for a picture): it is a letter all
    // the same, only without saying that it is accessible.
    export(&[PdfStandard::A_2u, PdfStandard::Ua_1]).or_else(|_| export(&[PdfStandard::A_2u]))
}

fn date(at: i64) -> Option<Datetime> {
    let at = Timestamp::from_second(at).ok()?.to_zoned(TimeZone::UTC);
    Datetime::from_ymd_hms(
        i32::from(at.year()),
        u8::try_from(at.month()).ok()?,
        u8::try_from(at.day()).ok()?,
        u8::try_from(at.hour()).ok()?,
        u8::try_from(at.minute()).ok()?,
        u8::try_from(at.second()).ok()?,
    )
}
