//! From letters to a PDF: the template, the stamp, and the work for the typesetter.

use super::model::{Data, Letter};
use crate::app::App;
use crate::campaigns::Asked;
use crate::content::RenderedLine;
use crate::invitations::{Invitation, letter_view};
use crate::typeset::{Failure, MAIN, Work};
use crate::web::i18n::Tr;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

const FRAME: &str = include_str!("main.typ");
const SHIPPED: &str = include_str!("letter.typ");
/// The template's name in the work, and the operator's own in the data directory.
const TEMPLATE: &str = "letter.typ";
const OWN: &str = "content/letters/letter.typ";

/// How long one letter may take, and each further one in the same file.
const TIME: Duration = Duration::from_secs(20);
const TIME_EACH: Duration = Duration::from_secs(2);

/// To whom and by which link a letter goes.
pub struct Address<'a> {
    /// Without a language: `https://…/r/…`.
    pub link: &'a str,
    pub code: &'a str,
    /// Both may be "".
    pub department: &'a str,
    pub person: &'a str,
    /// The lines of where it goes by post ([`Company::postal_lines`]); none on one that doesn't.
    ///
    /// [`Company::postal_lines`]: crate::directory::Company::postal_lines
    pub post: &'a [String],
}

/// One company's letter for a template. `mark` is printed across it ("" on a real one).
pub fn letter(
    asked: &Asked,
    invitation: &Invitation,
    address: &Address<'_>,
    t: Tr,
    at: Timestamp,
    (id, mark): (&str, &str),
) -> Letter {
    let mut view = letter_view(
        asked,
        invitation,
        (address.link, address.code),
        t,
        at,
        (address.department, address.person),
    );
    // On paper nobody can follow a link to find out.
    let host = address.link.split("/r/").next().unwrap_or_default();
    view.letter.record.push(RenderedLine {
        label: t.t("letter-check").into_owned(),
        value: t
            .t1("letter-check-how", "address", format!("{host}/verify"))
            .into_owned(),
        only: None,
    });
    let target = format!("{}?lang={}", address.link, t.lang());
    Letter::new(t, id.to_owned(), (&view, address.post), target, address.code, mark)
}

/// The form that letters have now: one form for all letters of a file, whatever is changed meanwhile.
#[derive(Clone)]
pub struct Form {
    template: Vec<u8>,
    /// Its name and its bytes.
    stamp: Option<(String, Vec<u8>)>,
}

impl Form {
    /// Reads the operator's own template and stamp, where there are any.
    pub async fn read(app: &App) -> Result<Form, Failure> {
        let dir = &app.config.data.dir;
        let stamp = &app.config.letters.stamp;
        Ok(Form {
            template: match read(&dir.join(OWN)).await? {
                Some(own) => own,
                None => SHIPPED.into(),
            },
            stamp: match stamp.as_os_str().is_empty() {
                true => None,
                false => {
                    let path = dir.join(stamp);
                    let bytes = tokio::fs::read(&path).await.map_err(|e| unusable(&path, e))?;
                    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
                    Some((format!("stamp.{}", ending.unwrap_or_default()), bytes))
                }
            },
        })
    }

    /// The work that makes these letters one file. `name` and `at` are the file's own.
    pub fn work(
        self,
        app: &App,
        asked: &Asked,
        t: Tr,
        letters: Vec<Letter>,
        name: String,
        at: Timestamp,
    ) -> anyhow::Result<Work> {
        let time = TIME + TIME_EACH * u32::try_from(letters.len()).unwrap_or(u32::MAX);
        let title = match letters.as_slice() {
            [one] => format!("{} {}", one.subject, one.number),
            _ => format!("{} {}", asked.plan.title, asked.number),
        };
        let data = Data {
            title,
            author: asked.plan.sender_name(t.lang()).to_owned(),
            stamp: self.stamp.as_ref().map(|(name, _)| name.clone()),
            letters,
        };
        let mut files = BTreeMap::from([
            (MAIN.to_owned(), FRAME.into()),
            (TEMPLATE.to_owned(), self.template),
            ("data.json".to_owned(), serde_json::to_vec(&data)?),
        ]);
        files.extend(self.stamp);
        Ok(Work {
            files,
            fonts: app.config.letters.fonts.clone(),
            at,
            name,
            time,
        })
    }
}

/// One company's letter as PDF; the same whenever it is made, unless form or words were changed.
pub async fn typeset(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    address: &Address<'_>,
    t: Tr,
    at: Timestamp,
    mark: &str,
) -> anyhow::Result<Result<Vec<u8>, Failure>> {
    let form = match Form::read(app).await {
        Ok(form) => form,
        Err(failure) => return Ok(Err(failure)),
    };
    let letter = letter(asked, invitation, address, t, at, ("1", mark));
    let name = format!("{} {}", invitation.id, t.lang());
    let work = form.work(app, asked, t, vec![letter], name, at)?;
    Ok(app.typesetter.typeset(&work).await)
}

async fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unusable(path, e)),
    }
}

fn unusable(path: &Path, e: std::io::Error) -> Failure {
    Failure::Template {
        file: path.display().to_string(),
        line: None,
        message: e.to_string(),
    }
}
