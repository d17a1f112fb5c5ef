//! What mail servers and holiday answers say in words, where they say nothing for machines. From public descriptions of
//! the formats; the texts are compared in lower case.

use super::Class;

/// Local parts from which only programs write.
pub const POSTMASTERS: [&str; 5] = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mdaemon"];

/// Subjects of mails that came back or wait.
pub const BOUNCE_SUBJECTS: [&str; 17] = [
    "undelivered mail returned",
    "undeliverable",
    "undelivered mail",
    "failure notice",
    "returned mail",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery system",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "mail system error",
    "message status - undeliverable",
    "配信不能",
    "配信できません",
    "配信エラー",
    "メールが届きませんでした",
];

/// Subjects of mails that are still tried.
pub const DELAY_SUBJECTS: [&str; 6] = [
    "delayed",
    "delay",
    "warning: message",
    "still being retried",
    "遅延",
    "配信が遅れて",
];

/// Subjects of answers that nobody wrote. The second: only at the beginning, since people use these words, too.
pub const AUTO_SUBJECTS: [&str; 17] = [
    "automatic reply",
    "automatically generated",
    "auto-reply",
    "autoreply",
    "auto reply",
    "auto response",
    "autoresponse",
    "out of office",
    "out of the office",
    "out-of-office",
    "vacation reply",
    "自動応答",
    "自動返信",
    "自動送信",
    "自動配信",
    "不在通知",
    "不在応答",
];
pub const AUTO_BEGINNINGS: [&str; 9] = [
    "auto:",
    "away from",
    "on vacation",
    "vacation:",
    "不在",
    "休暇",
    "長期休暇",
    "夏季休業",
    "年末年始休業",
];

/// What a server that returns a mail says: its words, the code (RFC 3463) they stand for, how bad it is. The first that is
/// found counts, so what is for now stands before what is for good.
pub const SAYINGS: [(&str, &str, Class); 58] = [
    // Full: the address is right. (Exchange, Gmail, Yahoo! Japan, docomo, qmail, Sendmail …)
    ("mailbox full", "5.2.2", Class::SoftBounce),
    ("mailbox is full", "5.2.2", Class::SoftBounce),
    ("mailbox has exceeded", "5.2.2", Class::SoftBounce),
    ("mailboxfull", "5.2.2", Class::SoftBounce),
    ("mailbox for user is full", "5.2.2", Class::SoftBounce),
    ("over quota", "5.2.2", Class::SoftBounce),
    ("over-quota", "5.2.2", Class::SoftBounce),
    ("overquota", "5.2.2", Class::SoftBounce),
    ("overquotatemp", "4.2.2", Class::SoftBounce),
    ("quota exceeded", "5.2.2", Class::SoftBounce),
    ("exceeded storage", "5.2.2", Class::SoftBounce),
    ("exceeds allowed quota", "5.2.2", Class::SoftBounce),
    ("out of storage space", "5.2.2", Class::SoftBounce),
    ("insufficient system storage", "4.3.1", Class::SoftBounce),
    ("insufficient disk space", "4.3.1", Class::SoftBounce),
    ("容量を超え", "5.2.2", Class::SoftBounce),
    ("容量不足", "5.2.2", Class::SoftBounce),
    ("メールボックスがいっぱい", "5.2.2", Class::SoftBounce),
    ("メールボックスが一杯", "5.2.2", Class::SoftBounce),
    // For now. (au: an account that is "temporarily limited"; Postfix, Exim, Sendmail, Gmail: still trying.)
    ("temporarily limited", "4.2.1", Class::SoftBounce),
    ("temporarily disabled", "4.2.1", Class::SoftBounce),
    ("temporarily deferred", "4.7.0", Class::SoftBounce),
    ("will be retried", "4.0.0", Class::SoftBounce),
    ("will continue to be", "4.0.0", Class::SoftBounce),
    ("will keep trying", "4.0.0", Class::SoftBounce),
    ("still trying", "4.0.0", Class::SoftBounce),
    ("has not yet been delivered", "4.0.0", Class::SoftBounce),
    ("could not be delivered for more than", "4.0.0", Class::SoftBounce),
    ("you do not need to resend", "4.0.0", Class::SoftBounce),
    ("retry timeout exceeded", "4.4.7", Class::SoftBounce),
    ("retry time not reached", "4.4.7", Class::SoftBounce),
    (
        "i'm not going to try again; this message has been in the queue too long",
        "4.4.7",
        Class::SoftBounce,
    ),
    ("connection timed out", "4.4.1", Class::SoftBounce),
    ("too many recipients", "4.5.3", Class::SoftBounce),
    // Nobody of this name. (docomo "Unknown user", SoftBank "Invalid recipient", au "User unknown", Yahoo! Japan, qmail …)
    ("user unknown", "5.1.1", Class::HardBounce),
    ("unknown user", "5.1.1", Class::HardBounce),
    ("unknown local part", "5.1.1", Class::HardBounce),
    ("unknown or illegal alias", "5.1.1", Class::HardBounce),
    ("invalid recipient", "5.1.1", Class::HardBounce),
    ("no such user", "5.1.1", Class::HardBounce),
    ("no mailbox here by that name", "5.1.1", Class::HardBounce),
    ("recipientnotfound", "5.1.10", Class::HardBounce),
    ("recipient not found", "5.1.1", Class::HardBounce),
    ("recipient address rejected", "5.1.1", Class::HardBounce),
    ("mailbox unavailable", "5.1.1", Class::HardBounce),
    ("mailbox not found", "5.1.1", Class::HardBounce),
    ("doesn't have a", "5.1.1", Class::HardBounce),
    ("does not exist", "5.1.1", Class::HardBounce),
    ("account is disabled", "5.2.1", Class::HardBounce),
    ("address couldn't be found", "5.1.1", Class::HardBounce),
    ("wasn't found at", "5.1.10", Class::HardBounce),
    ("宛先が見つかりません", "5.1.1", Class::HardBounce),
    ("アドレスが見つからない", "5.1.1", Class::HardBounce),
    ("存在しません", "5.1.1", Class::HardBounce),
    // No such domain.
    ("unrouteable address", "5.1.2", Class::HardBounce),
    ("couldn't find any host", "5.1.2", Class::HardBounce),
    ("host or domain name not found", "5.4.4", Class::HardBounce),
    ("host unknown", "5.1.2", Class::HardBounce),
];

/// Where a server's own words end and the copy of the mail begins.
pub const COPIES: [&str; 8] = [
    "below this line is a copy of the message",
    "this is a copy of the message",
    "----- original message",
    "-----original message",
    "----- message header follows",
    "--- unsent message below",
    "original message headers",
    "元のメッセージ",
];

/// Openings of returned mails of servers that write no report: qmail; Exim; au, docomo and others that name recipients.
pub const OPENINGS: [&str; 8] = [
    "this is the qmail-send program",
    "i'm sorry to have to inform you that your message could not",
    "i'm afraid i wasn't able to deliver your message",
    "this message was created automatically by mail delivery software",
    "each of the following recipients was rejected by a remote mail server",
    "the following recipients could not receive this message",
    "could not be delivered to the following recipients",
    "the following addresses had permanent fatal errors",
];
