# The first page, acknowledging, answers in part, a document in place of answers
moment-in-zone = { $moment } ({ $zone })
deadline-here = On your device’s clock: { $at }
minutes-label = Time
minutes-about = About { $minutes } min
check-how = If you can’t answer all
pass-or-wrong = Pass it on, or not for you
advisory-open = Open the advisory
check-less = You may also send only some of the answers.
document-link = Name our own document instead

# Acknowledging
ack-thanks = We received your acknowledgement on { $at }. Thank you.
ack-next = Please go on with the self-check.
ack-position = Department and position
ack-remark = Remark
ack-remark-hint = Such as what you plan or find difficult.
ack-add = Name and remark (optional)
ack-again = Change name, position or remark
ack-again-button = Save the change
ack-problem-name = Please keep the name to 100 characters.
ack-problem-position = Please keep department and position to 100 characters.
ack-problem-remark = Please keep the remark to 1,000 characters.
part-acknowledged = Acknowledgement
export-acknowledged-position = Position of who acknowledged
export-acknowledged-remark = Remark when acknowledging
audit-invitation-acknowledge-again = Changed who acknowledged
audit-field-position = Position
audit-field-document = Own document
audit-field-completeness = Extent of the answers

# In part, or by a document
completeness-label = Extent of the answers
completeness-complete = Complete
completeness-partial = In part
completeness-document = By own document
state-partial = Answered in part
state-document = Answered by own document
nums-partial = of them in part
nums-document = of them by document
event-submitted-part = Answers in part were received
event-submitted-document = A document in place of answers was named
event-drafted = Some answers by phone or paper were noted, not yet received
less-title = If you can’t answer all of it
less-intro = You may send what you know so far. You may also name a document of your own in place of the answers, such as an ISO/IEC 27001 certificate.
less-changed = Somebody changed the answers meanwhile. If they are right as shown below, please send them again.
less-missing = { $count ->
    [one] { $count } required question without an answer
   *[other] { $count } required questions without an answer
}
less-show-missing = See the questions
less-after = You can go on and send again until we close the request.
partial-link = Send what I have so far
partial-title = Send what you have so far
partial-intro = We will record “no answer” for these questions. You can still answer them later.
partial-button = { $count ->
    [one] Send, with { $count } question unanswered
   *[other] Send, with { $count } questions unanswered
}
partial-problem-nothing = Nothing is answered yet. Please answer at least one question, or name your own document instead.
document-title = Name your own document instead
document-intro = Please tell us which document it is, and how we can see it. No file can be sent here.
document-label = Document in place of answers
document-hint = Such as: ISO/IEC 27001 certificate no. IS 000000, published on our website under “Security”.
document-missing = The document takes the place of these answers. You may still answer those you can.
document-button = Submit with this document instead
document-change = Change the description of the document
document-problem-empty = Please tell us which document it is, and how we can see it.
document-problem-long = Please keep the description of the document to 2,000 characters.
check-partial = We have the part of your answers that you sent. Thank you.
check-partial-open = You can go on with the rest until we close the request.
check-document = We have received the description of your document. Thank you.
review-short = We have what you sent before. You can go on and send again.
receipt-partial = { $count ->
    [one] We received part of the answers. { $count } required question has no answer.
   *[other] We received part of the answers. { $count } required questions have no answer.
}
receipt-partial-open = You can go on and send again until we close the request.
receipt-document = We received the description of your document in place of answers.
receipt-document-open = Until we close the request, you can change the description, or answer the questions and send again.
receipt-mail-partial = We received part of the answers. Until we close the request, you can go on from the page below and send again.
receipt-mail-document = We received the description of your document in place of answers. Until we close the request, you can change the description or answer the questions on the page below, and send again.

# Taken down by phone or from paper
record-draft = Keep as a draft
record-done = Record as all answers
record-part = { $count ->
    [one] Record as answers in part, with { $count } question unanswered
   *[other] Record as answers in part, with { $count } questions unanswered
}
record-how = A draft doesn’t count as answered, and the company stays on the phone list. Go on with it on this page.
record-missing = { $count ->
    [one] { $count } required question has no answer
   *[other] { $count } required questions have no answer
}
record-missing-how = Nothing is recorded yet. To ask for the rest later, keep it as a draft. If this is all they can say, record it as answers in part.
record-document = Own document in place of answers
record-document-hint = Which document the company gives in place of answers, and how it is to be had. Then questions may stay open.
done-draft-recorded = The answers so far were kept as a draft. They don’t count as received yet.
part-open = { $count ->
    [one] { $count } required question open
   *[other] { $count } required questions open
}
record-problem-note-long = Please shorten the note to at most 2,000 characters.
