//! Short mails of one form: a request handed to a colleague, the code for a new device, the notice that a request will come.

use super::compose::{MailView, framed};
use super::store::Delivery;
use crate::app::App;
use crate::campaigns::{Asked, Plan};
use crate::directory;
use crate::invitations::{Invitation, Share, device_digits, letter_view};
use crate::web::dates;
use crate::web::i18n::{Locale, Tr, Value};
use askama::Template;

pub(super) struct Note {
    pub greeting: String,
    /// Lines of one paragraph stand below each other.
    pub paragraphs: Vec<String>,
    /// What is looked for first: digits.
    pub big: Option<String>,
    /// A button's words and its address.
    pub button: Option<(String, String)>,
    pub facts: Vec<(String, String)>,
    pub after: Vec<String>,
    pub sender: String,
}

impl Note {
    /// The facts, without the link that the button's words have already.
    fn facts_besides_the_button(&self) -> impl Iterator<Item = &(String, String)> {
        let link = self.button.as_ref().map(|(_, address)| address);
        self.facts.iter().filter(move |(_, value)| Some(value) != link)
    }
}

#[derive(Template)]
#[template(path = "deliveries/note.txt", escape = "none", whitespace = "preserve")]
struct NoteText<'v> {
    t: Tr,
    n: &'v Note,
}

#[derive(Template)]
#[template(path = "deliveries/note.html")]
struct NoteBody<'v> {
    n: &'v Note,
}

pub(super) fn mail(t: Tr, subject: String, note: &Note) -> anyhow::Result<MailView> {
    let text = NoteText { t, n: note }.render()?;
    let body = NoteBody { n: note }.render()?;
    Ok(framed(t, subject, text, body)?)
}

/// How to find out that a mail is real, without following what it says.
pub(super) fn how_to_check(app: &App, t: Tr, number: &str) -> String {
    let address = app.url("/verify");
    t.t2("mail-how-to-check", "address", address, "number", number)
        .into_owned()
}

/// The subject of the letter that the request came with.
fn letter_subject(asked: &Asked, invitation: &Invitation, t: Tr) -> String {
    let letter = asked.letter(invitation.group);
    letter.map(|l| l.text(t.lang()).subject.clone()).unwrap_or_default()
}

fn facts(t: Tr, asked: &Asked, invitation: &Invitation, subject: String) -> Vec<(String, String)> {
    let label = |key| t.t(key).into_owned();
    vec![
        (label("note-subject"), subject),
        (label("number-label"), asked.number.clone()),
        (
            label("deadline-label"),
            dates::deadline(t, invitation.deadline, &asked.zone()),
        ),
        (
            label("inquiries-label"),
            Plan::said(&asked.plan.inquiries, t.lang()).to_owned(),
        ),
    ]
}

/// A request, handed to a colleague by somebody at the company.
pub(super) fn share_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    delivery: &Delivery,
    share: &Share,
) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let link = format!(
        "{}?lang={}",
        app.url(&format!("/r/{}", share.token(&app.secret))),
        t.lang()
    );
    let asks = match (invitation.asks_check, share.sections.is_empty()) {
        // There may be no advisory to read: an all clear has only its letter.
        (false, _) if asked.advisory.is_none() => "share-mail-read",
        (false, _) => "share-mail-notice",
        (true, true) => "share-mail-check",
        (true, false) => "share-mail-sections",
    };
    let mut paragraphs = vec![
        t.with(
            "share-mail-who",
            &[
                ("by", share.made_by.fluent()),
                ("company", directory::formal_name(&invitation.company_name).fluent()),
                ("sender", asked.plan.sender_name(t.lang()).fluent()),
            ],
        )
        .into_owned(),
        t.t(asks).into_owned(),
    ];
    if let Some(checklist) = &asked.checklist {
        let words = checklist.text(t.lang());
        let titles = share.sections.iter().map(|s| words.section(s));
        let lines: Vec<_> = titles.map(|title| t.t1("share-mail-section", "title", title)).collect();
        if !lines.is_empty() {
            paragraphs.push(lines.join("\n"));
        }
    }
    let subject = letter_subject(asked, invitation, t);
    let mut facts = facts(t, asked, invitation, subject.clone());
    facts.insert(0, (t.t("link-label").into_owned(), link.clone()));
    let note = Note {
        greeting: t.t1("note-dear", "name", &delivery.recipient).into_owned(),
        paragraphs,
        big: None,
        button: Some((t.t("open-request").into_owned(), link)),
        facts,
        after: vec![
            t.t("share-mail-personal").into_owned(),
            how_to_check(app, t, &asked.number),
        ],
        sender: asked.plan.sender_name(t.lang()).to_owned(),
    };
    let subject = t.t2("share-mail-subject", "by", &share.made_by, "subject", subject);
    mail(t, subject.into_owned(), &note)
}

/// The code that a new device needs. `delivery.body` is the code's id.
pub(super) fn code_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    delivery: &Delivery,
) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let note = Note {
        greeting: t
            .t1(
                "to-company",
                "company",
                directory::formal_name(&invitation.company_name),
            )
            .into_owned(),
        paragraphs: vec![t.t("code-mail-intro").into_owned()],
        big: Some(device_digits(&app.secret, delivery.body.parse()?)),
        button: None,
        facts: vec![(t.t("number-label").into_owned(), asked.number.clone())],
        after: vec![t.t("code-mail-not-you").into_owned()],
        sender: asked.plan.sender_name(t.lang()).to_owned(),
    };
    let subject = t.t1("code-mail-subject", "number", &asked.number).into_owned();
    mail(t, subject, &note)
}

/// What comes before a request, without any link: that it will come, from where, and how it is known for real.
/// `delivery.body` is when it will, in microseconds since 1970.
pub(super) fn notice_mail(
    app: &App,
    asked: &Asked,
    invitation: &Invitation,
    delivery: &Delivery,
    department: &str,
) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let comes = jiff::Timestamp::from_microsecond(delivery.body.parse()?)?;
    let contact = (department, delivery.recipient.as_str());
    let letter = letter_view(asked, invitation, ("", ""), t, delivery.created_at, contact);
    let subject = letter.letter.subject.clone();
    let host = app.config.server.base_url.split_once("://").map_or("", |(_, h)| h);
    let sender = asked.plan.sender_name(t.lang());
    let note = Note {
        greeting: letter.addressee.join("\n"),
        paragraphs: vec![
            t.t2(
                "notice-mail-intro",
                "sender",
                sender,
                "date",
                dates::moment(t, comes, &asked.zone()),
            )
            .into_owned(),
            t.t2("notice-mail-signs", "host", host, "from", &app.config.mail.from)
                .into_owned(),
            t.t2("notice-mail-call", "host", host, "number", &asked.number)
                .into_owned(),
        ],
        big: None,
        button: None,
        facts: facts(t, asked, invitation, subject.clone()),
        after: vec![t.t("notice-mail-nothing").into_owned()],
        sender: sender.to_owned(),
    };
    let subject = t.t1("notice-mail-subject", "subject", subject).into_owned();
    mail(t, subject, &note)
}
