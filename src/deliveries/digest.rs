//! A buyer's mail of the day: whom to phone, and the link to where they say what was said.

use super::compose::{MailView, framed};
use super::store::{Delivery, DeliveryId};
use crate::app::App;
use crate::campaigns::Asked;
use crate::secret::Secret;
use crate::web::i18n::{Locale, Tr};
use askama::Template;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// What it says, as it was when it was queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The most critical first; at most as many as a mail can show.
    pub lines: Vec<DigestLine>,
    /// How many there are on the page.
    pub companies: i64,
}

/// A company to be phoned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestLine {
    pub company: String,
    pub campaign: String,
    /// Days to the deadline; less than 0 when it has passed.
    pub days: i64,
    pub contact: String,
    pub phone: String,
}

/// The token of a digest's link, made whenever it is needed: the database holds only its hash. The id is random enough to be
/// guessed by nobody, and without the server's secret it makes no token.
pub fn digest_token(secret: &Secret, id: DeliveryId) -> String {
    BASE64URL_NOPAD.encode(&secret.mac("digest", id.0.as_bytes())[..16])
}

#[derive(Template)]
#[template(path = "deliveries/digest.txt", escape = "none", whitespace = "preserve")]
struct DigestText<'v> {
    t: Tr,
    d: &'v Digest,
    name: &'v str,
    link: &'v str,
    sender: &'v str,
}

#[derive(Template)]
#[template(path = "deliveries/digest.html")]
struct DigestBody<'v> {
    t: Tr,
    d: &'v Digest,
    name: &'v str,
    link: &'v str,
    sender: &'v str,
}

impl DigestText<'_> {
    fn left(&self, line: &DigestLine) -> String {
        left(self.t, line.days)
    }
}

impl DigestBody<'_> {
    fn left(&self, line: &DigestLine) -> String {
        left(self.t, line.days)
    }
}

/// "3 days left", "today", "2 days overdue".
pub(super) fn left(t: Tr, days: i64) -> String {
    match days {
        0 => t.t("remind-left-today").into_owned(),
        1.. => t.t1("remind-left-days", "days", days).into_owned(),
        _ => t.t1("remind-left-over", "days", -days).into_owned(),
    }
}

/// The mail of a digest.
pub(super) fn digest_mail(app: &App, asked: &Asked, delivery: &Delivery) -> anyhow::Result<MailView> {
    let t = Tr(Locale::or_english(&delivery.language));
    let d: Digest = serde_json::from_str(&delivery.body)?;
    let token = digest_token(&app.secret, delivery.id);
    let link = format!("{}?lang={}", app.url(&format!("/b/{token}")), t.lang());
    let (d, name, link) = (&d, delivery.recipient.as_str(), link.as_str());
    let sender = asked.plan.sender_name(t.lang());
    let subject = t.t1("digest-subject", "count", d.companies).into_owned();
    let text = DigestText {
        t,
        d,
        name,
        link,
        sender,
    }
    .render()?;
    let body = DigestBody {
        t,
        d,
        name,
        link,
        sender,
    }
    .render()?;
    Ok(framed(t, subject, text, body)?)
}
