//! Whether receivers can tell that our mails are real: what DNS says of the sender's domain.

use crate::mail::Transport;
use crate::mail::domain::{Checker, Finding, Verdict};
use crate::people::Viewer;
use crate::web::{Context, Html, Result, Shell};
use askama::Template;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "deliveries/domain.html")]
struct DomainPage {
    shell: Shell,
    from: String,
    /// Empty for an address that no domain of DNS stands behind.
    findings: Vec<Finding>,
}

impl DomainPage {
    /// The key of a verdict's word, and the class of its notice.
    fn verdict(&self, finding: &Finding) -> (&'static str, &'static str) {
        match finding.verdict {
            Verdict::Right => ("domain-right", "ok"),
            Verdict::Weak => ("domain-weak", "warn"),
            Verdict::Wrong => ("domain-wrong", "bad"),
        }
    }
    fn title(&self, finding: &Finding) -> &'static str {
        match finding.part {
            "spf" => "domain-spf",
            "dkim" => "domain-dkim",
            _ => "domain-dmarc",
        }
    }
}

pub(super) async fn show(context: Context, viewer: Viewer) -> Result<Response> {
    let app = &context.app;
    let from = app.config.mail.from.clone();
    let findings = match from.parse() {
        Ok(address) => {
            let relay = match &app.mail {
                Transport::Relay(relay) => relay.addresses().await,
                Transport::Outbox(_) => Vec::new(),
            };
            let checker = Checker::new(&app.config.mail.dns_server)?;
            checker.check(&address, &relay, app.dkim.as_deref()).await
        }
        Err(_) => Vec::new(),
    };
    Ok(Html(DomainPage {
        shell: viewer.shell(&context, "outbox"),
        from,
        findings,
    })
    .into_response())
}
