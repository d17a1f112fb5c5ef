//! How the mails of programs look where they say nothing for machines: who writes them, under which subject, how they begin
//! and where the copy of the mail begins. From public descriptions of the formats; the texts are compared in lower case.

/// Local parts from which only mail servers write, without dots, strokes and underscores.
pub const POSTMASTERS: [&str; 19] = [
    "mailerdaemon",
    "postmaster",
    "maildaemon",
    "mdaemon",
    "mailer",
    "maildelivery",
    "maildeliverysystem",
    "maildeliverysubsystem",
    "mailsystem",
    "mailsubsystem",
    "mailadministrator",
    "mailadmin",
    "systemadministrator",
    "systemattendant",
    "mailerror",
    "mmdf",
    "doublebounce",
    "daemon",
    "emailreturn",
];

/// Names beside the address of such a sender.
pub const POSTMASTER_NAMES: [&str; 10] = [
    "mail delivery system",
    "mail delivery subsystem",
    "mail delivery service",
    "mail delivery agent",
    "mail administrator",
    "mail system",
    "system administrator",
    "mailer-daemon",
    "mailer daemon",
    "postmaster",
];

/// Local parts of programs of any kind, without dots, strokes and underscores.
pub const NO_REPLY: [&str; 6] = ["noreply", "donotreply", "nonreply", "notreply", "noanswer", "autoreply"];

/// Subjects of mails that came back or wait.
pub const BOUNCE_SUBJECTS: [&str; 38] = [
    "undelivered mail",
    "undeliverable",
    "undeliverd",
    "non-delivery",
    "nondeliverable",
    "non delivery",
    "not deliverable",
    "failure notice",
    "returned mail",
    "returned message",
    "mail delivery failed",
    "mail delivery failure",
    "mail delivery error",
    "mail delivery problem",
    "mail delivery system",
    "mail failure",
    "mail could not be delivered",
    "message could not be delivered",
    "message delivery has failed",
    "message delivery failed",
    "message delivery failure",
    "message not delivered",
    "could not be delivered",
    "delivery status notification",
    "mail delivery status",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery report",
    "mail system error",
    "message status - undeliverable",
    "there was an error sending your mail",
    "配信不能",
    "配信できません",
    "配信エラー",
    "送信エラー",
    "メールエラー通知",
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

/// Where a server's own words end and the copy of the mail begins: anywhere in a line.
pub const COPIES: [&str; 14] = [
    "below this line is a copy of the message",
    "this is a copy of the message",
    "is a copy of the original message",
    "included is a copy of the message",
    "copy of your message",
    "-----original message",
    "-------original message",
    "the header of the original message",
    "original message headers",
    "message headers follow",
    "message header follow",
    "unsent message",
    "元のメッセージ",
    "元のメール",
];

/// As [`COPIES`], at the beginning of a line, behind the strokes that some draw.
pub const COPY_BEGINNINGS: [&str; 15] = [
    "original message follows",
    "the original message follows",
    "original message header",
    "original message -",
    "original message:",
    "original headers",
    "returned message",
    "returned mail header",
    "returned content",
    "message header",
    "forwarded message",
    "copy of the message",
    "copy of message",
    "begin of original",
    "message text follows",
];

/// Header lines: with one of them a copy begins that nothing announces.
pub const COPY_HEADERS: [&str; 8] = [
    "received:",
    "return-path:",
    "message-id:",
    "mime-version:",
    "dkim-signature:",
    "x-mailer:",
    "content-type:",
    "delivered-to:",
];

/// Openings of returned mails of servers that write no report.
pub const OPENINGS: [&str; 40] = [
    "this is the qmail-send program",
    "this is the mail system at host",
    "this is the postfix program",
    "this is the james mail server",
    "this is the dragonfly mail agent",
    "this is the mailer-daemon",
    "this is the courier mail server",
    "running the courier mail server",
    "i'm sorry to have to inform you",
    "i'm afraid i wasn't able to deliver your message",
    "i wasn't able to deliver your message",
    "this message was created automatically by mail delivery software",
    "this message was created automatically by the mail system",
    "a message that you sent could not be delivered",
    "a message that you have sent could not be delivered",
    "each of the following recipients was rejected by a remote mail server",
    "the following recipients could not receive this message",
    "the following recipients did not receive this message",
    "could not be delivered to the following recipients",
    "the following addresses had permanent fatal errors",
    "the following addresses had delivery problems",
    "the following addresses had transient",
    "transcript of session follows",
    "did not reach the following recipient",
    "was not delivered to:",
    "delivery to the following recipient",
    "delivery has failed to these recipients",
    "the following message to",
    "unable to deliver message to",
    "unable to deliver your message",
    "unable to deliver the message",
    "was unable to deliver your message",
    "could not be delivered because of",
    "your message could not be delivered",
    "your message cannot be delivered",
    "message could not be delivered",
    "we had trouble delivering your message",
    "there was an error delivering your mail",
    "undeliverable mail",
    "failure reasons",
];

/// Words of a mail that says that it is still being tried.
pub const STILL_TRIED: [&str; 12] = [
    "will be retried",
    "will continue to be",
    "will keep trying",
    "still trying",
    "still being tried",
    "has not yet been delivered",
    "has not been delivered to one or more of its recipients after",
    "you do not need to resend",
    "no action is required on your part",
    "warning message only",
    "delivery attempts will continue",
    "message is delayed",
];
