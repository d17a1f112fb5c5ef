# Words for operators: making a campaign, sending it, seeing where it stands

# The first page and the list
home-title = Where things stand
home-first = First, import your companies
home-first-text = Companies and their contacts come from a list in Excel or CSV.
import-first = Import companies
home-second = No campaign is running
home-second-text = Choose an advisory and a checklist, then the companies and the letter. Before sending you see what they will get.
home-drafts = Drafts
new-campaign = Start a campaign
campaigns-empty = There is no campaign yet
delete-draft = Delete the draft
delete-draft-sure = All that this draft holds will be lost. It can't be brought back.
campaign-state-draft = Draft
campaign-state-sending = Sending
campaign-state-running = Running
campaign-state-closed = Closed
days-left = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
}
hours-left = { $hours ->
    [0] Less than an hour left
    [one] { $hours } hour left
   *[other] { $hours } hours left
}
deadline-over = The deadline has passed

# Heads of tables, filters
column-action = Action
column-answer = Answer
column-attempts = Tries
column-campaign = Campaign
column-company = Company
column-kind = Kind
column-language = Language
column-mails = Email
column-question = Question
column-send = Send
column-state = State
column-time = Time
filter-kind = Kind
filter-criticality = Criticality
filter-tier = Tier
filter-country = Country
country-unknown = No country on record
all-states = All states
apply-button = Apply
found-none = No company matches.
next-page = Next page
next-button = Next
later-button = Keep as a draft and close

# Starting a campaign: the steps
steps-label = Steps
step-done = Done:
step-what = Content
step-whom = Companies
step-letter = Letter and sender
step-preview = Preview
step-send = Send

# 1. Content
what-title = What to send
no-advisory = None (self-check only)
advisory-detail = { $count ->
    [one] { $date }, { $count } measure
   *[other] { $date }, { $count } measures
}
checklist-label = Checklist
no-checklist = None (acknowledgement only)
group-check-label = Ask group companies to answer the self-check too
group-check-hint = If not, group companies are only asked to acknowledge the advisory. Without an advisory, they are asked to answer in any case.
campaign-title-label = Name of the campaign
campaign-title-hint = For your own use. Companies don't see it.

# 2. Companies
whom-title = Whom to send it to
whom-hint = Where nothing is ticked, nothing is filtered out. A company unticked in the list gets nothing.
contacts-choice = Contacts who get the email
contacts-primary = The primary contact only (if none is named, the first with an address)
contacts-all = Every contact with an address
only-added-label = Send only to companies added one by one
only-added-hint = Kind, criticality, tier and country above choose nothing then.
add-company-label = Find a company to add
found-title = Found for “{ $query }”
companies-chosen = { $count ->
    [one] { $count } company to send to
   *[other] { $count } companies to send to
}
companies-more = { $count ->
    [one] Companies to send to: the first { $count } is shown
   *[other] Companies to send to: the first { $count } are shown
}
companies-chosen-label = Companies to send to
no-mail = No email address
removed-title = Taken out
take-back = Tick to put it back

# 3. Letter and sender
letter-title = Letter and sender
letter-supplier-label = Letter to suppliers
letter-group-label = Letter to group companies
deadline-day-label = Deadline
deadline-hour-label = Time
zone-label = Time zone
sender-label = Sender
sender-hint = First line: company and department, also the name that emails come from. Below, in up to five lines: title and name, address and telephone. The first line is shown in emails and on the answer page, all of it in the letter.
inquiries-hint = Department, person, telephone and email address. Shown in the letter and on the answer page.
reply-to-label = Email address for replies
reply-to-hint = If empty, replies go to the address that the email is sent from.
preview-button = Preview

plan-problem-title = Give the campaign a name.
plan-problem-title-long = Keep the campaign's name to 200 characters.
plan-problem-nothing-asked = Choose an advisory, a checklist or both.
plan-problem-advisory-unknown = The chosen advisory can't be found. Choose again.
plan-problem-checklist-unknown = The chosen checklist can't be found. Choose again.
plan-problem-letter = Choose a letter to suppliers and a letter to group companies, each one made for them.
plan-problem-deadline-past = The deadline has passed. Choose a later one.
plan-problem-sender = Enter the sender in every language.
plan-problem-inquiries = Enter the contact for inquiries in every language.

# 4. Preview
preview-title = What companies will get
plan-not-ready = It can't be sent yet. Please correct this
preview-mail = Email
preview-letter = Letter
preview-form = Questions
preview-language = Language of the preview
preview-no-form = There are no questions: they are only asked to acknowledge the advisory.
sample-company = Sample Company Ltd.
mail-subject = Subject
test-button = Send a test to { $mail }
lint-title = Words to reconsider
to-confirm-button = To the last check

# 5. Send
confirm-title = Before you send
confirm-companies = { $count ->
    [0] There is no company to send to.
    [one] This will be sent to { $count } company.
   *[other] This will be sent to { $count } companies.
}
confirm-kinds = { $suppliers ->
    [one] { $suppliers } supplier
   *[other] { $suppliers } suppliers
} and { $groups ->
    [one] { $groups } group company.
   *[other] { $groups } group companies.
}
confirm-checks = { $checks ->
    [one] { $checks } is
   *[other] { $checks } are
} asked to answer the self-check, { $only ->
    [one] { $only } is
   *[other] { $only } are
} only asked to acknowledge the advisory.
confirm-mails = { $count ->
    [one] { $count } email goes out.
   *[other] { $count } emails go out.
}
confirm-deadline = The deadline is { $deadline }.
confirm-reply = Replies go to { $mail }.
confirm-reply-sender = Replies go to the address that the email is sent from.
confirm-outbox = No mail server is set up. Emails won't reach the companies: they are written into a folder on this server.
confirm-without-mail = { $count ->
    [one] { $count } company has nobody who can be emailed and gets no email. A letter is made to be printed and posted.
   *[other] { $count } companies have nobody who can be emailed and get no email. Letters are made to be printed and posted.
}
confirm-recent = { $count ->
    [one] { $count } company was sent another campaign
   *[other] { $count } companies were sent another campaign
} within the last { $days ->
    [one] day.
   *[other] { $days } days.
}
confirm-final = Emails that have been sent can't be recalled.
confirm-type = To confirm, enter the number of companies: { $count }
confirm-wrong = { $count ->
    [0] There is no company to send to. Go back and choose some.
    [one] It is { $count } company. Enter that number.
   *[other] There are { $count } companies. Enter that number.
}
send-button = { $count ->
    [one] Send to { $count } company
   *[other] Send to { $count } companies
}

# A campaign's page
export-xlsx = Export (Excel)
export-csv = Export (CSV)
campaign-working = The invitations are being made. This goes on if you leave the page, which is refreshed every 3 seconds.
nums-companies = Companies
nums-answered = Answered
nums-done = Done
nums-read = In progress
nums-opened = Opened only
nums-waiting = Not opened
nums-bounced = Bounced
nums-phone = No address
sheet-title = Stamp sheet
sheet-hint = One stamp a company. Choose one to see that company
sheet-skip = Skip the stamp sheet
sheet-group = { $count ->
    [one] Criticality { $criticality }: { $count } company
   *[other] Criticality { $criticality }: { $count } companies
}
sheet-ungraded = { $count ->
    [one] No criticality on record: { $count } company
   *[other] No criticality on record: { $count } companies
}
legend-label = What the symbols mean
state-queued = Not sent yet
state-sent = Sent
state-bounced = Bounced
state-unreachable = No address, to be phoned
state-opened = Opened
state-acknowledged = Acknowledged
state-started = Answering
state-declined = Declined
state-paper = Answered by phone or on paper
state-submitted = Answered
state-late = Answered late
close-campaign = Close the campaign
close-sure = I know what closing means

# One company's part
part-contacts = Contacts
part-no-contacts = No contact is on record.
phone-label = Telephone
mail-label = Email address
part-answers = Answers
part-no-answers = There are no answers yet.
part-draft = Draft (not submitted)
part-reopened = The company has changed answers since they were received, and hasn't submitted them again. What was received is shown here.
part-events = History
part-mails = Emails
part-no-mails = There is no email to this company.
part-note = Note, or declining
note-label = What happened (if the company declines: who said so, and how)
note-button = Keep as a note
decline-button = Record that it declines
event-created = The invitation was made
event-queued = An email was queued
event-sent = An email was sent
event-bounced = An email bounced
event-no-address = There is no usable email address
event-opened = The answer page was opened
event-acknowledged = The advisory was acknowledged
event-started = Answering began
event-saved = Answers were saved
event-submitted = Answers were received
event-submitted-late = Answers were received after the deadline
event-reopened = Received answers are being changed
event-recorded-phone = Answers given by phone were recorded
event-recorded-paper = Answers given on paper were recorded
event-declined = It was recorded that the company declines
event-noted = A note was written
event-reissued-link = A new link was made. The earlier one no longer works

# Answers by phone or on paper
record-button = Record answers by phone or paper
record-title = Record answers given by phone or on paper
channel-label = Given by
channel-link = Answer page
channel-phone = Phone
channel-paper = Paper
record-name = Who answered
record-note = When and how it was given
record-note-hint = When, to whom and how. This stays on record.
record-problem-note = Write when and how the answers were given.
record-problem-nothing = Enter at least one answer.

# Export
export-acknowledged-at = Acknowledged at
export-acknowledged-by = Acknowledged by
export-note = When and how it was given by phone or on paper

# Outbox
outbox-folder = No mail server is set up: emails aren't sent but written into this folder:
outbox-empty = There are no emails
outbox-empty-text = When a campaign is sent, every email is listed here with its address and state. If you have filtered, change the filter.
mail-to = To
mail-file = File
mail-not-taken = The email could not be delivered:
mail-link-hidden = Link and code of the answer page are not shown in full here.
see-part = See this company's part
delivery-kind-invitation = Invitation
delivery-kind-receipt = Receipt
delivery-state-queued = Queued
delivery-state-sent = Sent
delivery-state-bounced = Bounced

error-campaign-sent = This campaign has already been sent
error-campaign-not-running = This campaign isn't running
error-answered-meanwhile = Other answers were saved meanwhile
error-note-empty = Nothing was written
error-draft-changed = Somebody else has changed this draft
test-failed = The test email could not be sent. Please check mail.smtp_url and mail.from.
delivery-state-leased = Being sent
delivery-state-deferred = To be tried again
delivery-state-delivered = Delivered
delivery-state-failed = Failed
delivery-state-ambiguous = Unknown whether it arrived
delivery-state-cancelled = Cancelled
delivery-event-again = Sent again by hand
delivery-event-called-sent = Taken for arrived
ambiguous-title = This may or may not have arrived
ambiguous-text = The server stopped, or the connection broke, while the email was handed over. Ask the recipient; if it didn't arrive, send it again. Sent again unasked, it may arrive twice.
send-again-button = Send again
call-sent-button = It arrived
mail-waits = It will be tried again. The mail server said:
mail-history = What happened
error-delivery-decided = This email has been decided on already
error-delivery-decided-advice = Somebody was first, or its state changed. See the outbox for its state now.
home-ambiguous = { $count ->
    [one] { $count } email may or may not have arrived
   *[other] { $count } emails may or may not have arrived
}
mailing-title = Sending
mailing-paused = Paused. Until you resume, no email of this campaign goes out (receipts do).
mailing-pause-text = While paused, emails that haven't gone wait until you resume.
mailing-pause = Pause sending
mailing-resume = Resume sending
mailing-cancel = Cancel emails not sent yet
mailing-cancel-text = Cancelled emails are never sent. This can't be undone.
mailing-cancelled = Emails that hadn't been sent were cancelled.
error-mailing = This campaign's emails can't be changed now
error-mailing-advice = The campaign is closed, or its emails were cancelled before.
domain-title = Check the sender's domain
domain-intro = Whether receivers can tell that this server's emails are real, as DNS says now. Sender:
domain-no-sender = No sender's address (mail.from) is set. Set one and open this page again.
domain-right = Right
domain-weak = Look at this
domain-wrong = Wrong
domain-found = Found:
domain-publish = A record to publish in DNS, for example:
domain-spf = SPF (which servers may send)
domain-dkim = DKIM (signature)
domain-dmarc = DMARC (what becomes of forged email)
domain-dns = The DNS server didn't answer. Open this page again in a while.
domain-spf-missing = There is no SPF record. Name the servers that send email of this domain.
domain-spf-several = There are several SPF records, which counts as none. Make them one.
domain-spf-broken = The SPF record isn't well-formed, or refers to too many others.
domain-spf-there = There is an SPF record. Whether it names your mail server can't be told from here.
domain-spf-right = It lets this mail server send.
domain-spf-relay = It doesn't name this mail server's address. Email may leave from another address: ask whoever runs the mail server.
domain-dkim-none = This server doesn't sign. Ask whoever runs the mail server whether it does; to sign here, set mail.dkim_key.
domain-dkim-right = The key is in DNS, and a signature was verified with it.
domain-dkim-wrong = A signature can't be verified. Publish the record below in DNS.
domain-dmarc-missing = There is no DMARC record: receivers aren't told what to do with forged email.
domain-dmarc-broken = The DMARC record isn't well-formed, or there are several.
domain-dmarc-none = The policy is none: forged email is delivered all the same. Consider quarantine or reject.
domain-dmarc-right = Receivers are told what to do with forged email.
delivery-event-held-up = Held up at another server
