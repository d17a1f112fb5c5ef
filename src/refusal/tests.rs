//! What refusals mean, by what servers say: replies after their makers' and providers' public documentation.

use super::Cause::{Address, Mailbox, TheirRule, TheirServer, Unclear, Us};
use super::*;

#[test]
fn every_word_reads_back() {
    assert!(Cause::ALL.iter().all(|c| c.as_str().parse() == Ok(*c)));
}

#[test]
fn codes_are_found_and_numbers_are_not_taken_for_them() {
    assert_eq!(status_in("smtp; 550 5.1.1 <a@b.example>: unknown"), "5.1.1");
    assert_eq!(status_in("550 5.0.0 host said: 550 5.1.1 no"), "5.1.1");
    assert_eq!(status_in("said: 552 over quota"), "");
    assert_eq!(status_in("host 5.1.1.9 in 500ms"), "");
    assert_eq!(status_in("5.2.2 (mailbox full)"), "5.2.2");
    assert_eq!(status_in("unknown. (#5.1.1)"), "5.1.1");
    assert_eq!(reply_in("said: 421-try later"), 421);
    assert_eq!(reply_in("host 203.0.113.550 took 500ms"), 0);
}

/// What a server said, and whose it is.
const SAID: &[(&str, Cause)] = &[
    // Nobody of this name, no such domain, moved.
    (
        "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table",
        Address,
    ),
    (
        "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table",
        Address,
    ),
    ("550 5.1.1 <a@b.example>... User unknown", Address),
    ("550 5.1.1 unknown or illegal alias: a@b.example", Address),
    (
        "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking the recipient's email address for typos or\n550 5.1.1 unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser x12 - gsmtp",
        Address,
    ),
    (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.example not found by SMTP address lookup",
        Address,
    ),
    ("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", Address),
    ("550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found", Address),
    (
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [x.prod.protection.outlook.example]",
        Address,
    ),
    (
        "550 5.4.1 [a@b.example]: Recipient address rejected: Access denied",
        Address,
    ),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", Address),
    ("550 Requested action not taken: mailbox unavailable", Address),
    (
        "554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0] - mta1.mail.example",
        Address,
    ),
    ("552 1 Requested mail action aborted, mailbox not found", Address),
    ("550 5.7.1 No such user!", Address),
    ("550 #5.1.0 Address rejected.", Address),
    ("550 Invalid recipient: <a@i.softbank.jp>", Address),
    ("550 <a@ezweb.ne.jp>: User unknown", Address),
    ("550 Unknown user a@docomo.ne.jp (in reply to RCPT TO command)", Address),
    ("553 sorry, no mailbox here by that name. (#5.1.1)", Address),
    ("Sorry, I couldn't find any host named b.exmaple. (#5.1.2)", Address),
    (
        "550 5.1.2 <a@b.exmaple>... Host unknown (Name server: b.exmaple: host not found)",
        Address,
    ),
    (
        "Host or domain name not found. Name service error for name=b.exmaple type=A: Host not found",
        Address,
    ),
    (
        "550 5.4.310 DNS domain b.exmaple does not exist [Message=InfoDomainNonexistent]",
        Address,
    ),
    (
        "#554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain ##",
        Address,
    ),
    ("550 5.1.6 recipient no longer on server: a@b.example", Address),
    (
        "551 5.1.6 <a@b.example>: Recipient address rejected: User has moved to c@d.example",
        Address,
    ),
    (
        "550 5.1.1 RCP-P1 http://postmaster.facebook.com/response_codes?ip=192.0.2.1#rcp Refused due to recipient",
        Address,
    ),
    (
        "550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1",
        Address,
    ),
    ("550 User not found: a@163.example", Address),
    (
        "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]",
        Address,
    ),
    ("550 Account does not exist", Address),
    ("User a (a@b.example) not listed in Domino Directory", Address),
    ("Unrouteable address", Address),
    ("550 5.1.1 User does not exist - [CS01]", Address),
    ("510 a@b.example does not exist", Address),
    (
        "5.1.0 - Unknown address error 550-'5.1.1 <a@b.example>: Recipient address rejected: User unknown'",
        Address,
    ),
    ("550 5.1.3 Bad destination mailbox address syntax", Address),
    ("550 No such person at this address", Address),
    (
        "553 5.3.0 <a@b.example>... Addressee unknown, relay=[192.0.2.1] no such user",
        Address,
    ),
    ("550 5.7.1 Recipient not found. <a@b.example>", Address),
    ("550 5.2.1 a@b.example... no such mailbox", Address),
    (
        "450 4.1.1 <a@b.example>: Recipient address rejected: User unknown",
        Address,
    ),
    ("550 宛先が見つかりません", Address),
    // For now.
    ("552 5.2.2 Over quota", Mailbox),
    ("522 Over quota", Mailbox),
    (
        "5.1.0 - Unknown address error 550-'5.2.2 <a@b.example>... Mailbox Full'",
        Mailbox,
    ),
    (
        "552 5.2.2 The email account that you tried to reach is over quota. https://support.google.com/mail/?p=OverQuotaPerm",
        Mailbox,
    ),
    (
        "452-4.2.2 The recipient's inbox is out of storage space. https://support.google.com/mail/?p=OverQuotaTemp",
        Mailbox,
    ),
    (
        "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
        Mailbox,
    ),
    (
        "552 Requested mail action aborted: exceeded storage allocation",
        Mailbox,
    ),
    ("552 sorry, that recipient's mailbox is full (#5.2.2)", Mailbox),
    (
        "552 5.2.2 This message is larger than the current system limit or the recipient's mailbox is full.",
        Mailbox,
    ),
    (
        "550 5.2.1 The email account that you tried to reach is disabled. https://support.google.com/mail/?p=DisabledUser",
        Mailbox,
    ),
    ("550 5.2.1 STOREDRV.Deliver; AccountDisabledException", Mailbox),
    (
        "554 delivery error: dd Sorry, your message to a@yahoo.example cannot be delivered. This mailbox is disabled (554.30).",
        Mailbox,
    ),
    ("552 Too much mail data a@docomo.ne.jp", Mailbox),
    (
        "552 5.7.0 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]",
        Mailbox,
    ),
    ("550 5.1.1 Compte bloque. Recipient account(s) locked. OFR_418", Mailbox),
    ("550 User suspended", Mailbox),
    ("450 4.2.2 mailbox busy", Mailbox),
    ("450 Requested mail action not taken: mailbox unavailable", Mailbox),
    ("451 4.7.1 Greylisting in action, please come back in 00:05:00", Mailbox),
    (
        "450 4.7.1 <a@b.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/",
        Mailbox,
    ),
    (
        "The users mailfolder is over the allowed quota (size). (#5.2.2)",
        Mailbox,
    ),
    ("550 Account storage limit", Mailbox),
    ("550 Mailbox quota exceeded", Mailbox),
    ("552 5.2.0 a@b.example storage full", Mailbox),
    (
        "The number of messages in recipient's mailbox exceeded the local limit.",
        Mailbox,
    ),
    (
        "550 5.1.1 INT-P7 http://postmaster.facebook.com/response_codes",
        Mailbox,
    ),
    ("mailbox is full: retry timeout exceeded", Mailbox),
    // Us: authentication.
    (
        "550-5.7.26 Unauthenticated email from a.example is not accepted due to domain's DMARC policy.",
        Us,
    ),
    (
        "550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.",
        Us,
    ),
    (
        "550 5.7.509 Access denied, sending domain a.example does not pass DMARC verification and has a DMARC policy of reject.",
        Us,
    ),
    (
        "550 5.7.515 Access denied, sending domain a.example doesn't meet the required authentication level.",
        Us,
    ),
    (
        "550 5.7.1 SPF MAIL FROM check failed: The domain a.example does not designate 192.0.2.1",
        Us,
    ),
    (
        "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
        Us,
    ),
    ("550 5.7.1 Email rejected per DMARC policy for a.example", Us),
    (
        "550 5.7.1 [CS01] Your message was rejected due to a.example's DMARC policy. See https://support.apple.com/en-us/HT204137",
        Us,
    ),
    ("550 DMARC check failed", Us),
    ("530 5.7.1 Client was not authenticated", Us),
    ("535 5.7.8 Error: authentication failed", Us),
    ("550 5.1.0 <a@b.example> sender rejected. AUP#CDRBL", Us),
    (
        "550 5.1.0 <a@b.example> sender rejected. Please see https://www.spectrum.net/x for more information. AUP#In-1310",
        Us,
    ),
    (
        "553 5.1.8 <a@b.example>... Domain of sender address a@b.example does not exist",
        Us,
    ),
    ("550 5.1.8 <a@b.example>: Sender address rejected: Domain not found", Us),
    (
        "550 5.1.0 <a@b.example>: Sender address rejected: User unknown in virtual alias table",
        Us,
    ),
    (
        "550-Verification failed for <a@b.example>\n550-The mail server could not deliver mail to a@b.example. The account or domain may not exist\n550 Sender verify failed",
        Us,
    ),
    ("553 a.example does not exist", Us),
    ("553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)", Us),
    // Us: reputation.
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", Us),
    (
        "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).",
        Us,
    ),
    ("553 http://www.spamhaus.org/query/bl?ip=192.0.2.222", Us),
    (
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        Us,
    ),
    (
        "554 Host network not allowed - https://community.mimecast.com/docs/DOC-1369#554 [z7q.us222]",
        Us,
    ),
    (
        "550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550",
        Us,
    ),
    (
        "554 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1",
        Us,
    ),
    (
        "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.55.1",
        Us,
    ),
    ("554 Denied (Mode: normal)", Us),
    (
        "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using bl.spamcop.net",
        Us,
    ),
    (
        "554-mx.example.com\n554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.",
        Us,
    ),
    (
        "550 SC-001 (BAY004) Unfortunately, messages from 192.0.2.1 weren't sent. Please contact your provider. blocklist",
        Us,
    ),
    (
        "421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address.",
        Us,
    ),
    (
        "550 5.7.25 The IP address sending this message does not have a PTR record setup",
        Us,
    ),
    (
        "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
        Us,
    ),
    (
        "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
        Us,
    ),
    ("550 5.7.1 Connection refused by policy, dynamic IP", Us),
    (
        "554 5.7.1 POL-P1 http://postmaster.facebook.com/response_codes?ip=192.0.2.1#pol",
        Us,
    ),
    (
        "421 HL:REP 163 mx1,x 192.0.2.1 http://mail.163.com/help/help_spam_16.htm",
        Us,
    ),
    ("554 DT:SPM 163 mx1,x http://mail.163.com/help/help_spam_16.htm", Us),
    ("550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help", Us),
    ("554 5.7.1 IB605 - message refused: reputation of the address", Us),
    // Us: policy, spam, content, size, rate, relay, protocol.
    ("554 5.7.1 Message rejected due to local policy", Us),
    (
        "554 Message not allowed - [PH01] Email not accepted for policy reasons",
        Us,
    ),
    ("550 5.7.1 Message rejected as spam by Content Filtering.", Us),
    (
        "554 5.7.1 The message from (<a@b.example>) with the subject of (x) matches a profile the Internet community may consider spam",
        Us,
    ),
    ("550 5.1.1 rejected: message contains spam or virus", Us),
    (
        "552-5.7.0 This message was blocked because its content presents a potential security issue. https://support.google.com/mail/?p=BlockedMessage",
        Us,
    ),
    ("550 Mail content denied. http://service.mail.qq.com/cgi-bin/help", Us),
    (
        "554 5.6.0 STOREDRV.Submit.Exception:ContentException; invalid message content",
        Us,
    ),
    ("552 5.3.4 Message size exceeds fixed limit", Us),
    ("552 5.2.3 Your message exceeded Google's message size limits.", Us),
    ("552 sorry, that message size exceeds my databytes limit (#5.3.4)", Us),
    ("For the following reason: Mail size limit exceeded", Us),
    ("452 4.5.3 Too many recipients", Us),
    (
        "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.",
        Us,
    ),
    (
        "421 4.7.1 mx.example.ne.jp Error: too many connections from 192.0.2.1",
        Us,
    ),
    (
        "421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]",
        Us,
    ),
    (
        "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        Us,
    ),
    (
        "Domain a.example has exceeded the max defers and failures per hour (5/5 (100%)) allowed. Message discarded.",
        Us,
    ),
    ("554 5.7.1 <a@b.example>: Relay access denied", Us),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", Us),
    (
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        Us,
    ),
    ("550 5.7.1 Unable to relay", Us),
    ("530 5.7.0 Must issue a STARTTLS command first", Us),
    ("503 5.5.1 Bad sequence of commands", Us),
    ("500 Line Too Long", Us),
    ("550 5.6.0 Lone CR or LF in headers, see RFC2822 section 2.2", Us),
    (
        "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
        Us,
    ),
    ("550 5.7.1 Mail (uuid) appears to be unsolicited - REPLY WITH SPAM", Us),
    (
        "Amazon SES did not send the message to this address because it was on the suppression list for your account",
        Us,
    ),
    (
        "Unspecified Error (SENT_SECOND_EHLO): Smtp server does not advertise AUTH capability",
        Us,
    ),
    ("host mx.example[192.0.2.1] refused to talk to me: 554 no", Us),
    ("550 5.1.1 rejected (in reply to MAIL FROM command)", Us),
    // Their rule.
    (
        "550 Unknown user a@docomo.ne.jp (in reply to end of DATA command)",
        TheirRule,
    ),
    (
        "550 <a@ezweb.ne.jp>: User unknown (in reply to end of DATA command)",
        TheirRule,
    ),
    ("550 5.2.0 Unknown user a@docomo.ne.jp", TheirRule),
    (
        "550 5.1.1 RCP-P2 http://postmaster.facebook.com/response_codes?ip=192.0.2.1#rcp Refused due to recipient preferences",
        TheirRule,
    ),
    ("550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", TheirRule),
    (
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group",
        TheirRule,
    ),
    (
        "550 5.7.124 RESOLVER.RST.RestrictedToRecipientsPermission; sender not in allowed senders list",
        TheirRule,
    ),
    (
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
        TheirRule,
    ),
    (
        "550 Mail is rejected by recipients http://service.mail.qq.com/cgi-bin/help rejected by recipient",
        TheirRule,
    ),
    ("You are not a member of this mailing list <neko@b.example>.", TheirRule),
    ("you may not have permission to post messages to the group", TheirRule),
    (
        "550 5.7.1 recipient only accepts mail from permitted senders",
        TheirRule,
    ),
    ("受信者のドメイン指定受信の設定により拒否されました", TheirRule),
    // Their server.
    ("554 5.4.6 Hop count exceeded - possible mail loop", TheirServer),
    (
        "This message is looping: it already has my Delivered-To line. (#5.4.6)",
        TheirServer,
    ),
    (
        "553 5.3.5 mx.b.example. config error: mail loops back to me (MX problem?)",
        TheirServer,
    ),
    (
        "connect to mx.b.example[192.0.2.1]:25: Connection timed out",
        TheirServer,
    ),
    ("connect to mx.b.example[192.0.2.1]: No route to host", TheirServer),
    (
        "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)",
        TheirServer,
    ),
    (
        "550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS for b.example>",
        TheirServer,
    ),
    ("550 4.4.7 QUEUE.Expired; message expired", TheirServer),
    ("5.4.7 - Delivery expired (message too old) 'timeout'", TheirServer),
    ("retry timeout exceeded", TheirServer),
    (
        "Host or domain name not found. Name service error for name=b.example type=MX: Host not found, try again",
        TheirServer,
    ),
    ("451 4.3.0 Temporary system problem. Try again later", TheirServer),
    ("452 4.3.1 Insufficient system storage", TheirServer),
    ("421 4.3.2 System not accepting network messages", TheirServer),
    ("554 5.3.0 unknown mailer error 2", TheirServer),
    (
        "556 5.1.10 <a@b.example>: Recipient address rejected: Domain b.example does not accept mail (nullMX)",
        TheirServer,
    ),
    ("an MX or SRV record indicated no SMTP service", TheirServer),
    ("451 4.4.2 Timeout waiting for data from client", TheirServer),
    (
        "421 4.2.1 Service not available, closing transmission channel",
        TheirServer,
    ),
    ("Delivery still fails after 5 days, giving up", TheirServer),
    (
        "The recipient server did not accept our requests to connect.",
        TheirServer,
    ),
    (
        "550 5.4.316 Message expired, connection refused(Socket error code 10061)",
        TheirServer,
    ),
    ("432 4.3.2 STOREDRV.Storage; mailbox server is too busy", TheirServer),
    (
        "451 4.1.1 <a@b.example>: unverified address: Address verification in progress",
        TheirServer,
    ),
    ("553 5.1.7 The sender address is not a valid RFC 5321 address.", Us),
    (
        "550 5.7.501 Service unavailable. Spam abuse detected from IP 192.0.2.1",
        Us,
    ),
    (
        "550 5.4.5 Daily SMTP relay sending limit exceeded for this customer.",
        Us,
    ),
    (
        "450 4.2.1 Peak SMTP relay limit exceeded for this customer. This is a temporary error.",
        Us,
    ),
    (
        "550 5.4.6 Message exceeded 50 hops, this may indicate a mail loop.",
        TheirServer,
    ),
    (
        "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550",
        Address,
    ),
    ("550 Rejected by header based Anti-Spoofing policy", Us),
    ("553 Unrouteable address, spoofing", Us),
    ("Message size exceeds remaining quota", Mailbox),
    ("550 5.1.1 Inactive email address", Mailbox),
    ("554 5.2.1 Message refused by mailbox owner", Mailbox),
    (
        "550 5.0.350 Remote server returned an error -> 550 5.1.1 User unknown",
        Address,
    ),
    (
        "553 5.1.2 We weren't able to find the recipient domain. Please check for any spelling errors",
        Address,
    ),
    ("550 Verification failed for sender", Us),
    ("Delivery to this address is restricted.", TheirRule),
    (
        "550 Sorry, this mail was rejected because of the recipient's whitelist",
        TheirRule,
    ),
    (
        "421 4.7.1 Messages to a@icloud.example deferred due to excessive volume. Try again later",
        Us,
    ),
    ("Deferred: Connection timed out with mx.b.example.", TheirServer),
    (
        "550-Callout verification failed:\n550 550 5.1.1 <a@b.example>: User unknown",
        Address,
    ),
    ("550 Access denied: unknown host [192.0.2.1]", Us),
    ("553 Requested action not taken: mailbox name not allowed", Address),
    (
        "550 5.7.1 Recipient does not accept mail from external senders",
        TheirRule,
    ),
    ("550 This mailbox has been blocked due to inactivity", Mailbox),
    ("550 maximum allowed line length is 998 octets", Us),
    ("550 Server does not accept mail from 192.0.2.1", Us),
    // Nothing.
    ("550 no", Unclear),
    ("554 Transaction failed", Unclear),
    ("", Unclear),
];

#[test]
fn what_servers_say_is_understood() {
    let wrong: Vec<String> = SAID
        .iter()
        .filter_map(|(words, wanted)| {
            let found = judge(Said {
                words,
                ..Said::default()
            });
            (found.cause != *wanted).then(|| format!("{words:?}\n    is {found:?}, not {wanted:?}"))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        SAID.len(),
        wrong.join("\n")
    );
}

/// A relay's own verdict stands beside what the other server said; a code in the report doesn't make words say less.
#[test]
fn a_report_s_code_gives_way_to_the_other_server_s_words() {
    let cause = |status, words| {
        cause(Said {
            reply: 0,
            status,
            words,
        })
    };
    assert_eq!(
        cause("5.1.3", "553 http://www.spamhaus.org/query/bl?ip=192.0.2.222"),
        Us
    );
    assert_eq!(cause("5.1.1", "550 5.7.1 Message blocked"), Us);
    assert_eq!(cause("5.0.0", "550 User unknown"), Address);
    assert_eq!(cause("5.1.1", "550 rejected for spam"), Us);
    assert_eq!(cause("5.1.1", ""), Address);
    assert_eq!(cause("5.2.0", "550 Unknown user a@docomo.ne.jp"), TheirRule);
    assert_eq!(cause("4.2.2", ""), Mailbox);
    assert_eq!(cause("5.7.1", "550 rejected"), Us);
}

#[test]
fn names_of_hosts_and_addresses_say_nothing() {
    let said = "host antispam.blocked.example[192.0.2.1] said: 550 5.1.1 <spam@policy.example>: User unknown";
    let words = |words| Said {
        words,
        ..Said::default()
    };
    assert_eq!(cause(words(said)), Address);
    assert_eq!(
        cause(words("550 5.1.1 see http://mail.example/policy/spam.html")),
        Address
    );
}

/// Nothing that only the sender caused is held against an address, whatever code stands beside it.
#[test]
fn no_code_makes_a_refusal_of_ours_a_wrong_address() {
    for (words, wanted) in SAID.iter().filter(|(_, c)| *c == Us) {
        for status in ["5.0.0", "5.1.0", "5.1.1", "5.1.2", "5.4.4"] {
            let found = cause(Said {
                reply: 550,
                status,
                words,
            });
            assert_ne!(found, Address, "{status} {words} is {wanted:?}");
        }
    }
}
