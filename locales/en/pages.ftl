# Pages that operators live in: shares, words of success, the board's ways, the page before sending, the log

share = { $percent } %
share-under-one = less than 1 %
share-over-ninety-nine = more than 99 %

error-method = This address can't be opened by itself
error-method-advice = It only takes what a form on another page sends. Go back to that page.

board-menu-look = See
board-menu-do = Manage
board-menu-take = Print and export

plan-on-record-backup = { $with } of { $companies } have a backup on record; for the others the email goes to another contact
plan-on-record-executive = { $with } of { $companies } have an executive on record; for the others the email goes to another contact
plan-on-record-buyer = { $with } of { $companies } have a buyer on record; the others are on no buyer’s list

confirm-outbox-folder = Nothing leaves this machine. The folder:
confirm-jump = Go to the button
confirm-send-title = Send
confirm-lacking-backup = { $count ->
    [one] One company has no backup contact with an email address on record
   *[other] { $count } companies have no backup contact with an email address on record
}
confirm-lacking-executive = { $count ->
    [one] One company has no executive with an email address on record
   *[other] { $count } companies have no executive with an email address on record
}
confirm-lacking-buyer = { $count ->
    [one] One company has no buyer on record
   *[other] { $count } companies have no buyer on record
}
confirm-lacking-more = and { $count } more

preview-mail-html = As most email programs show it
preview-mail-html-hint = Links can’t be followed here.
preview-mail-text = As plain text
preview-mail-text-hint = The same email holds this for programs that show text only.

audit-each = Each company of an import, too
audit-parts = Each company
audit-parts-of = What one import changed, company by company.
audit-way = By
audit-field-audience = Recipients
audit-field-added = Added one by one
audit-field-invitations = Invitations
audit-job-circulate = Sending out
audit-job-read-mailbox = Reading the mailbox

# What was done, told once on the page after it
done-company-created = The company was entered.
done-buyer-saved = The buyer was saved.
done-companies-given = { $count ->
    [0] This buyer had all of these companies already.
    [one] One company was given to this buyer.
   *[other] { $count } companies were given to this buyer.
}
done-letters-posted = { $count ->
    [0] Nothing was changed: these letters are marked as posted already.
    [one] One letter was marked as posted.
   *[other] { $count } letters were marked as posted.
}
done-letters-ordered = The letters are being made.
done-handed-on = The request is being sent to the person named.
done-settled = Marked as settled.
done-taken-back = The link was taken back.
done-mail-again = The email is queued again.
done-mail-called-sent = The email counts as arrived.
done-answers-recorded = The answers were recorded.
done-noted = The note was written down.
done-draft-kept = The draft was kept.
done-draft-deleted = The draft was deleted.
done-mails-resumed = Emails go out again.
done-mails-paused = Emails are paused. They wait until you resume.
done-mails-cancelled = Emails that hadn’t gone were cancelled.
done-tested = The test email was sent to your own address.
done-sent = { $count ->
    [one] The campaign was sent to one company. This page shows how it goes.
   *[other] The campaign was sent to { $count } companies. This page shows how it goes.
}
