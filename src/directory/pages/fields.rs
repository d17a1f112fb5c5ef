//! Forms of the directory: their fields with what was typed, and what is wrong with it.

use crate::app::Scope;
use crate::db::Tx;
use crate::directory::import::{country, normalise, registered};
use crate::directory::store::{self, Buyer, Company, Contact};
use crate::directory::{BuyerId, CompanyId, Criticality, Kind, Role, words};
use crate::mail::EmailAddress;
use crate::mail::address::AddressError;
use crate::web::form::Form;
use crate::web::i18n::{Locale, Tr};
use std::borrow::Cow;

type Text = Cow<'static, str>;

/// A field of a form as the page shows it.
pub(super) struct Input {
    pub name: &'static str,
    pub label: Text,
    pub hint: Option<Text>,
    pub error: Option<Text>,
    pub value: String,
    pub kind: &'static str,
    pub need: bool,
    /// Value and word; a field without is typed.
    pub choices: Vec<(Text, Text)>,
}

impl Input {
    /// What describes it to a screen reader.
    pub fn described_by(&self) -> String {
        let part = |there: bool, suffix| {
            if there {
                format!("{}-{suffix} ", self.name)
            } else {
                String::new()
            }
        };
        let both = part(self.hint.is_some(), "hint") + &part(self.error.is_some(), "error");
        both.trim_end().to_owned()
    }
}

/// What is wrong with a field: its name and the key of the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub field: &'static str,
    pub key: &'static str,
}

/// Makes the fields of a page: the form, the problems found in it, the language.
struct Maker<'m> {
    t: Tr,
    form: &'m Form,
    problems: &'m [Problem],
}

impl Maker<'_> {
    fn text(&self, name: &'static str, label: &str, hint: Option<&str>) -> Input {
        Input {
            name,
            label: self.t.t(label),
            hint: hint.map(|key| self.t.t(key)),
            error: self.problems.iter().find(|p| p.field == name).map(|p| self.t.t(p.key)),
            value: self.form.raw(name).to_owned(),
            kind: "text",
            need: false,
            choices: Vec::new(),
        }
    }

    fn choice<'w>(
        &self,
        name: &'static str,
        label: &str,
        none: Option<&str>,
        words: impl Iterator<Item = (&'static str, &'w str)>,
    ) -> Input {
        let none = none.map(|key| (Cow::Borrowed(""), self.t.t(key)));
        let choices = none
            .into_iter()
            .chain(words.map(|(value, key)| (Cow::Borrowed(value), self.t.t(key))));
        Input {
            choices: choices.collect(),
            ..self.text(name, label, None)
        }
    }
}

pub(super) fn company_inputs(t: Tr, form: &Form, problems: &[Problem]) -> Vec<Input> {
    let m = Maker { t, form, problems };
    let kinds = Kind::ALL.iter().map(|k| (k.as_str(), words::kind(k)));
    let grades = Criticality::ALL.iter().map(|c| (c.as_str(), words::criticality(c)));
    let small = [("yes", "company-small-yes"), ("no", "company-small-no")];
    vec![
        Input {
            need: true,
            ..m.text("name", "company-name", None)
        },
        m.text("kana", "company-kana", None),
        Input {
            need: true,
            ..m.choice("kind", "company-kind", None, kinds)
        },
        m.text("code", "company-code", Some("company-code-hint")),
        m.text("country", "company-country", Some("company-country-hint")),
        m.text("tier", "company-tier", Some("company-tier-hint")),
        m.choice("criticality", "company-criticality", Some("not-known"), grades),
        m.text("items", "company-items", None),
        m.text("parent", "company-parent", Some("company-parent-hint")),
        m.choice("small", "company-small", Some("not-known"), small.into_iter()),
        m.text(
            "corporate-number",
            "company-corporate-number",
            Some("company-corporate-number-hint"),
        ),
        m.text("postal-code", "company-postal-code", None),
        m.text("address", "company-address", Some("company-address-hint")),
    ]
}

pub(super) fn contact_inputs(t: Tr, form: &Form, problems: &[Problem]) -> Vec<Input> {
    let m = Maker { t, form, problems };
    let roles = Role::ALL.iter().map(|r| (r.as_str(), words::role(r)));
    let languages = Locale::all().map(|l| (Cow::Borrowed(l.as_str()), Tr(l).t("language-name")));
    vec![
        m.text("name", "contact-name", None),
        m.text("department", "contact-department", None),
        Input {
            kind: "email",
            ..m.text("mail", "contact-mail", Some("contact-mail-hint"))
        },
        Input {
            kind: "tel",
            ..m.text("phone", "contact-phone", None)
        },
        Input {
            choices: languages.collect(),
            ..m.text("language", "contact-language", Some("contact-language-hint"))
        },
        m.choice("role", "contact-role", None, roles),
    ]
}

pub(super) fn buyer_inputs(t: Tr, form: &Form, problems: &[Problem]) -> Vec<Input> {
    let m = Maker { t, form, problems };
    let languages = Locale::all().map(|l| (Cow::Borrowed(l.as_str()), Tr(l).t("language-name")));
    vec![
        Input {
            need: true,
            ..m.text("name", "contact-name", None)
        },
        m.text("department", "contact-department", None),
        Input {
            kind: "email",
            need: true,
            ..m.text("mail", "contact-mail", Some("buyer-mail-hint"))
        },
        Input {
            choices: languages.collect(),
            ..m.text("language", "contact-language", None)
        },
    ]
}

pub(super) fn buyer_form(buyer: &Buyer) -> Form {
    let fields = [
        ("name", buyer.name.clone()),
        ("department", buyer.department.clone()),
        ("mail", buyer.mail.as_str().to_owned()),
        ("language", buyer.language.clone()),
    ];
    Form(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

/// A buyer as typed, or what is wrong with it.
pub(super) fn read_buyer(form: &Form, id: BuyerId) -> Result<Buyer, Vec<Problem>> {
    let mut r = Reader {
        form,
        problems: Vec::new(),
    };
    let name = r.text("name", normalise::text);
    if name.is_empty() {
        r.refuse("name", "buyer-name-missing");
    }
    let department = r.text("department", normalise::text);
    let mail = r.mail("mail");
    if form.get("mail").is_empty() {
        r.refuse("mail", "buyer-mail-missing");
    }
    match mail.filter(|_| r.problems.is_empty()) {
        Some(mail) => Ok(Buyer {
            id,
            name,
            department,
            mail,
            language: Locale::or_english(form.get("language")).as_str().to_owned(),
        }),
        None => Err(r.problems),
    }
}

/// A company's form as it is before anybody typed.
pub(super) fn company_form(company: &Company, parent: Option<&Company>) -> Form {
    let parent = parent.map(|p| p.code.clone().unwrap_or_else(|| p.name.clone()));
    let small = company.small.map_or("", |small| if small { "yes" } else { "no" });
    let fields = [
        ("name", company.name.clone()),
        ("kana", company.kana.clone()),
        ("kind", company.kind.as_str().into()),
        ("code", company.code.clone().unwrap_or_default()),
        ("country", company.country.clone()),
        ("tier", company.tier.map(|t| t.to_string()).unwrap_or_default()),
        (
            "criticality",
            company.criticality.map_or("", Criticality::as_str).into(),
        ),
        ("items", company.items.clone()),
        ("parent", parent.unwrap_or_default()),
        ("small", small.into()),
        ("corporate-number", company.corporate_number.clone().unwrap_or_default()),
        ("postal-code", company.postal_code.clone()),
        ("address", company.address.clone()),
    ];
    Form(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

pub(super) fn contact_form(contact: &Contact) -> Form {
    let fields = [
        ("name", contact.name.clone()),
        ("department", contact.department.clone()),
        (
            "mail",
            contact.mail.as_ref().map(|m| m.as_str().to_owned()).unwrap_or_default(),
        ),
        ("phone", contact.phone.clone()),
        ("language", contact.language.clone()),
        ("role", contact.role.as_str().into()),
    ];
    Form(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// The longest text that a field takes, in characters: as the import.
const LONGEST: usize = 200;
const LONGEST_ITEMS: usize = 2_000;

struct Reader<'r> {
    form: &'r Form,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn refuse(&mut self, field: &'static str, key: &'static str) {
        self.problems.push(Problem { field, key });
    }

    fn text(&mut self, field: &'static str, tidy: fn(&str) -> String) -> String {
        let value = tidy(self.form.get(field));
        let longest = if field == "items" { LONGEST_ITEMS } else { LONGEST };
        if value.chars().count() > longest {
            self.refuse(field, "field-too-long");
        }
        value
    }

    /// A field that may be empty, else must be read.
    fn read<T>(&mut self, field: &'static str, key: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.form.get(field);
        if value.is_empty() {
            return None;
        }
        let read = read(value);
        if read.is_none() {
            self.refuse(field, key);
        }
        read
    }

    /// A mail address, which may be empty.
    fn mail(&mut self, field: &'static str) -> Option<EmailAddress> {
        let value = self.form.get(field);
        match (value.is_empty(), value.parse()) {
            (true, _) => None,
            (false, Ok(address)) => Some(address),
            (false, Err(problem)) => {
                let problem: AddressError = problem;
                self.refuse(field, problem.message());
                None
            }
        }
    }
}

/// Puts what was typed into `company`, or says what is wrong with it.
pub(super) async fn read_company(
    tx: &mut Tx,
    scope: &Scope,
    form: &Form,
    company: &mut Company,
) -> crate::db::Result<Vec<Problem>> {
    let mut r = Reader {
        form,
        problems: Vec::new(),
    };
    company.name = r.text("name", normalise::text);
    if company.name.is_empty() {
        r.refuse("name", "company-name-missing");
    }
    company.kana = r.text("kana", normalise::kana);
    match Kind::parse(form.get("kind")) {
        Some(kind) => company.kind = kind,
        None => r.refuse("kind", "company-kind-missing"),
    }
    company.code = Some(r.text("code", normalise::code)).filter(|code| !code.is_empty());
    company.country = r
        .read("country", "company-country-unknown", country::country)
        .unwrap_or_default()
        .to_owned();
    company.tier = r.read("tier", "company-tier-unknown", normalise::tier);
    company.criticality = Criticality::parse(form.get("criticality"));
    company.items = r.text("items", normalise::text);
    company.small = match form.get("small") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    company.corporate_number = r.read(
        "corporate-number",
        "company-corporate-number-wrong",
        registered::corporate_number,
    );
    let country = company.country.clone();
    company.postal_code = r
        .read("postal-code", "company-postal-code-wrong", |raw| {
            registered::postal_code(raw, Some(&country), false)
        })
        .unwrap_or_default();
    if company.postal_code.chars().count() > LONGEST {
        r.refuse("postal-code", "field-too-long");
    }
    company.address = r.text("address", normalise::text);
    let taken = match &company.code {
        Some(code) => store::find_by_code(tx, scope, code)
            .await?
            .filter(|other| other.id != company.id),
        None => None,
    };
    if taken.is_some() {
        r.refuse("code", "company-code-taken");
    }
    match find_parent(tx, scope, form.get("parent"), company.id).await? {
        Ok(parent) => company.parent = parent,
        Err(key) => r.refuse("parent", key),
    }
    Ok(r.problems)
}

/// The parent by its code, else by a name that only one company has.
async fn find_parent(
    tx: &mut Tx,
    scope: &Scope,
    typed: &str,
    of: CompanyId,
) -> crate::db::Result<Result<Option<CompanyId>, &'static str>> {
    if typed.is_empty() {
        return Ok(Ok(None));
    }
    let parent = match store::find_by_code(tx, scope, &normalise::code(typed)).await? {
        Some(parent) => parent,
        None => match <[Company; 1]>::try_from(store::list_by_name(tx, scope, typed).await?) {
            Ok([parent]) => parent,
            Err(several) if several.is_empty() => return Ok(Err("company-parent-unknown")),
            Err(_) => return Ok(Err("company-parent-ambiguous")),
        },
    };
    Ok(match store::is_above(tx, scope, of, parent.id).await? {
        true => Err("company-parent-circle"),
        false => Ok(Some(parent.id)),
    })
}

/// Puts what was typed into `contact`, or says what is wrong with it.
pub(super) fn read_contact(form: &Form, others: &[Contact], contact: &mut Contact) -> Vec<Problem> {
    let mut r = Reader {
        form,
        problems: Vec::new(),
    };
    contact.name = r.text("name", normalise::text);
    contact.department = r.text("department", normalise::text);
    contact.phone = r.text("phone", |v| normalise::phone(v).unwrap_or_default());
    contact.mail = r.mail("mail");
    if let Some(locale) = Locale::find(form.get("language")) {
        contact.language = locale.as_str().to_owned();
    }
    contact.role = Role::parse(form.get("role")).unwrap_or(contact.role);
    if let Some(mail) = &contact.mail {
        let same =
            |other: &Contact| other.id != contact.id && other.mail.as_ref().is_some_and(|m| m.same_mailbox(mail));
        if others.iter().any(same) {
            r.refuse("mail", "contact-mail-taken");
        }
    }
    if r.problems.is_empty() && contact.name.is_empty() && contact.mail.is_none() && contact.phone.is_empty() {
        r.refuse("name", "contact-empty");
    }
    r.problems
}
